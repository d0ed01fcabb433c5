"""The resources that a new installation begins with.

Names, values and layout are those that Bareos ships, where they make sense on one machine; the
texts are ours. Source: configuration, section 11.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from barque.local.place import Place
from barque.local.texts import block, exclude, include, quoted

DIRECTOR: Final = "bareos-dir"
CLIENT: Final = "bareos-fd"
STORAGE_DAEMON: Final = "bareos-sd"
STORAGE: Final = "File"
DEVICE: Final = "FileStorage"
CATALOG: Final = "MyCatalog"
CATALOG_NAME: Final = "bareos"
"""Name of the database; with SQLite also of its file."""
JOBDEFS: Final = "DefaultJob"
RESTORE_JOB: Final = "RestoreFiles"
HOME_FILESET: Final = "Home"
MONITOR: Final = "bareos-mon"

CONCURRENT_JOBS: Final = 20
"""Jobs that may run at the same time."""


def new_password() -> str:
    """Return a password that nobody guesses."""
    return secrets.token_urlsafe(30)


@dataclass(frozen=True, slots=True)
class Passwords:
    """One for each pair of programs that talk to each other."""

    director: str = field(default_factory=new_password, repr=False)
    client: str = field(default_factory=new_password, repr=False)
    storage: str = field(default_factory=new_password, repr=False)
    monitor: str = field(default_factory=new_password, repr=False)


@dataclass(frozen=True, slots=True)
class Setup:
    """What the texts depend on."""

    place: Place
    port_base: int
    host: str
    """Short name of the machine."""
    home: str
    """The folder that the first job backs up."""
    address: str = "127.0.0.1"
    """Where the daemons listen, and find each other."""
    passwords: Passwords = field(default_factory=Passwords)

    @property
    def director_port(self) -> int:
        """TCP."""
        return self.port_base

    @property
    def client_port(self) -> int:
        """TCP."""
        return self.port_base + 1

    @property
    def storage_port(self) -> int:
        """TCP."""
        return self.port_base + 2


def resources(setup: Setup) -> Iterator[tuple[str, str]]:
    """Yield the path below the installation's folder, and the text, of each file."""
    for path, lines in _director(setup):
        yield f"bareos-dir.d/{path}.conf", lines
    for path, lines in _client(setup):
        yield f"bareos-fd.d/{path}.conf", lines
    for path, lines in _storage(setup):
        yield f"bareos-sd.d/{path}.conf", lines
    yield "bconsole.conf", _bconsole(setup)


def own_folders(place: Place) -> list[str]:
    """Return the folders that no job should back up: they change while it runs."""
    return [str(place.volumes), str(place.working), str(place.logs)]


def _bconsole(setup: Setup) -> str:
    return block(
        "Director",
        [
            f"Name = {DIRECTOR}",
            f"Address = {setup.address}",
            f"Port = {setup.director_port}",
            f"Password = {quoted(setup.passwords.director)}",
        ],
    )


def _director(setup: Setup) -> Iterator[tuple[str, str]]:
    yield f"director/{DIRECTOR}", _director_itself(setup)
    yield f"catalog/{CATALOG}", _catalog()
    yield f"client/{CLIENT}", _client_of_director(setup)
    yield f"storage/{STORAGE}", _storage_of_director(setup)
    yield f"fileset/{HOME_FILESET}", _home_fileset(setup)
    yield f"jobdefs/{JOBDEFS}", _jobdefs(setup)
    yield f"job/backup-{setup.host}", _backup_job(setup)
    yield f"job/{RESTORE_JOB}", _restore_job(setup)
    yield from _pools()
    yield from _schedules()
    yield from _messages(setup)
    yield from _profiles()
    yield f"console/{MONITOR}", _monitor_console(setup)


def _director_itself(setup: Setup) -> str:
    return block(
        "Director",
        [
            f"Name = {DIRECTOR}",
            f"Address = {setup.address}",
            f"Port = {setup.director_port}",
            f"Password = {quoted(setup.passwords.director)}",
            f"Working Directory = {quoted(str(setup.place.working))}",
            f"Maximum Concurrent Jobs = {CONCURRENT_JOBS}",
            "Messages = Daemon",
            "Auditing = yes",
        ],
    )


