"""Commands that a daemon carries out: devices, debugging, bandwidth, names, dry runs.

Source: console commands, section 6.8; daemon protocol, section 5.3.
"""

import re
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from barque.daemon.debug_log import DebugSettings
from barque.director import resources
from barque.director.catalogs import open_catalog
from barque.director.commands import daemons
from barque.director.commands.job_selection import select_jobs
from barque.director.parsing import leading_integer, parse_boolean
from barque.director.selection import ask_number, choose
from barque.errors import BarqueError, CommandError

if TYPE_CHECKING:
    from barque.config.director import Client, Storage
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession

_KILO: Final = 1024
_DRIVES: Final = re.compile(r"drives=(\d+)")
"""How a Storage Daemon says how many drives an autochanger has."""


# -- devices ---------------------------------------------------------------------------------------


def mount(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Mount a Volume in a drive."""
    return _device(session, line, "mount")


def unmount(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Unmount the Volume of a drive."""
    return _device(session, line, "unmount")


def release(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Release a drive."""
    return _device(session, line, "release")


def _device(session: "ConsoleSession", line: "CommandLine", verb: str) -> bool:
    open_catalog(session, line)
    storage = resources.named_storage(session, line, bare_word=True)
    if verb != "mount" and line.has("alldrives"):
        for drive in range(count_drives(session, storage)):
            operate(session, storage, verb, drive)
        return True
    drive = drive_of(session, line, storage)
    slot = _slot(session, line, storage) if verb == "mount" else -1
    operate(session, storage, verb, drive, slot)
    return True


def operate(
    session: "ConsoleSession", storage: "Storage", verb: str, drive: int, slot: int = -1
) -> bool:
    """Have a Storage Daemon mount, unmount or release a drive; False when it does not answer."""
    command = f"{verb} {daemons.device_of(storage)} drive={drive}"
    if slot > 0:
        command += f" slot={slot}"
    return daemons.ask_storage(session, storage, command) is not None


def drive_of(session: "ConsoleSession", line: "CommandLine", storage: "Storage") -> int:
    """Return the drive that *line* names, the only one, or the one that is chosen."""
    value = line.value("drive")
    if value is not None:
        return max(0, leading_integer(value))
    count = count_drives(session, storage) if storage.auto_changer else 1
    if count <= 1:
        return 0
    names = [f"Drive {number}" for number in range(count)]
    return choose(session, "Drive", "Select Drive:\n", "Select drive", names)


def count_drives(session: "ConsoleSession", storage: "Storage") -> int:
    """Return how many drives the autochanger of *storage* has; what is in the way is shown."""
    command = f"autochanger drives {daemons.device_of(storage)}"
    answer = daemons.ask_storage(session, storage, command, hidden=_DRIVES)
    for text in answer.lines if answer else ():
        if found := _DRIVES.fullmatch(text.strip()):
            return int(found[1])
    return 0


def _slot(session: "ConsoleSession", line: "CommandLine", storage: "Storage") -> int:
    value = line.value("slot")
    if value is not None:
        return leading_integer(value)
    if not storage.auto_changer:
        return -1
    return leading_integer(session.ask("Enter autochanger slot: "))


def set_device(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Say whether a device may be chosen without being named."""
    values = {name: line.value(name) for name in ("storage", "device", "autoselect")}
    for name, value in values.items():
        if value is None:
            raise CommandError(f"Argument missing: {name}")
    name, device = values["storage"] or "", values["device"] or ""
    select = parse_boolean(values["autoselect"])
    if select is None:
        value = values["autoselect"]
        raise CommandError(f"Bad value for argument autoselect: {value} (expected YES or NO)")
    if not resources.may_use(session, resources.STORAGE, name):
        raise CommandError(f'Access to storage "{name}" forbidden')
    storage = resources.find(session, resources.STORAGE, name)
    if storage is None:
        raise CommandError(f'Storage "{name}" not found.')
    command = f"setdevice device={daemons.bashed(device)} autoselect={int(select)}"
    return daemons.ask_storage(session, storage, command, dots="") is not None


# -- debugging -------------------------------------------------------------------------------------


def set_debug(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Set the debug level of a daemon, of the Director, or of all of them."""
    level = leading_integer(line.value("level") or "-1")
    if level < 0:
        level = ask_number(session, "Enter new debug level: ")
    for word in line.arguments:
        keyword = word.keyword.lower()
        if keyword == "all":
            _debug_all(session, line, level)
        elif keyword in {"dir", "director"}:
            _debug_director(session, line, level)
        elif keyword in {"client", "fd"}:
            client = resources.find(session, resources.CLIENT, word.value or "")
            client = client or resources.choose(session, resources.CLIENT)
            _debug_client(session, line, level, client)
        elif keyword in {"store", "storage", "sd"}:
            storage = resources.find(session, resources.STORAGE, word.value or "")
            storage = storage or resources.named_storage(session, line)
            _debug_storage(session, line, level, storage)
        else:
            continue
        return True
    _debug_chosen(session, line, level)
    return True


def _debug_chosen(session: "ConsoleSession", line: "CommandLine", level: int) -> None:
    menu = ("Director", "Storage", "Client", "All")
    question = "Select daemon type to set debug level"
    match menu[choose(session, "", "Available daemons are: \n", question, menu)]:
        case "Director":
            _debug_director(session, line, level)
        case "Storage":
            storage = resources.named_storage(session, line)
            _debug_storage(session, line, level, storage)
        case "Client":
            _debug_client(session, line, level, resources.choose(session, resources.CLIENT))
        case _:
            _debug_all(session, line, level)


def _flag(line: "CommandLine", name: str) -> int:
    """Return 0 or 1; -1 leaves it as it is."""
    value = line.value(name)
    return -1 if value is None else min(1, leading_integer(value))


def _debug_director(session: "ConsoleSession", line: "CommandLine", level: int) -> None:
    trace, timestamp = _flag(line, "trace"), _flag(line, "timestamp")
    found: DebugSettings = session.director.set_debug(
        level,
        trace=None if trace < 0 else bool(trace),
        timestamp=None if timestamp < 0 else bool(timestamp),
    )
    session.out.plain(
        f"level={found.level} trace={int(found.trace)} hangup=0"
        f" timestamp={int(found.timestamp)} tracefilename={found.path}\n"
    )


def _debug_storage(
    session: "ConsoleSession", line: "CommandLine", level: int, storage: "Storage"
) -> None:
    command = f"setdebug={level} trace={_flag(line, 'trace')} timestamp={_flag(line, 'timestamp')}"
    daemons.ask_storage(session, storage, command, dots="")


def _debug_client(
    session: "ConsoleSession", line: "CommandLine", level: int, client: "Client"
) -> None:
    hangup = leading_integer(line.value("hangup") or "-1")
    command = (
        f"setdebug={level} trace={_flag(line, 'trace')} hangup={hangup}"
        f" timestamp={_flag(line, 'timestamp')}"
    )
    daemons.ask_client(session, client, command)


def _debug_all(session: "ConsoleSession", line: "CommandLine", level: int) -> None:
    _debug_director(session, line, level)
    for storage in _distinct(resources.permitted(session, resources.STORAGE)):
        _debug_storage(session, line, level, storage)
    for client in _distinct(resources.permitted(session, resources.CLIENT)):
        _debug_client(session, line, level, client)


def _distinct[T: "Client | Storage"](daemons_named: Iterable[T]) -> list[T]:
    """Return one resource for each daemon."""
    found: dict[tuple[str, int], T] = {}
    for resource in daemons_named:
        found.setdefault((resource.address, resource.port), resource)
    return list(found.values())


# -- bandwidth -------------------------------------------------------------------------------------


def set_bandwidth(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Limit the rate of jobs, of a client or of a Storage Daemon; 0 lifts the limit."""
    value = line.value("limit")
    limit = leading_integer(value) if value is not None else -1
    if limit < 0:
        limit = ask_number(session, "Enter new bandwidth limit kb/s: ")
    limit *= _KILO
    if line.has("job", "jobid", "ujobid", "all", "state"):
        for job in select_jobs(session, line, "limit"):
            answer = session.director.limit_bandwidth(job.job_id, limit)
            _say_limit(session, limit, job.job, ok=answer.ok, what="Client")
    elif line.has("storage"):
        storage = resources.named_storage(session, line)
        place = f"Storage daemon {storage.name} at {storage.address}:{storage.port}"
        _limit(session, f"Connecting to {place}\n", "Storage daemon", storage, limit)
    else:
        client = resources.named_client(session, line)
        place = f"Client {client.name} at {client.address}:{client.port}"
        _limit(session, f"Connecting to {place}\n", "Client", client, limit)
    return True


def _limit(
    session: "ConsoleSession", head: str, what: str, daemon: "Client | Storage", limit: int
) -> None:
    session.out.plain(head)
    director = session.director
    command = f"setbandwidth={limit} Job="
    try:
        if daemon.kind == "Client":
            client = resources.CLIENT.of(director.config)[daemon.name]
            answer = director.client_command(client, command)
        else:
            storage = resources.STORAGE.of(director.config)[daemon.name]
            answer = director.storage_command(storage, command)
    except BarqueError as error:
        daemons.not_reached(session, what, error)
        return
    _say_limit(session, limit, daemon.name, ok=answer.ok, what=what)


def _say_limit(session: "ConsoleSession", limit: int, name: str, *, ok: bool, what: str) -> None:
    if ok:
        session.out.info(f"OK Limiting bandwidth to {limit // _KILO}kb/s {name}\n")
    else:
        session.out.error(f"Failed to set bandwidth limit on {what}.\n")


# -- names -----------------------------------------------------------------------------------------


def resolve(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Look names up at a client, at a Storage Daemon, or here."""
    hosts, client, storage = [], None, None
    for word in line.arguments:
        keyword = word.keyword.lower()
        if keyword in {"client", "fd"}:
            client = _named(session, resources.CLIENT, word.value)
        elif keyword == "storage":
            storage = _named(session, resources.STORAGE, word.value)
        else:
            hosts.append(word.keyword)
            continue
        if client is None and storage is None:
            return True
    for host in hosts:
        if client is not None:
            daemons.ask_client(session, client, f"resolve {host}")
        if storage is not None:
            daemons.ask_storage(session, storage, f"resolve {host}")
        if client is None and storage is None:
            _resolve_here(session, host)
    return True


def _named[T: "Client | Storage"](
    session: "ConsoleSession", kind: "resources.ResourceKind[T]", name: str | None
) -> T | None:
    resource = resources.find(session, kind, name) if name else None
    if resource is None:
        text = f'{kind.word} "{name}" not found.' if name else f"{kind.word} name missing."
        session.out.error(f"{text}\n")
    return resource


def _resolve_here(session: "ConsoleSession", host: str) -> None:
    name = session.director.config.director.name
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise CommandError(f"{name} Failed to resolve {host}") from None
    kinds = {socket.AF_INET: "ipv4", socket.AF_INET6: "ipv6"}
    addresses = dict.fromkeys(
        f"host[{kinds[family]};{address[0]}]" for family, *_, address in found if family in kinds
    )
    session.out.plain(f"{name} resolves {host} to {' '.join(addresses)} \n")
