"""TLS contexts: pre-shared keys, certificates, or both.

The contexts are made per connection, because the callback that finds a key does not say which
connection asks. Source: daemon protocol, section 2.3; measured facts in the TLS-PSK notes.
"""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from barque.errors import AuthenticationError, BarqueError, ConnectionLostError, KeyUnusedError
from barque.transport.channel import Channel
from barque.wire.psk import SEPARATOR, Identity, ResourceType

CIPHERS: Final = "ALL:!ADH:!LOW:!EXP:!MD5:@STRENGTH"
"""The default list of Bareos."""

KEY_FIRST: Final = "kECDHEPSK:kDHEPSK:kRSAPSK:kPSK:ALL:!ADH:!LOW:!EXP:!MD5"
"""The same ciphers in the order in which TLS 1.2 is answered by who has a certificate, too."""

KEY_ONLY: Final = "kECDHEPSK:kDHEPSK:kPSK"
"""Ciphers of TLS 1.2 that need the key and no certificate."""

HANDSHAKE_TIMEOUT: Final = 60.0
"""Second."""

type KeyFinder = Callable[[Identity], bytes | None]
"""Returns the key of a peer, or None when there is no such peer."""


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """The TLS directives of one resource."""

    enable: bool = True
    require: bool = True
    authenticate: bool = False
    """Leave TLS again after authentication."""
    certificate: str = ""
    key: str = ""
    ca_certificate: str = ""
    ca_directory: str = ""
    verify_peer: bool = False
    allowed_cn: tuple[str, ...] = ()
    cipher_list: str = ""
    protocol: str = ""

    @property
    def policy(self) -> int:
        """The ``ssl=`` value: 0 none, 1 enabled, 2 required."""
        if not self.enable:
            return 0
        return 2 if self.require else 1


DEFAULT_TLS: Final = TlsSettings()
"""TLS with pre-shared keys, required."""


def key_only(settings: TlsSettings) -> TlsSettings:
    """Return settings with which a peer cannot but use the key.

    A Bareos with a certificate prefers ciphers of TLS 1.3 that its keys cannot be used with; with
    TLS 1.2 the cipher says what is used.
    """
    return replace(settings, protocol="TLSv1.2", cipher_list=KEY_ONLY)


class TlsDirectives(Protocol):
    """A resource with TLS directives."""

    @property
    def tls_enable(self) -> bool:
        """TlsEnable."""

    @property
    def tls_require(self) -> bool:
        """TlsRequire."""

    @property
    def tls_authenticate(self) -> bool:
        """TlsAuthenticate."""

    @property
    def tls_verify_peer(self) -> bool:
        """TlsVerifyPeer."""

    @property
    def tls_certificate(self) -> str:
        """TlsCertificate."""

    @property
    def tls_key(self) -> str:
        """TlsKey."""

    @property
    def tls_ca_certificate_file(self) -> str:
        """TlsCaCertificateFile."""

    @property
    def tls_ca_certificate_dir(self) -> str:
        """TlsCaCertificateDir."""

    @property
    def tls_allowed_cn(self) -> Sequence[str]:
        """TlsAllowedCn."""

    @property
    def tls_cipher_list(self) -> str:
        """TlsCipherList."""

    @property
    def tls_protocol(self) -> str:
        """TlsProtocol."""


def settings_of(resource: TlsDirectives) -> TlsSettings:
    """Return the TLS settings that a resource of the configuration gives."""
    return TlsSettings(
        enable=resource.tls_enable,
        require=resource.tls_require,
        authenticate=resource.tls_authenticate,
        certificate=resource.tls_certificate,
        key=resource.tls_key,
        ca_certificate=resource.tls_ca_certificate_file,
        ca_directory=resource.tls_ca_certificate_dir,
        verify_peer=resource.tls_verify_peer,
        allowed_cn=tuple(resource.tls_allowed_cn),
        cipher_list=resource.tls_cipher_list,
        protocol=resource.tls_protocol,
    )


def _context(side: int, settings: TlsSettings) -> ssl.SSLContext:
    context = ssl.SSLContext(side)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.options |= ssl.OP_IGNORE_UNEXPECTED_EOF | ssl.OP_CIPHER_SERVER_PREFERENCE
    try:
        context.set_ciphers(settings.cipher_list or CIPHERS)
        if settings.certificate:
            context.load_cert_chain(settings.certificate, settings.key or None)
        if settings.ca_certificate or settings.ca_directory:
            context.load_verify_locations(
                settings.ca_certificate or None, settings.ca_directory or None
            )
        _restrict_protocols(context, settings.protocol)
    except (OSError, ssl.SSLError) as error:
        raise BarqueError(f"TLS settings cannot be used: {error}") from None
    return context