def _catalog() -> str:
    return block(
        "Catalog",
        [
            f"Name = {CATALOG}",
            "# A file in the working directory. For a PostgreSQL server: DbDriver = postgresql,",
            "# with DbAddress, DbName, DbUser and DbPassword as for Bareos.",
            "DbDriver = sqlite3",
            f"DbName = {CATALOG_NAME}",
            "DbUser = bareos",
        ],
    )


def _client_of_director(setup: Setup) -> str:
    return block(
        "Client",
        [
            f"Name = {CLIENT}",
            'Description = "The machine on which the Director runs."',
            f"Address = {setup.address}",
            f"Port = {setup.client_port}",
            f"Password = {quoted(setup.passwords.client)}",
            f"Maximum Concurrent Jobs = {CONCURRENT_JOBS}",
        ],
    )


def _storage_of_director(setup: Setup) -> str:
    return block(
        "Storage",
        [
            f"Name = {STORAGE}",
            "# Other machines reach the Storage Daemon under this address: give a name that they",
            "# can resolve before backing them up, and let the daemons listen there.",
            f"Address = {setup.address}",
            f"Port = {setup.storage_port}",
            f"Password = {quoted(setup.passwords.storage)}",
            f"Device = {DEVICE}",
            "Media Type = File",
            f"Maximum Concurrent Jobs = {CONCURRENT_JOBS}",
        ],
    )


def _home_fileset(setup: Setup) -> str:
    return block(
        "FileSet",
        [
            f"Name = {HOME_FILESET}",
            f"Description = {quoted(f'What lies below {setup.home}.')}",
            include([setup.home]),
            exclude(own_folders(setup.place)),
        ],
    )


def _jobdefs(setup: Setup) -> str:
    return block(
        "JobDefs",
        [
            f"Name = {JOBDEFS}",
            "Type = Backup",
            "Level = Incremental",
            "# A restore leaves out what had been removed or renamed by then.",
            "Accurate = yes",
            f"Client = {CLIENT}",
            f"FileSet = {HOME_FILESET}",
            f"Storage = {STORAGE}",
            "Messages = Standard",
            "Pool = Incremental",
            "Full Backup Pool = Full",
            "Differential Backup Pool = Differential",
            "Incremental Backup Pool = Incremental",
            "Priority = 10",
            f"Write Bootstrap = {quoted(f'{setup.place.working}/%c.bsr')}",
        ],
    )


def _backup_job(setup: Setup) -> str:
    return block(
        "Job",
        [
            f"Name = backup-{setup.host}",
            f"JobDefs = {JOBDEFS}",
            f"FileSet = {HOME_FILESET}",
            "Schedule = WeeklyCycle",
        ],
    )


def _restore_job(setup: Setup) -> str:
    return block(
        "Job",
        [
            f"Name = {RESTORE_JOB}",
            'Description = "Template of every restore."',
            "Type = Restore",
            f"Client = {CLIENT}",
            f"FileSet = {HOME_FILESET}",
            f"Storage = {STORAGE}",
            "Pool = Incremental",
            "Messages = Standard",
            f"Where = {quoted(str(setup.place.restored))}",
            f"Maximum Concurrent Jobs = {CONCURRENT_JOBS}",
        ],
    )


POOLS: Final = (
    ("Full", "365 days", "50G"),
    ("Differential", "90 days", "10G"),
    ("Incremental", "30 days", "1G"),
)
"""Name, how long its backups are kept, size of a volume."""


def _pools() -> Iterator[tuple[str, str]]:
    for name, retention, size in POOLS:
        lines = [
            f"Name = {name}",
            "Pool Type = Backup",
            "Recycle = yes",
            "AutoPrune = yes",
            f"Volume Retention = {retention}",
            f"Maximum Volume Bytes = {size}",
            "Maximum Volumes = 100",
            f"Label Format = {quoted(f'{name}-')}",
        ]
        yield f"pool/{name}", block("Pool", lines)
    yield (
        "pool/Scratch",
        block("Pool", ["Name = Scratch", "Pool Type = Scratch", "Recycle Pool = Scratch"]),
    )


def _schedules() -> Iterator[tuple[str, str]]:
    weekly = [
        "Name = WeeklyCycle",
        "Run = Full 1st sat at 21:00",
        "Run = Differential 2nd-5th sat at 21:00",
        "Run = Incremental mon-fri at 21:00",
    ]
    yield "schedule/WeeklyCycle", block("Schedule", weekly)


