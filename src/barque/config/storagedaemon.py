"""Resources of the Storage Daemon.

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
    AUTHTYPE,
    AUTOPASSWORD,
    BIT,
    BOOL,
    CLEARPASSWORD,
    CMPRSALGO,
    DIR,
    IODIRECTION,
    LABEL,
    MAXBLOCKSIZE,
    PINT16,
    PINT32,
    PLUGIN_NAMES,
    SIZE64,
    SPEED,
    STDSTR,
    STR,
    STR_VECTOR_OF_DIRS,
    STRNAME,
    TIME,
    many,
    one,
)
from barque.config.directive import Resource, directive
from barque.config.groups import (
    Named,
    Tls,
)
from barque.config.keywords import (
    AuthType,
    Compression,
    Direction,
    LabelType,
)
from barque.config.messages import Messages
from barque.config.password import Password


class Director(Tls, Named):
    """A Director that may use this Storage Daemon."""

    kind = "Director"
    group = "Directors"

    password: Password = directive(AUTOPASSWORD, "Secret shared with the peer.", required=True)
    monitor: bool = directive(BOOL, "The Director may ask for the status alone.")
    maximum_bandwidth_per_job: int = directive(SPEED, "byte/s of one job; 0 for no limit.")
    key_encryption_key: Password = directive(
        CLEARPASSWORD, "Key that wraps the encryption keys of tape volumes."
    )


class Ndmp(Named):
    """A user of the NDMP server."""

    kind = "Ndmp"
    group = "Ndmp"

    username: str = directive(STR, "User for NDMP.", required=True)
    password: Password = directive(CLEARPASSWORD, "Secret shared with the peer.", required=True)
    auth_type: AuthType = directive(AUTHTYPE, "How NDMP authenticates.", default="None")
    log_level: int = directive(PINT32, "Detail of NDMP messages, 0 to 9.", default="4")


class Storage(Tls, Named):
    """The Storage Daemon itself."""

    kind = "Storage"
    group = "Storages"

    port: int = directive(ADDRESSES_PORT, "TCP port.", default="9103", aliases=("SdPort",))
    address: str = directive(
        ADDRESSES_ADDRESS, "Name or number of the host.", default="9103", aliases=("SdAddress",)
    )
    addresses: tuple[ListenAddress, ...] = directive(
        ADDRESSES, "Addresses to listen on.", default="9103", aliases=("SdAddresses",)
    )
    source_address: str = directive(
        SOURCE_ADDRESS,
        "Local address that connections are made from.",
        default="0",
        aliases=("SdSourceAddress",),
    )
    working_directory: str = directive(
        DIR,
        "Directory for state, spool and mail files.",
        default="${PATH_BAREOS_WORKINGDIR}",
        platform_specific=True,
    )
    backend_directory: tuple[str, ...] = directive(
        STR_VECTOR_OF_DIRS,
        "Directories that device backends are loaded from.",
        default="${PATH_BAREOS_BACKENDDIR}",
        platform_specific=True,
    )
    just_in_time_reservation: bool = directive(
        BOOL, "A device is reserved when the first data comes.", default="Yes", since="23.1.0"
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
    messages: "Messages | None" = directive(one("Messages"), "Where its messages go.")
    sd_connect_timeout: int = directive(TIME, "s to try to reach a Storage Daemon.", default="1800")
    fd_connect_timeout: int = directive(TIME, "s to try to reach a File Daemon.", default="1800")
    heartbeat_interval: int = directive(
        TIME, "s between signs of life on idle connections; 0 for none.", default="0"
    )
    checkpoint_interval: int = directive(
        TIME, "s between checkpoints of running backups; 0 for none.", default="0"
    )
    maximum_network_buffer_size: int = directive(PINT32, "bytes of the network buffers.")
    client_connect_wait: int = directive(TIME, "s that a job waits for its client.", default="1800")
    ver_id: str = directive(STR, "Text that the version command adds.")
    maximum_bandwidth_per_job: int = directive(SPEED, "byte/s of one job; 0 for no limit.")
    allow_bandwidth_bursting: bool = directive(
        BOOL, "Bandwidth that was not used may be used later.", default="false"
    )
    ndmp_enable: bool = directive(BOOL, "Serve NDMP.", default="false")
    ndmp_snooping: bool = directive(BOOL, "Write the NDMP protocol to the trace.", default="false")
    ndmp_log_level: int = directive(PINT32, "Detail of NDMP messages, 0 to 9.", default="4")
    ndmp_address: str = directive(ADDRESSES_ADDRESS, "Address for NDMP.", default="10000")
    ndmp_addresses: tuple[ListenAddress, ...] = directive(
        ADDRESSES, "Addresses for NDMP.", default="10000"
    )
    ndmp_port: int = directive(ADDRESSES_PORT, "TCP port for NDMP.", default="10000")
    auto_xflate_on_replication: bool = directive(
        BOOL, "Compress or decompress when volumes are copied.", default="false", since="13.4.0"
    )
    absolute_job_timeout: int = directive(
        PINT32, "s after which a running job is cancelled; 0 for never.", since="14.2.0"
    )
    collect_device_statistics: bool = directive(
        BOOL, "Collect statistics of devices.", default="false", deprecated="22.0.0"
    )
    collect_job_statistics: bool = directive(
        BOOL, "Collect statistics of jobs.", default="false", deprecated="22.0.0"
    )
    statistics_collect_interval: int = directive(
        PINT32, "s between collections of statistics.", default="0", deprecated="22.0.0"
    )
    device_reserve_by_media_type: bool = directive(
        BOOL, "Any device of the media type will do.", default="false"
    )
    file_device_concurrent_read: bool = directive(
        BOOL, "Several jobs may read from a file device.", default="false"
    )
    secure_erase_command: str = directive(
        STR, "Command that deletes files instead of unlink.", since="15.2.1"
    )
    log_timestamp_format: str = directive(
        STR, "strftime format of the time before a message.", default="%d-%b %H:%M", since="15.2.3"
    )
    enable_ktls: bool = directive(
        BOOL, "Let the kernel encrypt, where it can.", default="false", since="23.0.0"
    )


class Device(Named):
    """A device that volumes are written on."""

    kind = "Device"
    group = "Devices"

    media_type: str = directive(STRNAME, "Word for volumes that fit the device.", required=True)
    device_type: str = directive(
        STDSTR, "Kind of device: file, tape, fifo, or a backend.", default=""
    )
    archive_device: str = directive(
        STRNAME, "Path of the device, or directory of the volumes.", required=True
    )
    device_options: str = directive(STR, "Options for the backend.", since="15.2.0")
    diagnostic_device: str = directive(STRNAME, "Device that tape alerts are read from.")
    hardware_end_of_file: bool = directive(BIT, "The drive knows file marks.", default="on")
    hardware_end_of_medium: bool = directive(
        BIT, "The drive can go to the end of data.", default="on"
    )
    backward_space_record: bool = directive(BIT, "The drive can go back a record.", default="on")
    backward_space_file: bool = directive(BIT, "The drive can go back a file mark.", default="on")
    bsf_at_eom: bool = directive(BIT, "Go back a file mark at the end of data.", default="off")
    two_eof: bool = directive(BIT, "Write two file marks at the end of data.", default="off")
    forward_space_record: bool = directive(BIT, "The drive can skip a record.", default="on")
    forward_space_file: bool = directive(BIT, "The drive can skip a file mark.", default="on")
    fast_forward_space_file: bool = directive(
        BIT, "The drive keeps its place when it skips file marks.", default="on"
    )
    removable_media: bool = directive(BIT, "Volumes can be taken out.", default="on")
    random_access: bool = directive(BIT, "The device can seek.", default="off")
    automatic_mount: bool = directive(
        BIT, "Look at the volume in the device by itself.", default="off"
    )
    label_media: bool = directive(BIT, "The device may label new volumes by itself.", default="off")
    always_open: bool = directive(BIT, "Keep the device open.", default="on")
    autochanger: bool = directive(BIT, "The device belongs to an autochanger.", default="off")
    close_on_poll: bool = directive(
        BIT, "Close the device while waiting for a volume.", default="off"
    )
    block_positioning: bool = directive(BIT, "Use block numbers to seek.", default="on")
    use_mtiocget: bool = directive(BIT, "Ask the driver for the position.", default="on")
    check_labels: bool = directive(
        BIT, "Look for ANSI and IBM labels.", default="off", deprecated="23.0.0"
    )
    requires_mount: bool = directive(BIT, "The device has to be mounted.", default="off")
    offline_on_unmount: bool = directive(
        BIT, "Put the drive offline when a volume is unmounted.", default="off"
    )
    block_checksum: bool = directive(BIT, "Write a checksum into every block.", default="on")
    access_mode: Direction | None = directive(
        IODIRECTION, "Whether the device may read, write, or both.", default="readwrite"
    )
    auto_select: bool = directive(
        BOOL, "The device may be chosen as part of its autochanger.", default="true"
    )
    changer_device: str = directive(STRNAME, "Device of the changer's robot.")
    changer_command: str = directive(STRNAME, "Command that moves volumes.")
    alert_command: str = directive(STRNAME, "Command that reads tape alerts.")
    maximum_changer_wait: int = directive(TIME, "s that the changer may take.", default="300")
    maximum_open_wait: int = directive(TIME, "s that opening the device may take.", default="300")
    maximum_open_volumes: int = directive(
        PINT32, "Volumes that are open at the same time.", default="1"
    )
    maximum_network_buffer_size: int = directive(
        PINT32, "bytes of the network buffers.", deprecated="24.0.0"
    )
    volume_poll_interval: int = directive(TIME, "s between looks for a volume.", default="300")
    maximum_rewind_wait: int = directive(TIME, "s that rewinding may take.", default="300")
    label_block_size: int = directive(PINT32, "bytes of the block with the label.", default="64512")
    minimum_block_size: int = directive(PINT32, "bytes of a block at least.")
    maximum_block_size: int = directive(
        MAXBLOCKSIZE, "bytes of a block at most.", default="1048576"
    )
    maximum_file_size: int = directive(SIZE64, "bytes between file marks.", default="1000000000")
    volume_capacity: int = directive(SIZE64, "bytes of a volume; 0 for unknown.")
    maximum_concurrent_jobs: int = directive(
        PINT32, "Jobs that may run at the same time.", default="1"
    )
    spool_directory: str = directive(DIR, "Directory of spool files.")
    maximum_spool_size: int = directive(SIZE64, "bytes of all spool files; 0 for no limit.")
    maximum_job_spool_size: int = directive(
        SIZE64, "bytes of the spool files of one job; 0 for no limit."
    )
    drive_index: int = directive(PINT16, "Number of the drive in its changer.")
    mount_point: str = directive(STRNAME, "Directory that the device is mounted on.")
    mount_command: str = directive(STRNAME, "Command that mounts the device.")
    unmount_command: str = directive(STRNAME, "Command that unmounts the device.")
    label_type: LabelType = directive(LABEL, "Format of volume labels.", deprecated="23.0.0")
    no_rewind_on_close: bool = directive(
        BOOL, "The drive keeps its place when it is closed.", default="true"
    )
    drive_tape_alert_enabled: bool = directive(BOOL, "Read tape alerts.")
    drive_crypto_enabled: bool = directive(BOOL, "The drive encrypts.")
    query_crypto_status: bool = directive(BOOL, "Ask the drive whether a volume is encrypted.")
    auto_deflate: Direction | None = directive(
        IODIRECTION, "Compress data that goes this way.", since="13.4.0"
    )
    auto_deflate_algorithm: Compression | None = directive(
        CMPRSALGO, "How data is compressed.", since="13.4.0"
    )
    auto_deflate_level: int = directive(
        PINT16, "How hard GZIP tries, 1 to 9.", default="6", since="13.4.0"
    )
    auto_inflate: Direction | None = directive(
        IODIRECTION, "Decompress data that goes this way.", since="13.4.0"
    )
    collect_statistics: bool = directive(BOOL, "Collect statistics.", default="true")
    eof_on_error_is_eot: bool = directive(
        BOOL, "An error at a file mark is the end of the tape.", since="18.2.4"
    )
    count: int = directive(PINT32, "Devices that this one stands for.", default="1")


class Autochanger(Named):
    """Devices that share a changer."""

    kind = "Autochanger"
    group = "Autochangers"

    device: "tuple[Device, ...]" = directive(
        many("Device"), "Devices of the Storage Daemon.", required=True
    )
    changer_device: str = directive(STRNAME, "Device of the changer's robot.", required=True)
    changer_command: str = directive(STRNAME, "Command that moves volumes.", required=True)


RESOURCES: tuple[type[Resource], ...] = (
    Director,
    Ndmp,
    Storage,
    Device,
    Messages,
    Autochanger,
)
"""What a configuration of the Storage Daemon is made of, in the order of ``show``."""
