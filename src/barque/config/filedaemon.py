"""Resources of the File Daemon.

Source: configuration, table of directives.
"""

from barque.config.addresses import (
    ADDRESSES,
    ADDRESSES_ADDRESS,
    ADDRESSES_PORT,
    SOURCE_ADDRESS,
    ListenAddress,
)
from barque.config.datatypes import (
    ALIST_DIR,
    ALIST_STR,
    BOOL,
    CIPHER,
    DIR,
    MD5PASSWORD,
    PINT32,
    PLUGIN_NAMES,
    SPEED,
    STDSTR,
    STR,
    TIME,
    one,
)
from barque.config.directive import Resource, directive
from barque.config.groups import (
    Named,
    Tls,
)
from barque.config.keywords import (
    Cipher,
)
from barque.config.messages import Messages
from barque.config.password import Password


class Director(Tls, Named):
    """A Director that may use this File Daemon."""

    kind = "Director"
    group = "Directors"

    password: Password = directive(MD5PASSWORD, "Secret shared with the peer.", required=True)
    address: str = directive(STR, "Name or number of the host.")
    port: int = directive(PINT32, "TCP port.", default="9101", since="16.2.2")
    connection_from_director_to_client: bool = directive(
        BOOL, "The Director may dial the client.", default="true", since="16.2.2"
    )
    connection_from_client_to_director: bool = directive(
        BOOL, "The client may dial the Director.", default="false", since="16.2.2"
    )
    monitor: bool = directive(BOOL, "The Director may ask for the status alone.", default="false")
    maximum_bandwidth_per_job: int = directive(SPEED, "byte/s of one job; 0 for no limit.")
    allowed_script_dir: tuple[str, ...] = directive(
        ALIST_DIR, "Directories whose scripts jobs may run; without it all."
    )
    allowed_job_command: tuple[str, ...] = directive(
        ALIST_STR, "Commands that the Director may give; without it all."
    )


class Client(Tls, Named):
    """The File Daemon itself."""

    kind = "Client"
    group = "Clients"
    aliases = ("FileDaemon",)

    port: int = directive(ADDRESSES_PORT, "TCP port.", default="9102", aliases=("FdPort",))
    address: str = directive(
        ADDRESSES_ADDRESS, "Name or number of the host.", default="9102", aliases=("FdAddress",)
    )
    addresses: tuple[ListenAddress, ...] = directive(
        ADDRESSES, "Addresses to listen on.", default="9102", aliases=("FdAddresses",)
    )
    source_address: str = directive(
        SOURCE_ADDRESS,
        "Local address that connections are made from.",
        default="0",
        aliases=("FdSourceAddress",),
    )
    working_directory: str = directive(
        DIR,
        "Directory for state, spool and mail files.",
        default="${PATH_BAREOS_WORKINGDIR}",
        platform_specific=True,
    )
    plugin_directory: str = directive(DIR, "Directory that plugins are loaded from.")
    plugin_names: tuple[str, ...] = directive(
        PLUGIN_NAMES, "Plugins to load; without it all in the directory."
    )
    scripts_directory: str = directive(
        DIR,
        "Directory of the helper scripts.",
        default="${PATH_BAREOS_SCRIPTDIR}",
        platform_specific=True,
    )
    maximum_concurrent_jobs: int = directive(
        PINT32, "Jobs that may run at the same time.", default="1000", deprecated="24.0.0"
    )
    maximum_workers_per_job: int = directive(
        PINT32, "Threads of one job; 0 for none.", default="2", since="23.0.0"
    )
    messages: "Messages | None" = directive(one("Messages"), "Where its messages go.")
    sd_connect_timeout: int = directive(TIME, "s to try to reach a Storage Daemon.", default="1800")
    heartbeat_interval: int = directive(
        TIME, "s between signs of life on idle connections; 0 for none.", default="0"
    )
    maximum_network_buffer_size: int = directive(PINT32, "bytes of the network buffers.")
    pki_signatures: bool = directive(BOOL, "Sign backups.", default="false")
    pki_encryption: bool = directive(BOOL, "Encrypt backups.", default="false")
    pki_key_pair: str = directive(DIR, "File with certificate and private key.")
    pki_signer: tuple[str, ...] = directive(
        ALIST_DIR, "Files with further certificates for the check of signatures."
    )
    pki_master_key: tuple[str, ...] = directive(
        ALIST_DIR, "Files with certificates whose keys can decrypt, too."
    )
    pki_cipher: Cipher = directive(CIPHER, "Cipher of encrypted backups.", default="aes128")
    ver_id: str = directive(STR, "Text that the version command adds.")
    maximum_bandwidth_per_job: int = directive(SPEED, "byte/s of one job; 0 for no limit.")
    allow_bandwidth_bursting: bool = directive(
        BOOL, "Bandwidth that was not used may be used later.", default="false"
    )
    allowed_script_dir: tuple[str, ...] = directive(
        ALIST_DIR, "Directories whose scripts jobs may run; without it all."
    )
    allowed_job_command: tuple[str, ...] = directive(
        ALIST_STR, "Commands that the Director may give; without it all."
    )
    absolute_job_timeout: int = directive(
        PINT32, "s after which a running job is cancelled; 0 for never.", since="14.2.0"
    )
    always_use_lmdb: bool = directive(
        BOOL,
        "Keep the list of accurate backups in a database file.",
        default="false",
        deprecated="24.0.0",
    )
    lmdb_threshold: int = directive(
        PINT32, "Files from which on the list of accurate backups is kept in a database file."
    )
    secure_erase_command: str = directive(
        STR, "Command that deletes files instead of unlink.", since="15.2.1"
    )
    log_timestamp_format: str = directive(
        STR, "strftime format of the time before a message.", default="%d-%b %H:%M", since="15.2.3"
    )
    grpc_module: str = directive(
        STDSTR,
        "Program that plugins run in.",
        default="bareos-grpc-fd-plugin-bridge",
        since="25.0.0",
    )
    enable_ktls: bool = directive(
        BOOL, "Let the kernel encrypt, where it can.", default="false", since="23.0.0"
    )


RESOURCES: tuple[type[Resource], ...] = (Director, Client, Messages)
"""What a configuration of the File Daemon is made of, in the order of ``show``."""
