"""``truncate``: emptying purged Volumes.

Source: console commands, section 6.8.
"""

from typing import TYPE_CHECKING, Final

from barque.catalog import console_queries as queries
from barque.director import resources
from barque.director.access import Acl
from barque.director.catalogs import close_catalog, open_catalog
from barque.director.commands.label_request import NewVolume, label_volume
from barque.director.commands.list_request import show
from barque.director.output import Row, RowFilter, Verdict
from barque.director.parsing import is_integer
from barque.director.records import choose_pool_record, choose_storage_record
from barque.director.selection import confirmed
from barque.errors import CommandError

if TYPE_CHECKING:
    from barque.catalog import Catalog
    from barque.catalog.store import Value
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession

USAGE: Final = (
    "volstatus=Purged [storage=<storage>] [pool=<pool>] [volume=<volume>] [drive=<drivenum>] [yes]"
)
"""Its arguments."""

_KNOWN: Final = frozenset({"volstatus", "storage", "pool", "volume", "drive", "yes"})
_SMALL: Final = 64_512
"""byte; a Volume of one block is empty enough."""


def truncate(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Empty the purged Volumes that the line selects."""
    _check(line)
    catalog = open_catalog(session, line)
    try:
        return _truncate(session, line, catalog)
    finally:
        close_catalog(session)


def _check(line: "CommandLine") -> None:
    """Raise CommandError when the line is not exactly right: what is lost is lost."""
    if not line.arguments:
        raise _usage("missing parameter")
    status = line.value("volstatus")
    if status is None:
        raise _usage("required parameter 'volstatus' missing")
    if status.lower() != "purged":
        raise _usage("Invalid parameter. 'volstatus' must be 'Purged'.")
    keywords = [word.keyword.lower() for word in line.arguments]
    valueless = any(w.value is None and w.keyword.lower() != "yes" for w in line.arguments)
    if valueless or len(set(keywords)) < len(keywords) or not _KNOWN.issuperset(keywords):
        raise _usage("Invalid parameter.")
    drive = line.value("drive")
    if drive is not None and not is_integer(drive):
        raise _usage(f"Drive number must be integer but was : {drive}\n")


def _usage(fault: str) -> CommandError:
    return CommandError(f"{fault}\nUSAGE: truncate {USAGE}", plain=True)


def _truncate(session: "ConsoleSession", line: "CommandLine", catalog: "Catalog") -> bool:
    condition, values = _selection(session, line, catalog)
    session.out.add_filter(RowFilter(lambda row: _verdict(session, row), decides=True))
    listing = queries.volumes(catalog.store, queries.MEDIA_TO_TRUNCATE, condition, values)
    with session.out.array("volumes"):
        show(session, listing, long=False)
    allowed = [row for row in listing.rows if _verdict(session, row) is Verdict.SHOW]
    numbers = [int(row[0] or 0) for row in allowed]
    if not numbers:
        return True
    if len({row[3] for row in allowed}) > 1:
        raise CommandError(
            "Selected volumes are from different storages. This is not supported."
            " Please choose only volumes from a single storage."
        )
    if not confirmed(session, line, "Truncate listed volumes (yes/no)? "):
        return False
    for number in numbers:
        empty_volume(session, catalog, number, int(line.value("drive") or 0))
    return True


def _selection(
    session: "ConsoleSession", line: "CommandLine", catalog: "Catalog"
) -> "tuple[str, list[Value]]":
    """Return the condition that the Volumes fulfil, and the values of its placeholders."""
    condition = "media.recycle = 1 AND media.enabled = 1 AND media.volstatus = 'Purged'"
    condition += " AND media.volbytes > ?"
    values: list[Value] = [_SMALL]
    if line.value("storage") is not None or not session.rights.unrestricted(Acl.STORAGE):
        condition += " AND media.storageid = ?"
        values.append(choose_storage_record(session, line, catalog).storage_id)
    if line.value("pool") is not None or not session.rights.unrestricted(Acl.POOL):
        condition += " AND media.poolid = ?"
        values.append(choose_pool_record(session, line, catalog).pool_id)
    if (name := line.value("volume")) is not None:
        condition += " AND media.volumename = ?"
        values.append(name)
    return condition, values


def _verdict(session: "ConsoleSession", row: Row) -> Verdict:
    """Tell whether the console may use Pool and Storage of a Volume."""
    rights = session.rights
    for name, acl in ((row[2], Acl.POOL), (row[3], Acl.STORAGE)):
        if not rights.unrestricted(acl) and not rights.allows(acl, name or ""):
            return Verdict.SUPPRESS
    return Verdict.SHOW


def empty_volume(session: "ConsoleSession", catalog: "Catalog", media_id: int, drive: int) -> bool:
    """Empty one Volume that is still purged; tell whether it was done."""
    volume = catalog.volumes.get(media_id)
    if volume is None or volume.vol_status != "Purged":
        return False
    name = volume.volume_name
    if not catalog.retention.is_empty(media_id):
        session.out.error(f'Jobs still lie on Volume "{name}", it is not emptied.\n')
        return False
    record, pool = catalog.storages.get(volume.storage_id), catalog.pools.get(volume.pool_id)
    storage = resources.find(session, resources.STORAGE, record.name if record else "")
    if storage is None or pool is None:
        session.out.error(f'Storage or Pool of Volume "{name}" is not known any more.\n')
        return False
    new = NewVolume(name, pool, storage, volume.slot, drive, known=volume, replaces=volume)
    if not label_volume(session, catalog, new):
        return False
    session.out.plain(f"The volume '{name}' has been truncated.\n")
    return True