_VERSIONS: Final = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}


def _restrict_protocols(context: ssl.SSLContext, protocol: str) -> None:
    """Apply TlsProtocol, a comma list of versions, each with ``-`` to take it away."""
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    words = [word.strip() for word in protocol.split(",") if word.strip()]
    if not words:
        return
    allowed = set() if any(word[0] not in "-!" for word in words) else set(_VERSIONS)
    for word in words:
        names = set(_VERSIONS) if word.lstrip("+-!") == "ALL" else {word.lstrip("+-!")}
        allowed = allowed - names if word[0] in "-!" else allowed | names
    chosen = [version for name, version in _VERSIONS.items() if name in allowed]
    if not chosen:
        raise BarqueError(f'TlsProtocol "{protocol}" leaves no version; write for example TLSv1.3')
    context.minimum_version, context.maximum_version = min(chosen), max(chosen)


def connect_tls(
    channel: Channel, identity: Identity, key: bytes, settings: TlsSettings, *, host: str = ""
) -> None:
    """Start TLS as the side that connected, proving *identity* with *key*.

    Raises AuthenticationError when the peer does not hold the key.
    """
    context = client_context(identity, key, settings)
    _shake(channel, context, server_side=False, host=host or None)
    check_certificate(channel.peer, channel.peer_certificate, settings)


def client_context(identity: Identity, key: bytes, settings: TlsSettings) -> ssl.SSLContext:
    """Return the context of the side that connects; raises BarqueError when it cannot be made."""
    context = _context(ssl.PROTOCOL_TLS_CLIENT, settings)
    context.set_psk_client_callback(lambda _hint: (identity.encode(), key))
    if settings.verify_peer:
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def accept_tls(channel: Channel, find_key: KeyFinder, settings: TlsSettings) -> None:
    """Start TLS as the side that was connected to; sets ``channel.identity`` to the proven peer.

    Who brings a key is answered with the key, even where there is a certificate: OpenSSL would
    prefer a cipher of TLS 1.3 that the key cannot be used with, and show the certificate.
    """
    if settings.certificate and _brings_key(channel):
        settings = replace(settings, certificate="", key="")
    context = _context(ssl.PROTOCOL_TLS_SERVER, settings)
    if settings.certificate and not settings.cipher_list:
        context.set_ciphers(KEY_FIRST)

    def key_of(presented: str | None) -> bytes:
        identity = Identity.decode(presented or "")
        key = find_key(identity) if identity else None
        if key is None:
            return b""
        channel.identity = identity
        return key

    context.set_psk_server_callback(key_of)
    if settings.verify_peer and settings.certificate:
        context.verify_mode = ssl.CERT_OPTIONAL
    _shake(channel, context, server_side=True, host=None)


def _brings_key(channel: Channel) -> bool:
    """Whether the peer's first message names a key; only TLS 1.3 tells it that early."""
    hello = channel.first_record(HANDSHAKE_TIMEOUT)
    return any(f"{kind}{SEPARATOR}".encode() in hello for kind in ResourceType)


def _shake(
    channel: Channel, context: ssl.SSLContext, *, server_side: bool, host: str | None
) -> None:
    try:
        channel.start_tls(context, server_side=server_side, timeout=HANDSHAKE_TIMEOUT, host=host)
    except (ssl.SSLError, ConnectionLostError) as error:
        reason = getattr(error, "reason", None) or error
        raise AuthenticationError(
            f"TLS handshake with {channel.peer} failed ({reason}): "
            "check that name and password are the same on both sides"
        ) from None


def check_certificate(peer: str, certificate: bytes | None, settings: TlsSettings) -> None:
    """A server that shows a certificate did not use the key: then the certificate must count.

    Raises KeyUnusedError when it does not.
    """
    trusting = settings.verify_peer or settings.ca_certificate or settings.ca_directory
    if certificate is not None and not trusting:
        raise KeyUnusedError(
            f"{peer} answered with a certificate instead of the pre-shared key; "
            "set TlsCaCertificateFile to accept certificates"
        )
