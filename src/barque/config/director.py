"""Resources of the Director.

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
    ACTIONONPURGE,
    ALIST_STR,
    AUDIT,
    AUTHPROTOCOLTYPE,
    AUTHTYPE,
    AUTOPASSWORD,
    BIT,
    BOOL,
    CLEARPASSWORD,
    DEVICE,
    DIR,
    DIR_OR_CMD,
    INT32,
    JOBTYPE,
    LABEL,
    LABEL_FORMAT,
    LEVEL,
    MIGTYPE,
    PINT32,
    PLUGIN_NAMES,
    POOLTYPE,
    PROTOCOLTYPE,
    REPLACE,
    SIZE32,
    SIZE64,
    SPEED,
    STR,
    STRNAME,
    TIME,
    many,
    one,
)
from barque.config.directive import Group, Resource, directive
from barque.config.fileset import FileSet
from barque.config.groups import (
    AccessLists,
    Named,
    Tls,
)
from barque.config.keywords import (
    ActionOnPurge,
    AuthType,
    BackupProtocol,
    LabelType,
    PoolType,
    Protocol,
    Replace,
    SelectionType,
)
from barque.config.messages import Messages
from barque.config.password import Password
from barque.config.run import (
    RUN,
    Run,
)
from barque.config.runscript import (
    RUNSCRIPT,
    SHRTRUNSCRIPT,
    RunScript,
)
from barque.domain.job import (
    JobType,
    Level,
)


class Director(Tls, Named):
    """The Director itself."""

    kind = "Director"
    group = "Directors"

    messages: "Messages | None" = directive(one("Messages"), "Where its messages go.")
    port: int = directive(ADDRESSES_PORT, "TCP port.", default="9101", aliases=("DirPort",))
    address: str = directive(
        ADDRESSES_ADDRESS, "Name or number of the host.", default="9101", aliases=("DirAddress",)
    )
    addresses: tuple[ListenAddress, ...] = directive(
        ADDRESSES, "Addresses to listen on.", default="9101", aliases=("DirAddresses",)
    )
    source_address: str = directive(
        SOURCE_ADDRESS,
        "Local address that connections are made from.",
        default="0",
        aliases=("DirSourceAddress",),
    )
    query_file: str = directive(
        DIR,
        "File with the queries that the console offers.",
        default="${PATH_BAREOS_SCRIPTDIR}/query.sql",
        platform_specific=True,
    )
    working_directory: str = directive(
        DIR,
        "Directory for state, spool and mail files.",
        default="${PATH_BAREOS_WORKINGDIR}",
        platform_specific=True,
    )
    plugin_directory: str = directive(
        DIR, "Directory that plugins are loaded from.", since="14.2.0"
    )
    plugin_names: tuple[str, ...] = directive(
        PLUGIN_NAMES, "Plugins to load; without it all in the directory.", since="14.2.0"
    )
    scripts_directory: str = directive(
        DIR,
        "Directory of the helper scripts.",
        default="${PATH_BAREOS_SCRIPTDIR}",
        platform_specific=True,
    )
    subscriptions: int = directive(
        PINT32, "Number of clients that a subscription covers.", default="0", since="12.4.4"
    )
    maximum_concurrent_jobs: int = directive(
        PINT32, "Jobs that may run at the same time.", default="1"
    )
    maximum_console_connections: int = directive(
        PINT32, "Consoles that may be connected at the same time.", default="20"
    )
    password: Password = directive(AUTOPASSWORD, "Secret shared with the peer.", required=True)
    fd_connect_timeout: int = directive(TIME, "s to try to reach a File Daemon.", default="180")
    sd_connect_timeout: int = directive(TIME, "s to try to reach a Storage Daemon.", default="1800")
    heartbeat_interval: int = directive(
        TIME, "s between signs of life on idle connections; 0 for none.", default="0"
    )
    statistics_retention: int = directive(
        TIME, "s that statistics are kept.", default="160704000", deprecated="22.0.0"
    )
    statistics_collect_interval: int = directive(
        PINT32,
        "s between collections of statistics.",
        default="0",
        since="14.2.0",
        deprecated="22.0.0",
    )
    ver_id: str = directive(STR, "Text that the version command adds.")
    key_encryption_key: Password = directive(
        CLEARPASSWORD, "Key that wraps the encryption keys of tape volumes."
    )
    ndmp_snooping: bool = directive(BOOL, "Write the NDMP protocol to the trace.", since="13.2.0")
    ndmp_log_level: int = directive(
        PINT32, "Detail of NDMP messages, 0 to 9.", default="4", since="13.2.0"
    )
    ndmp_namelist_fhinfo_set_zero_for_invalid_uquad: bool = directive(
        BOOL,
        "Send 0 for missing file history numbers, for filers that refuse -1.",
        default="false",
        since="20.0.6",
    )
    absolute_job_timeout: int = directive(
        PINT32, "s after which a running job is cancelled; 0 for never.", since="14.2.0"
    )
    auditing: bool = directive(BOOL, "Log what consoles do.", default="false", since="14.2.0")
    audit_events: tuple[str, ...] = directive(
        AUDIT, "Commands that are logged; without it all.", since="14.2.0"
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


class Client(Tls, Named):
    """A machine to back up, as the Director knows it."""

    kind = "Client"
    group = "Clients"

    protocol: Protocol = directive(
        AUTHPROTOCOLTYPE, "How the client is spoken to.", default="Native", since="13.2.0"
    )
    auth_type: AuthType = directive(AUTHTYPE, "How NDMP authenticates.", default="None")
    address: str = directive(
        STR, "Name or number of the host.", required=True, aliases=("FdAddress",)
    )
    lan_address: str = directive(
        STR, "Address for peers in the same local network.", since="16.2.6"
    )
    port: int = directive(PINT32, "TCP port.", default="9102", aliases=("FdPort",))
    username: str = directive(STR, "User for NDMP.")
    password: Password = directive(
        AUTOPASSWORD, "Secret shared with the peer.", required=True, aliases=("FdPassword",)
    )
    catalog: "Catalog | None" = directive(one("Catalog"), "Catalog that its jobs are recorded in.")
    passive: bool = directive(
        BOOL, "The Storage Daemon dials the client.", default="false", since="13.2.0"
    )
    connection_from_director_to_client: bool = directive(
        BOOL, "The Director may dial the client.", default="true", since="16.2.2"
    )
    connection_from_client_to_director: bool = directive(
        BOOL, "The client may dial the Director.", default="false", since="16.2.2"
    )
    enabled: bool = directive(BOOL, "Whether it is used.", default="true")
    hard_quota: int = directive(
        SIZE64, "bytes of backups that are kept at most; 0 for no limit.", default="0"
    )
    soft_quota: int = directive(
        SIZE64, "bytes of backups after which a warning is given; 0 for no limit.", default="0"
    )
    soft_quota_grace_period: int = directive(
        TIME, "s that the soft quota may be exceeded.", default="0"
    )
    strict_quotas: bool = directive(
        BOOL, "Past the grace period the soft quota is the limit.", default="false"
    )
    quota_include_failed_jobs: bool = directive(BOOL, "Failed jobs count, too.", default="true")
    file_retention: int = directive(
        TIME, "s that file records are kept in the catalog.", default="5184000", deprecated="23.0.0"
    )
    job_retention: int = directive(
        TIME, "s that job records are kept in the catalog.", default="15552000", deprecated="23.0.0"
    )
    heartbeat_interval: int = directive(
        TIME, "s between signs of life on idle connections; 0 for none.", default="0"
    )
    auto_prune: bool = directive(
        BOOL,
        "Drop records whose retention is over without being asked.",
        default="false",
        deprecated="23.0.0",
    )
    maximum_concurrent_jobs: int = directive(
        PINT32, "Jobs that may run at the same time.", default="1"
    )
    maximum_bandwidth_per_job: int = directive(SPEED, "byte/s of one job; 0 for no limit.")
    ndmp_log_level: int = directive(PINT32, "Detail of NDMP messages, 0 to 9.", default="4")
    ndmp_block_size: int = directive(SIZE32, "bytes of an NDMP block.", default="64512")
    ndmp_use_lmdb: bool = directive(
        BOOL, "Keep the NDMP file history in a database file instead of memory.", default="true"
    )


class JobDirectives(Named):
    """What a Job and its defaults say."""

    type: JobType | None = directive(JOBTYPE, "What the job does.", required=True)
    protocol: BackupProtocol = directive(PROTOCOLTYPE, "How the data is saved.", default="Native")
    backup_format: str = directive(STR, "Format of the data, for NDMP.", default="Native")
    level: Level | None = directive(LEVEL, "How much the job takes when nothing else is said.")
    messages: "Messages" = directive(one("Messages"), "Where its messages go.", required=True)
    storage: "tuple[Storage, ...]" = directive(many("Storage"), "Storages that it uses.")
    pool: "Pool" = directive(one("Pool"), "Pool that volumes are taken from.", required=True)
    full_backup_pool: "Pool | None" = directive(one("Pool"), "Pool for Full backups.")
    virtual_full_backup_pool: "Pool | None" = directive(
        one("Pool"), "Pool for virtual Full backups."
    )
    incremental_backup_pool: "Pool | None" = directive(one("Pool"), "Pool for Incremental backups.")
    differential_backup_pool: "Pool | None" = directive(
        one("Pool"), "Pool for Differential backups."
    )
    next_pool: "Pool | None" = directive(
        one("Pool"), "Pool that copies, migrations and consolidated backups go to."
    )
    client: "Client | None" = directive(one("Client"), "Client whose files are saved or restored.")
    fileset: "FileSet | None" = directive(one("FileSet"), "Which files are taken.")
    schedule: "Schedule | None" = directive(one("Schedule"), "When the job runs by itself.")
    job_to_verify: "Job | None" = directive(
        one("Job"), "Job whose backup a Verify job checks.", aliases=("VerifyJob",)
    )
    catalog: "Catalog | None" = directive(
        one("Catalog"), "Catalog that its jobs are recorded in.", since="13.4.0"
    )
    jobdefs: "JobDefs | None" = directive(
        one("JobDefs"), "Defaults for what this resource does not say."
    )
    run: tuple[str, ...] = directive(
        ALIST_STR, "Commands that start further jobs when this one starts."
    )
    where: str = directive(DIR, "Directory that a restore puts before all paths.")
    regex_where: str = directive(STR, "Substitutions that a restore applies to all paths.")
    strip_prefix: str = directive(STR, "Prefix that a restore removes from all paths.")
    add_prefix: str = directive(STR, "Prefix that a restore adds to all paths.")
    add_suffix: str = directive(STR, "Suffix that a restore adds to all paths.")
    bootstrap: str = directive(DIR, "File that says what a restore reads.")
    write_bootstrap: str = directive(
        DIR_OR_CMD, "File, or command after a bar, that gets the bootstrap of a backup."
    )
    replace: Replace = directive(
        REPLACE, "What a restore does with files that are there.", default="Always"
    )
    maximum_bandwidth: int = directive(SPEED, "byte/s of the job; 0 for no limit.")
    max_run_sched_time: int = directive(
        TIME, "s after the scheduled time at which the job is cancelled."
    )
    max_run_time: int = directive(TIME, "s that the job may run.")
    full_max_runtime: int = directive(TIME, "s that a Full backup may run.")
    incremental_max_runtime: int = directive(TIME, "s that an Incremental backup may run.")
    differential_max_runtime: int = directive(TIME, "s that a Differential backup may run.")
    max_wait_time: int = directive(TIME, "s that the job may wait for a resource.")
    max_start_delay: int = directive(
        TIME, "s after the scheduled time at which the job is not started any more."
    )
    max_full_interval: int = directive(
        TIME, "s after the last Full backup that make the next one Full."
    )
    max_virtual_full_interval: int = directive(
        TIME, "s after the last Full backup that make the next one virtual Full.", since="14.4.0"
    )
    max_diff_interval: int = directive(
        TIME, "s after the last Differential backup that make the next one Differential."
    )
    prefix_links: bool = directive(
        BOOL, "A restore puts its directory before absolute symbolic links, too.", default="false"
    )
    prune_jobs: bool = directive(BOOL, "Prune job records at the end of the job.", default="false")
    prune_files: bool = directive(
        BOOL, "Prune file records at the end of the job.", default="false"
    )
    prune_volumes: bool = directive(BOOL, "Prune volumes at the end of the job.", default="false")
    purge_migration_job: bool = directive(BOOL, "Purge a job once it is migrated.", default="false")
    enabled: bool = directive(BOOL, "Whether it is used.", default="true")
    spool_attributes: bool = directive(
        BOOL, "Send file records to the catalog at the end of the job.", default="false"
    )
    spool_data: bool = directive(
        BOOL, "Write data to disk first, then to the volume.", default="false"
    )
    spool_size: int = directive(SIZE64, "bytes of the job's spool file.")
    rerun_failed_levels: bool = directive(
        BOOL, "A Full or Differential that failed is repeated by the next job.", default="false"
    )
    prefer_mounted_volumes: bool = directive(
        BOOL, "Take a drive with a volume before a better one that is idle.", default="true"
    )
    run_before_job: tuple[RunScript, ...] = directive(
        SHRTRUNSCRIPT, "Command that the Director runs before the job."
    )
    run_after_job: tuple[RunScript, ...] = directive(
        SHRTRUNSCRIPT, "Command that the Director runs after a job that succeeded."
    )
    run_after_failed_job: tuple[RunScript, ...] = directive(
        SHRTRUNSCRIPT, "Command that the Director runs after a job that failed."
    )
    client_run_before_job: tuple[RunScript, ...] = directive(
        SHRTRUNSCRIPT, "Command that the client runs before the job."
    )
    client_run_after_job: tuple[RunScript, ...] = directive(
        SHRTRUNSCRIPT, "Command that the client runs after a job that succeeded."
    )
    maximum_concurrent_jobs: int = directive(
        PINT32, "Jobs that may run at the same time.", default="1"
    )
    reschedule_on_error: bool = directive(BOOL, "Start a failed job again.", default="false")
    reschedule_interval: int = directive(
        TIME, "s before a failed job is started again.", default="1800"
    )
    reschedule_times: int = directive(
        PINT32, "How often a failed job is started again; 0 for without end.", default="5"
    )
    priority: int = directive(PINT32, "Jobs with smaller numbers run first.", default="10")
    allow_mixed_priority: bool = directive(
        BOOL, "Run together with jobs of another priority.", default="false"
    )
    selection_pattern: str = directive(STR, "What a Copy or Migrate job looks for.")
    run_script: tuple[RunScript, ...] = directive(
        RUNSCRIPT, "Scripts before and after the job.", equals=False
    )
    selection_type: SelectionType | None = directive(
        MIGTYPE, "How a Copy or Migrate job finds its jobs."
    )
    accurate: bool = directive(
        BOOL,
        "Compare with the list of saved files, so that deleted and moved files are seen.",
        default="false",
    )
    allow_duplicate_jobs: bool = directive(
        BOOL, "A second job of the same name may run.", default="true"
    )
    allow_higher_duplicates: bool = directive(
        BOOL, "A second job of a higher level may run.", default="true", deprecated="24.0.0"
    )
    cancel_lower_level_duplicates: bool = directive(
        BOOL, "Of two duplicates the one of the lower level is cancelled.", default="false"
    )
    cancel_queued_duplicates: bool = directive(
        BOOL, "A duplicate that waits is cancelled.", default="false"
    )
    cancel_running_duplicates: bool = directive(
        BOOL, "A duplicate that runs is cancelled.", default="false"
    )
    save_file_history: bool = directive(
        BOOL, "Record the files of an NDMP backup.", default="true", since="14.2.0"
    )
    file_history_size: int = directive(
        SIZE64, "bytes of the NDMP file history database.", default="10000000", since="15.2.4"
    )
    fd_plugin_options: tuple[str, ...] = directive(
        ALIST_STR, "Options for plugins of the File Daemon."
    )
    sd_plugin_options: tuple[str, ...] = directive(
        ALIST_STR, "Options for plugins of the Storage Daemon."
    )
    dir_plugin_options: tuple[str, ...] = directive(
        ALIST_STR, "Options for plugins of the Director."
    )
    max_concurrent_copies: int = directive(
        PINT32, "Jobs that one Copy or Migrate job starts at most.", default="100"
    )
    always_incremental: bool = directive(
        BOOL,
        "Save Incrementals alone; Consolidate jobs merge them.",
        default="false",
        since="16.2.4",
    )
    always_incremental_job_retention: int = directive(
        TIME, "s after which Incrementals are merged.", default="0", since="16.2.4"
    )
    always_incremental_keep_number: int = directive(
        PINT32, "Incrementals that are kept, whatever their age.", default="0", since="16.2.4"
    )
    always_incremental_max_full_age: int = directive(
        TIME, "s after which the Full is merged, too.", since="16.2.4"
    )
    max_full_consolidations: int = directive(
        PINT32,
        "Jobs with a Full that a Consolidate job merges at most; 0 for no limit.",
        default="0",
        since="16.2.4",
    )
    run_on_incoming_connect_interval: int = directive(
        TIME,
        "s after the last run at which a client that connects starts the job.",
        default="0",
        since="19.2.4",
    )


class JobDefs(JobDirectives):
    """Defaults for jobs."""

    kind = "JobDefs"
    group = "JobDefs"


class Job(JobDirectives):
    """A job: what is saved, from where, to where, and when."""

    kind = "Job"
    group = "Jobs"


class Storage(Tls, Named):
    """A Storage Daemon and its device, as the Director knows it."""

    kind = "Storage"
    group = "Storages"

    protocol: Protocol = directive(
        AUTHPROTOCOLTYPE, "How the storage is spoken to.", default="Native"
    )
    auth_type: AuthType = directive(AUTHTYPE, "How NDMP authenticates.", default="None")
    address: str = directive(
        STR, "Name or number of the host.", required=True, aliases=("SdAddress",)
    )
    lan_address: str = directive(
        STR, "Address for peers in the same local network.", since="16.2.6"
    )
    port: int = directive(PINT32, "TCP port.", default="9103", aliases=("SdPort",))
    username: str = directive(STR, "User for NDMP.")
    password: Password = directive(
        AUTOPASSWORD, "Secret shared with the peer.", required=True, aliases=("SdPassword",)
    )
    device: tuple[str, ...] = directive(DEVICE, "Devices of the Storage Daemon.", required=True)
    media_type: str = directive(STRNAME, "Word for volumes that fit the device.", required=True)
    auto_changer: bool = directive(BOOL, "The device changes volumes by itself.", default="false")
    enabled: bool = directive(BOOL, "Whether it is used.", default="true")
    allow_compression: bool = directive(BOOL, "Clients may compress.", default="true")
    heartbeat_interval: int = directive(
        TIME, "s between signs of life on idle connections; 0 for none.", default="0"
    )
    cache_status_interval: int = directive(
        TIME, "s that the status of NDMP tapes is kept.", default="30"
    )
    maximum_concurrent_jobs: int = directive(
        PINT32, "Jobs that may run at the same time.", default="1"
    )
    maximum_concurrent_read_jobs: int = directive(
        PINT32, "Jobs that may read at the same time; 0 for no limit.", default="0"
    )
    paired_storage: "Storage | None" = directive(
        one("Storage"), "Storage that shares the volumes, for NDMP."
    )
    maximum_bandwidth_per_job: int = directive(SPEED, "byte/s of one job; 0 for no limit.")
    collect_statistics: bool = directive(
        BOOL, "Collect statistics.", default="false", deprecated="22.0.0"
    )
    ndmp_changer_device: str = directive(STRNAME, "Changer of NDMP tapes.", since="16.2.4")


class Catalog(Named):
    """A database that the Director remembers in."""

    kind = "Catalog"
    group = "Catalogs"

    db_address: str = directive(STR, "Host of the database.", aliases=("Address",))
    db_port: int = directive(PINT32, "Port of the database.", aliases=("Port",))
    db_password: Password = directive(
        CLEARPASSWORD, "Password for the database.", aliases=("Password",)
    )
    db_user: str = directive(STR, "User of the database.", required=True, aliases=("User",))
    db_name: str = directive(STR, "Name of the database.", required=True)
    db_socket: str = directive(STR, "Socket of the database.", aliases=("Socket",))
    db_driver: str = directive(
        STR,
        "Engine: postgresql (the default) or sqlite3, a file in the working directory.",
        extension=True,
    )
    multiple_connections: bool = directive(BIT, "Connections are not shared.", deprecated="25.0.0")
    disable_batch_insert: bool = directive(
        BOOL, "Insert file records one by one.", default="false", deprecated="25.0.0"
    )
    reconnect: bool = directive(
        BOOL, "Connect again when the connection is lost.", default="true", since="15.1.0"
    )
    exit_on_fatal: bool = directive(
        BOOL, "End the Director when the database fails.", default="false", since="15.1.0"
    )
    min_connections: int = directive(PINT32, "Connections that are always open.", default="1")
    max_connections: int = directive(PINT32, "Connections that are open at most.", default="5")
    inc_connections: int = directive(PINT32, "Connections that are opened at once.", default="1")
    idle_timeout: int = directive(
        PINT32, "s after which an idle connection is closed.", default="30"
    )
    validate_timeout: int = directive(
        PINT32, "s after which a connection is tested.", default="120"
    )


class Schedule(Named):
    """When jobs run."""

    kind = "Schedule"
    group = "Schedules"

    run: tuple[Run, ...] = directive(RUN, "When jobs start, and what is different then.")
    enabled: bool = directive(BOOL, "Whether it is used.", default="true")


class Pool(Named):
    """A group of volumes that are handled alike."""

    kind = "Pool"
    group = "Pools"

    pool_type: PoolType = directive(POOLTYPE, "What the pool is for.", default="Backup")
    label_format: str = directive(LABEL_FORMAT, "What names of new volumes begin with.")
    label_type: LabelType = directive(LABEL, "Format of volume labels.", deprecated="23.0.0")
    cleaning_prefix: str = directive(
        STRNAME, "What names of cleaning tapes begin with.", default="CLN"
    )
    use_catalog: bool = directive(BOOL, "Record jobs in the catalog.", default="true")
    purge_oldest_volume: bool = directive(
        BOOL, "Purge the oldest volume when none is left.", default="false"
    )
    action_on_purge: ActionOnPurge = directive(
        ACTIONONPURGE, "What happens with a volume that is purged."
    )
    recycle_oldest_volume: bool = directive(
        BOOL, "Prune and recycle the oldest volume when none is left.", default="false"
    )
    recycle_current_volume: bool = directive(
        BOOL, "Prune and recycle the current volume when none is left.", default="false"
    )
    maximum_volumes: int = directive(PINT32, "Volumes of the pool at most; 0 for no limit.")
    maximum_volume_jobs: int = directive(PINT32, "Jobs on a volume at most; 0 for no limit.")
    maximum_volume_files: int = directive(PINT32, "File marks on a volume at most; 0 for no limit.")
    maximum_volume_bytes: int = directive(SIZE64, "bytes on a volume at most; 0 for no limit.")
    catalog_files: bool = directive(BOOL, "Record files in the catalog.", default="true")
    volume_retention: int = directive(
        TIME, "s that the jobs of a volume are kept.", default="31536000"
    )
    volume_use_duration: int = directive(
        TIME, "s after the first write at which a volume is not written any more."
    )
    migration_time: int = directive(TIME, "s after which a job is migrated.")
    migration_high_bytes: int = directive(SIZE64, "bytes of the pool at which migration begins.")
    migration_low_bytes: int = directive(SIZE64, "bytes of the pool at which migration ends.")
    next_pool: "Pool | None" = directive(
        one("Pool"), "Pool that copies, migrations and consolidated backups go to."
    )
    storage: "tuple[Storage, ...]" = directive(many("Storage"), "Storages that it uses.")
    auto_prune: bool = directive(
        BOOL, "Drop records whose retention is over without being asked.", default="true"
    )
    recycle: bool = directive(BOOL, "Volumes that are purged are used again.", default="true")
    recycle_pool: "Pool | None" = directive(one("Pool"), "Pool that recycled volumes move to.")
    scratch_pool: "Pool | None" = directive(
        one("Pool"), "Pool that volumes are taken from when none is left."
    )
    catalog: "Catalog | None" = directive(one("Catalog"), "Catalog that its jobs are recorded in.")
    file_retention: int = directive(
        TIME, "s that file records are kept in the catalog.", deprecated="25.1.0"
    )
    job_retention: int = directive(
        TIME, "s that job records are kept in the catalog.", deprecated="25.1.0"
    )
    minimum_block_size: int = directive(SIZE32, "bytes of a block at least.")
    maximum_block_size: int = directive(SIZE32, "bytes of a block at most.", since="14.2.0")


class Counter(Named):
    """A number for the names of volumes."""

    kind = "Counter"
    group = "Counters"
    deprecated = True

    minimum: int = directive(INT32, "First value.", default="0")
    maximum: int = directive(PINT32, "Last value.", default="2147483647")
    wrap_counter: "Counter | None" = directive(
        one("Counter"), "Counter that is increased when this one begins again."
    )
    catalog: "Catalog | None" = directive(one("Catalog"), "Catalog that its jobs are recorded in.")


class Profile(AccessLists, Named):
    """What a group of consoles may see and do."""

    kind = "Profile"
    group = "Profiles"

    _acls = Group(AccessLists)


class Console(Tls, AccessLists, Named):
    """A user with a password."""

    kind = "Console"
    group = "Consoles"

    password: Password = directive(AUTOPASSWORD, "Secret shared with the peer.", required=True)
    _acls = Group(AccessLists)
    profile: "tuple[Profile, ...]" = directive(
        many("Profile"), "Profiles whose lists count after the own ones.", since="14.2.3"
    )
    use_pam_authentication: bool = directive(
        BOOL, "Who logs in is checked by PAM.", default="false", since="18.2.4"
    )


class User(AccessLists, Named):
    """A user whose password is checked elsewhere."""

    kind = "User"
    group = "Users"

    _acls = Group(AccessLists)
    profile: "tuple[Profile, ...]" = directive(
        many("Profile"), "Profiles whose lists count after the own ones.", since="14.2.3"
    )


RESOURCES: tuple[type[Resource], ...] = (
    Director,
    Client,
    JobDefs,
    Job,
    Storage,
    Catalog,
    Schedule,
    FileSet,
    Pool,
    Messages,
    Counter,
    Profile,
    Console,
    User,
)
"""What a configuration of the Director is made of, in the order of ``show``."""