def _messages(setup: Setup) -> Iterator[tuple[str, str]]:
    log = quoted(str(setup.place.logs / "bareos.log"))
    audit = quoted(str(setup.place.logs / "bareos-audit.log"))
    standard = [
        "Name = Standard",
        'Description = "What jobs report."',
        "Console = all, !skipped, !saved, !audit",
        f"Append = {log} = all, !skipped, !saved, !audit",
        "Catalog = all, !skipped, !saved, !audit",
    ]
    yield "messages/Standard", block("Messages", standard)
    daemon = [
        "Name = Daemon",
        'Description = "What the Director itself reports."',
        "Console = all, !skipped, !saved, !audit",
        f"Append = {log} = all, !skipped, !audit",
        f"Append = {audit} = audit",
    ]
    yield "messages/Daemon", block("Messages", daemon)


ACCESS_LISTS: Final = (
    "Catalog",
    "Client",
    "FileSet",
    "Job",
    "Plugin Options",
    "Pool",
    "Schedule",
    "Storage",
    "Where",
)
"""Types of things that a profile gives access to, commands aside."""

OPERATOR_DENIED: Final = (
    "!.bvfs_clear_cache, !.exit, !.sql, !configure, !create, !delete, "
    "!purge, !prune, !sqlquery, !umount, !unmount"
)

READ_ONLY_COMMANDS: Final = (
    ".api, .help, use, version, status, list, llist, .clients, .jobs, .filesets, .pools, "
    ".storages, .defaults, .schedule, .bvfs_lsdirs, .bvfs_lsfiles, .bvfs_update, "
    ".bvfs_get_jobids, .bvfs_versions, .bvfs_restore"
)

PROFILES: Final = (
    ("operator", "Everyday work with all jobs.", f"{OPERATOR_DENIED}, *all*"),
    ("webui-admin", "Everyday work in the web interface.", f"{OPERATOR_DENIED}, *all*"),
    ("webui-readonly", "Looking around in the web interface.", READ_ONLY_COMMANDS),
)
"""Name, description, commands."""


def _profiles() -> Iterator[tuple[str, str]]:
    for name, description, commands in PROFILES:
        lines = [
            f"Name = {name}",
            f"Description = {quoted(description)}",
            f"Command ACL = {commands}",
            *(f"{kind} ACL = *all*" for kind in ACCESS_LISTS),
        ]
        yield f"profile/{name}", block("Profile", lines)


def _monitor_console(setup: Setup) -> str:
    return block(
        "Console",
        [
            f"Name = {MONITOR}",
            'Description = "May ask for the status, nothing else."',
            f"Password = {quoted(setup.passwords.monitor)}",
            "Command ACL = status, .status",
            "Job ACL = *all*",
        ],
    )


def _client(setup: Setup) -> Iterator[tuple[str, str]]:
    itself = [
        f"Name = {CLIENT}",
        f"Address = {setup.address}",
        f"Port = {setup.client_port}",
        f"Working Directory = {quoted(str(setup.place.working))}",
    ]
    yield "client/myself", block("Client", itself)
    yield f"director/{DIRECTOR}", _permitted_director(setup.passwords.client)
    yield "messages/Standard", _messages_to_director("all, !skipped, !restored")


def _storage(setup: Setup) -> Iterator[tuple[str, str]]:
    itself = [
        f"Name = {STORAGE_DAEMON}",
        f"Address = {setup.address}",
        f"Port = {setup.storage_port}",
        f"Working Directory = {quoted(str(setup.place.working))}",
    ]
    yield f"storage/{STORAGE_DAEMON}", block("Storage", itself)
    yield f"director/{DIRECTOR}", _permitted_director(setup.passwords.storage)
    yield "messages/Standard", _messages_to_director("all")
    device = [
        f"Name = {DEVICE}",
        "Media Type = File",
        "Device Type = File",
        f"Archive Device = {quoted(str(setup.place.volumes))}",
        "Label Media = yes",
        "Random Access = yes",
        "Automatic Mount = yes",
        "Removable Media = no",
        "Always Open = no",
        f"Maximum Concurrent Jobs = {CONCURRENT_JOBS}",
    ]
    yield f"device/{DEVICE}", block("Device", device)


def _permitted_director(password: str) -> str:
    return block("Director", [f"Name = {DIRECTOR}", f"Password = {quoted(password)}"])


def _messages_to_director(types: str) -> str:
    return block("Messages", ["Name = Standard", f"Director = {DIRECTOR} = {types}"])
