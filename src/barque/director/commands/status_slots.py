"""``status storage=... slots``: what is in an autochanger.

Source: console commands, section 5.2.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from barque.director import resources
from barque.director.catalogs import open_catalog
from barque.director.output import ApiMode
from barque.director.slots import SLOTS_AND_PORTS, count_slots, in_drive, named_slots
from barque.errors import BarqueError

if TYPE_CHECKING:
    from barque.catalog import Catalog, VolumeRecord
    from barque.director.parsing import CommandLine
    from barque.director.services import Slot
    from barque.director.session import ConsoleSession

_HEADING = (
    " Slot |   Volume Name    |   Status  |  Media Type    |         Pool             |\n",
    "------+------------------+-----------+----------------+--------------------------|\n",
)


def show(session: "ConsoleSession", line: "CommandLine") -> None:
    """Show the slots, each with what the catalog knows about the Volume in it."""
    storage = resources.named_storage(session, line, autochangers=True)
    catalog = open_catalog(session, line)
    out = session.out
    try:
        slots = session.director.slots(storage)
    except BarqueError as error:
        session.director.warn(f"Storage daemon {storage.name}: {error}\n")
        out.plain(f"\nFailed to connect to Storage daemon {storage.name}.\n====\n")
        return
    count = count_slots(slots)
    if out.mode is ApiMode.TEXT and not count:
        out.warning("No slots in changer to scan.\n")
    elif not any(slot.volume for slot in slots):
        out.warning("No Volumes found, or no barcodes.\n")
    elif out.mode is ApiMode.TEXT:
        wanted = named_slots(line, "slots", count)
        _table(session, catalog, slots, wanted)
    elif out.mode is ApiMode.RECORDS:
        _records(session, catalog, slots)
    else:
        _objects(session, catalog, slots)


def _volumes(slots: Sequence["Slot"]) -> Iterator[tuple["Slot", str]]:
    """Yield places with the name of the Volume that lies there, or is in a drive meanwhile."""
    for slot in slots:
        if slot.kind not in SLOTS_AND_PORTS:
            continue
        drive = None if slot.full else in_drive(slots, slot.number)
        yield slot, drive.volume if drive else slot.volume


def _table(
    session: "ConsoleSession", catalog: "Catalog", slots: Sequence["Slot"], wanted: set[int]
) -> None:
    for text in _HEADING:
        session.out.plain(text)
    for slot, name in _volumes(slots):
        if slot.number not in wanted:
            continue
        volume = catalog.volumes.find(name) if name else None
        row = [name or "?", "?", "?", "?"]
        if volume is not None:
            row = [name, volume.vol_status, volume.media_type, _pool(catalog, volume)]
        columns = " | ".join(
            f"{cell:>{width}}" for cell, width in zip(row, (16, 9, 14, 24), strict=True)
        )
        session.out.plain(f" {slot.number:>4}{_flag(slot, volume)}| {columns} |\n")


def _flag(slot: "Slot", volume: "VolumeRecord | None") -> str:
    if slot.kind == "import_slot":
        return "@"
    if volume is None or volume.slot != slot.number:
        return "*"
    return " " if slot.full else "%"


def _pool(catalog: "Catalog", volume: "VolumeRecord") -> str:
    pool = catalog.pools.get(volume.pool_id)
    return pool.name if pool else "?"


def _records(session: "ConsoleSession", catalog: "Catalog", slots: Sequence["Slot"]) -> None:
    for slot in slots:
        if slot.kind == "drive":
            loaded = f"{slot.loaded}|{slot.volume}" if slot.full else "|"
            session.out.plain(f"D|{slot.number}|{loaded}\n")
    for slot, name in _volumes(slots):
        letter = "I" if slot.kind == "import_slot" else "S"
        if not name:
            session.out.plain(f"{letter}|{slot.number}||||||||\n")
            continue
        cells = [str(cell) for cell in _known(catalog, name)]
        session.out.plain("|".join((letter, str(slot.number), *cells)) + "\n")


def _known(catalog: "Catalog", name: str) -> tuple[str | int, ...]:
    """Return slot, name, bytes, status, media type, pool, last write and expiry of a Volume."""
    volume = catalog.volumes.find(name)
    if volume is None:
        return (0, name, "?", "?", "?", "?", 0, 0)
    written = volume.last_written or 0
    return (
        volume.slot,
        name,
        volume.vol_bytes,
        volume.vol_status,
        volume.media_type,
        _pool(catalog, volume),
        written,
        written + volume.vol_retention,
    )


_KEYS = (
    "mr_slotnr",
    "mr_volname",
    "mr_volbytes",
    "mr_volstatus",
    "mr_mediatype",
    "pr_name",
    "mr_lastwritten",
    "mr_expire",
)


def _objects(session: "ConsoleSession", catalog: "Catalog", slots: Sequence["Slot"]) -> None:
    out = session.out
    with out.array("contents"):
        for slot in slots:
            if slot.kind != "drive":
                continue
            with out.object():
                out.pair("type", "drive")
                out.pair("slotnr", slot.number)
                out.pair("content", "full" if slot.full else "empty")
                if slot.full:
                    out.pair("loaded", slot.loaded)
                    out.pair("volname", slot.volume)
        for slot, name in _volumes(slots):
            with out.object():
                out.pair("type", slot.kind)
                out.pair("slotnr", slot.number)
                out.pair("content", "full" if name else "empty")
                for key, value in zip(_KEYS, _known(catalog, name), strict=True) if name else ():
                    out.pair(key, value)
