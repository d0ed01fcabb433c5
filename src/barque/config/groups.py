"""Directives that several resources share.

Source: configuration, section 2.5 and table of directives.
"""

from barque.config.datatypes import (
    ACL,
    BOOL,
    NAME,
    STDSTR,
    STDSTRDIR,
    STR,
    STR_VECTOR,
)
from barque.config.directive import Resource, attribute_name, directive
from barque.domain.acl import AclType


class Named(Resource):
    """What every resource has."""

    name: str = directive(NAME, "Name that other resources and daemons know it by.", required=True)
    description: str = directive(STR, "Free text.")


class Tls(Resource):
    """How connections are encrypted."""

    tls_authenticate: bool = directive(
        BOOL, "Use TLS for the authentication alone.", default="false", deprecated="26.0.0"
    )
    tls_enable: bool = directive(BOOL, "Encrypt connections.", default="true")
    tls_require: bool = directive(
        BOOL, "Refuse connections that are not encrypted.", default="true"
    )
    tls_cipher_list: str = directive(
        STDSTR, "Ciphers of TLS up to 1.2, in the words of OpenSSL.", platform_specific=True
    )
    tls_cipher_suites: str = directive(
        STDSTR, "Cipher suites of TLS 1.3, in the words of OpenSSL.", platform_specific=True
    )
    tls_dh_file: str = directive(STDSTRDIR, "File with Diffie-Hellman parameters.")
    tls_protocol: str = directive(
        STDSTR, "Versions of TLS, in the words of OpenSSL.", since="20.0.0", platform_specific=True
    )
    tls_verify_peer: bool = directive(
        BOOL, "Ask the peer for a certificate and check it.", default="false"
    )
    tls_ca_certificate_file: str = directive(
        STDSTRDIR, "File with the certificates of trusted authorities."
    )
    tls_ca_certificate_dir: str = directive(
        STDSTRDIR, "Directory with the certificates of trusted authorities."
    )
    tls_certificate_revocation_list: str = directive(STDSTRDIR, "File with revoked certificates.")
    tls_certificate: str = directive(STDSTRDIR, "File with the certificate.")
    tls_key: str = directive(STDSTRDIR, "File with the private key of the certificate.")
    tls_allowed_cn: tuple[str, ...] = directive(
        STR_VECTOR, "Common names of certificates that are accepted; without it all."
    )


class AccessLists(Resource):
    """What a console may see and do."""

    job_acl: tuple[str, ...] = directive(ACL, "Jobs that may be used.")
    client_acl: tuple[str, ...] = directive(ACL, "Clients that may be used.")
    storage_acl: tuple[str, ...] = directive(ACL, "Storages that may be used.")
    schedule_acl: tuple[str, ...] = directive(ACL, "Schedules that may be used.")
    pool_acl: tuple[str, ...] = directive(ACL, "Pools that may be used.")
    command_acl: tuple[str, ...] = directive(ACL, "Commands that may be used.")
    fileset_acl: tuple[str, ...] = directive(ACL, "FileSets that may be used.")
    catalog_acl: tuple[str, ...] = directive(ACL, "Catalogs that may be used.")
    where_acl: tuple[str, ...] = directive(ACL, "Directories that may be restored to.")
    plugin_options_acl: tuple[str, ...] = directive(ACL, "Plugin options that may be used.")

    def access_list(self, acl_type: AclType) -> tuple[str, ...]:
        """Return the entries of one list."""
        entries: tuple[str, ...] = getattr(self, _ATTRIBUTES[acl_type])
        return entries


_ATTRIBUTES = {acl_type: attribute_name(f"{acl_type}Acl") for acl_type in AclType}
