"""Entry points: from a path to resolved resources.

Source: configuration, sections 7 to 9.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from barque.config import console, director, filedaemon, storagedaemon
from barque.config.devices import multiply_devices
from barque.config.directive import Resource
from barque.config.fileset import FileSet
from barque.config.lexer import Source
from barque.config.messages import Messages
from barque.config.parser import Parsed, parse
from barque.config.resolve import (
    Tables,
    check_jobs,
    fill_first,
    inherit_jobdefs,
    required_with_name,
    required_without_name,
    resolve,
)
from barque.config.sources import (
    CONSOLE,
    DIRECTOR,
    FILE_DAEMON,
    STORAGE_DAEMON,
    FileReader,
    Found,
    RunCommand,
    expand_path,
    find_configuration,
    refuse_command,
)
from barque.errors import ConfigError

ROOT_CONSOLE = "*UserAgent*"
"""Name of the console that the password of the Director opens."""

type ConfigPath = str | os.PathLike[str] | None
"""File or directory; None for the default directory."""


class Configuration:
    """All resources of one program, by kind and name, in the order in which they were read."""

    def __init__(self, found: Found, tables: Tables, warnings: Sequence[str]) -> None:
        self._tables = tables
        self.warnings = list(warnings)
        """What is allowed and should be changed."""
        folder = found.include_directory
        self.used = f"{folder}/*/*.conf" if folder is not None else found.path
        """The file, or the pattern of the files."""
        self.directory: Path = found.directory
        """Where it lies."""
        self.include_directory: Path | None = found.include_directory
        """Directory with one file a resource; None when it is a single file."""

    def table[R: Resource](self, kind: type[R]) -> dict[str, R]:
        """Return the resources of one kind by name."""
        return self._tables.of(kind)

    def tables(self) -> dict[str, dict[str, Resource]]:
        """Return all resources: by the word of their kind, then by name."""
        return self._tables.tables


class DirectorConfig(Configuration):
    """The configuration of a Director."""

    def __init__(self, found: Found, tables: Tables, warnings: Sequence[str]) -> None:
        super().__init__(found, tables, warnings)
        self.director = next(iter(self.table(director.Director).values()))
        """The Director itself."""
        self.jobs = self.table(director.Job)
        self.jobdefs = self.table(director.JobDefs)
        self.clients = self.table(director.Client)
        self.storages = self.table(director.Storage)
        self.catalogs = self.table(director.Catalog)
        self.schedules = self.table(director.Schedule)
        self.filesets = self.table(FileSet)
        self.pools = self.table(director.Pool)
        self.messages = self.table(Messages)
        self.counters = self.table(director.Counter)
        self.profiles = self.table(director.Profile)
        self.consoles = self.table(director.Console)
        """Named consoles, without the root console."""
        self.users = self.table(director.User)
        self.added_paths: frozenset[str] = frozenset()
        """Files that a console added since the configuration was read."""
        self.root_console = _root_console(self.director)
        """What the password of the Director opens: everything is allowed."""

    def mark_added(self, paths: Iterable[str]) -> None:
        """Keep which files a console added since the configuration was read."""
        self.added_paths = frozenset(paths)
        for table in self.tables().values():
            for resource in table.values():
                resource.added = resource.place.path in self.added_paths

    def shown_tables(self) -> dict[str, dict[str, Resource]]:
        """Return all resources, and the root console, as ``show`` writes them."""
        consoles = {**self.tables()["Console"], ROOT_CONSOLE: self.root_console}
        return {**self.tables(), "Console": consoles}


def _root_console(owner: director.Director) -> director.Console:
    """Return the internal console; ``show`` writes it, in comments, when asked for everything."""
    root = director.Console(
        password=owner.password, description="root console definition", tls_require=False
    )
    root.__dict__["name"] = ROOT_CONSOLE
    root.internal = True
    return root


class FileDaemonConfig(Configuration):
    """The configuration of a File Daemon."""

    def __init__(self, found: Found, tables: Tables, warnings: Sequence[str]) -> None:
        super().__init__(found, tables, warnings)
        self.client = next(iter(self.table(filedaemon.Client).values()))
        """The File Daemon itself."""
        self.directors = self.table(filedaemon.Director)
        self.messages = self.table(Messages)


class StorageDaemonConfig(Configuration):
    """The configuration of a Storage Daemon."""

    def __init__(self, found: Found, tables: Tables, warnings: Sequence[str]) -> None:
        super().__init__(found, tables, warnings)
        self.storage = next(iter(self.table(storagedaemon.Storage).values()))
        """The Storage Daemon itself."""
        self.directors = self.table(storagedaemon.Director)
        self.devices = self.table(storagedaemon.Device)
        self.autochangers = self.table(storagedaemon.Autochanger)
        self.ndmp = self.table(storagedaemon.Ndmp)
        self.messages = self.table(Messages)


class ConsoleConfig(Configuration):
    """The configuration of a console."""

    def __init__(self, found: Found, tables: Tables, warnings: Sequence[str]) -> None:
        super().__init__(found, tables, warnings)
        self.directors = self.table(console.Director)
        """Directors that can be connected to."""
        self.consoles = self.table(console.Console)


def load_director(
    path: ConfigPath = None,
    *,
    run_command: RunCommand = refuse_command,
    check: bool = True,
    added: Sequence[Source] = (),
) -> DirectorConfig:
    """Load the configuration of a Director.

    *run_command* runs what ``@|command`` includes. Without *check* it is only parsed and resolved,
    enough to show it. *added* are files that are to become part of it. Raises ConfigError for the
    first mistake; its ``others`` are the further ones.
    """
    found = find_configuration(path, DIRECTOR)
    parsed = _parse(found, director.RESOURCES, run_command, added)
    tables = resolve(parsed.resources, director.RESOURCES, required_with_name)
    _raise(parsed, tables)
    fill_first(tables, director.Client, "catalog", "Catalog")
    fill_first(tables, director.Director, "messages", "Messages")
    inherit_jobdefs(tables)
    _check_pam(tables)
    _expect_own(tables, found, "Director")
    _raise(parsed, tables)
    if check:
        check_jobs(tables)
        _expect(tables, found, "Messages", "Job", "Catalog")
        _raise(parsed, tables)
    return DirectorConfig(found, tables, parsed.warnings)


def load_filedaemon(
    path: ConfigPath = None, *, run_command: RunCommand = refuse_command, check: bool = True
) -> FileDaemonConfig:
    """Load the configuration of a File Daemon; as :func:`load_director`."""
    found = find_configuration(path, FILE_DAEMON)
    parsed = _parse(found, filedaemon.RESOURCES, run_command)
    tables = resolve(parsed.resources, filedaemon.RESOURCES, required_without_name)
    _raise(parsed, tables)
    fill_first(tables, filedaemon.Client, "messages", "Messages")
    _expect_own(tables, found, "Client")
    _raise(parsed, tables)
    if check:
        _expect(tables, found, "Director", "Messages")
        _check_keys(tables)
        _raise(parsed, tables)
    return FileDaemonConfig(found, tables, parsed.warnings)


def load_storagedaemon(
    path: ConfigPath = None, *, run_command: RunCommand = refuse_command, check: bool = True
) -> StorageDaemonConfig:
    """Load the configuration of a Storage Daemon; as :func:`load_director`."""
    found = find_configuration(path, STORAGE_DAEMON)
    parsed = _parse(found, storagedaemon.RESOURCES, run_command)
    tables = resolve(parsed.resources, storagedaemon.RESOURCES, required_with_name)
    _raise(parsed, tables)
    fill_first(tables, storagedaemon.Storage, "messages", "Messages")
    multiply_devices(tables)
    _expect_own(tables, found, "Storage")
    _raise(parsed, tables)
    if check:
        _expect(tables, found, "Director", "Device", "Messages")
        _raise(parsed, tables)
    return StorageDaemonConfig(found, tables, parsed.warnings)


def load_console(
    path: ConfigPath = None, *, run_command: RunCommand = refuse_command, check: bool = True
) -> ConsoleConfig:
    """Load the configuration of a console; as :func:`load_director`."""
    found = find_configuration(path, CONSOLE)
    parsed = _parse(found, console.RESOURCES, run_command)
    tables = resolve(parsed.resources, console.RESOURCES, required_without_name)
    _raise(parsed, tables)
    if check:
        _expect(tables, found, "Director")
        _raise(parsed, tables)
    return ConsoleConfig(found, tables, parsed.warnings)


def _parse(
    found: Found,
    kinds: Sequence[type[Resource]],
    run_command: RunCommand,
    added: Sequence[Source] = (),
) -> Parsed:
    reader = FileReader(run_command)
    return parse([*added, *reader(found.include)], reader, kinds, expand_path)


def _raise(parsed: Parsed, tables: Tables) -> None:
    """Raise the first mistake, if there is one."""
    errors = [*parsed.errors, *tables.errors]
    if errors:
        errors[0].others = tuple(errors[1:])
        raise errors[0]


def _expect(tables: Tables, found: Found, *kinds: str) -> None:
    """Note a mistake for every kind without a resource."""
    tables.errors.extend(
        ConfigError(f"No {kind} records defined in {found.path}", exit_code=1)
        for kind in kinds
        if not tables.tables[kind]
    )


def _expect_own(tables: Tables, found: Found, kind: str) -> None:
    """Note a mistake unless there is exactly one resource for the program itself."""
    _expect(tables, found, kind)
    names = ", ".join(tables.tables[kind])
    if len(tables.tables[kind]) > 1:
        message = f"Only one {kind} resource permitted in {found.path}, found: {names}"
        tables.errors.append(ConfigError(message, exit_code=1))


def _check_keys(tables: Tables) -> None:
    """Encrypted backups are signed, too; both need keys."""
    for client in tables.of(filedaemon.Client).values():
        if client.pki_encryption and not client.pki_signatures:
            client.__dict__["pki_signatures"] = True
            client.inherited.add("pki_signatures")
        if client.pki_signatures and not client.pki_key_pair:
            error = client.place.error(
                f'"PKI Key Pair" must be defined for File daemon "{client.name}" if either '
                '"PKI Signatures" or "PKI Encryption" are enabled.'
            )
            error.exit_code = 1
            tables.errors.append(error)


def _check_pam(tables: Tables) -> None:
    for user in tables.of(director.Console).values():
        lists = [row.attribute for row in user.table if row.attribute.endswith("_acl")]
        if user.use_pam_authentication and any(user.is_set(word) for word in [*lists, "profile"]):
            tables.errors.append(
                user.place.error(
                    "Combining `Use Pam Authentication` with ACL commands or `Profile` in "
                    f"Console(s) `{user.name}` is not allowed",
                    "put the lists into the User resources",
                )
            )
