"""``label barcodes``: labelling every Volume of an autochanger by its barcode.

Source: console commands, section 6.7.
"""

from typing import TYPE_CHECKING

from barque.director.commands import changer
from barque.director.commands.label_request import NewVolume, label_volume
from barque.director.records import choose_pool_record
from barque.director.selection import ask_yes_no
from barque.director.slots import SLOTS_AND_PORTS, named_slots
from barque.director.volume_key import new_volume_key
from barque.director.volume_name import volume_name_fault
from barque.director.volume_selection import limits_of

if TYPE_CHECKING:
    from barque.catalog import Catalog, PoolRecord
    from barque.config.director import Storage
    from barque.director.parsing import CommandLine
    from barque.director.services import Slot
    from barque.director.session import ConsoleSession


def label_barcodes(
    session: "ConsoleSession",
    line: "CommandLine",
    catalog: "Catalog",
    storage: "Storage",
    drive: int,
) -> None:
    """Label the Volumes in the slots that the line names. Raises CommandError."""
    out = session.out
    count = changer.count_slots(session, storage)
    if count <= 0:
        out.warning("No slots in changer to scan.\n")
        return
    wanted = named_slots(line, "slots", count)
    slots = [
        slot
        for slot in changer.contents(session, storage)
        if slot.kind in SLOTS_AND_PORTS and slot.volume and slot.number in wanted
    ]
    if not slots:
        out.warning("No Volumes found to label, or no barcodes.\n")
        return
    out.plain("The following Volumes will be labeled:\nSlot  Volume\n==============\n")
    for slot in slots:
        out.plain(f"{slot.number:>4}  {slot.volume}\n")
    sure = session.batch or line.yes
    if not (sure or ask_yes_no(session, "Do you want to label these Volumes? (yes|no): ")):
        return
    pool = choose_pool_record(session, line, catalog)
    labelling = _Barcodes(session, catalog, storage, pool, drive)
    for slot in slots:
        labelling.label(slot, encrypt=line.has("encrypt"))


class _Barcodes:
    """Labels Volume after Volume."""

    def __init__(
        self,
        session: "ConsoleSession",
        catalog: "Catalog",
        storage: "Storage",
        pool: "PoolRecord",
        drive: int,
    ) -> None:
        self._session = session
        self._catalog = catalog
        self._storage = storage
        self._pool = pool
        self._drive = drive
        record = catalog.storages.find(storage.name)
        self._storage_id = record.storage_id if record else 0
        resource = session.director.config.pools.get(pool.name)
        self._cleaning = str(resource.cleaning_prefix or "") if resource else ""

    def label(self, slot: "Slot", *, encrypt: bool) -> None:
        """Label the Volume in *slot*; what is labelled already keeps its label."""
        name, out = slot.volume, self._session.out
        fault = volume_name_fault(name)
        if fault is not None:
            out.error(f"Slot {slot.number}: {fault}\n")
            return
        known = self._catalog.volumes.find(name)
        if known is not None and known.vol_bytes:
            out.warning(f'Media record for Slot {slot.number} Volume "{name}" already exists.\n')
            self._catalog.volumes.place(known.media_id, self._storage_id, slot.number)
        elif self._cleaning and name.startswith(self._cleaning):
            self._note_cleaning_tape(slot)
        else:
            director = self._session.director.config.director
            key = new_volume_key(director) if encrypt else ""
            new = NewVolume(name, self._pool, self._storage, slot.number, self._drive, key, known)
            label_volume(self._session, self._catalog, new)

    def _note_cleaning_tape(self, slot: "Slot") -> None:
        """Keep a tape that cleans drives, so that nothing is written to it."""
        out, name = self._session.out, slot.volume
        known = self._catalog.volumes.find(name)
        place: dict[str, object] = {
            "vol_status": "Cleaning",
            "slot": slot.number,
            "in_changer": 1,
            "storage_id": self._storage_id,
        }
        if known is not None:
            self._catalog.volumes.update(known.media_id, vol_bytes=1, media_type="", **place)
            return
        if self._pool.max_vols and len(self._catalog.volumes.in_pool(self._pool.pool_id)) >= (
            self._pool.max_vols
        ):
            out.error(f"Maximum pool Volumes={self._pool.max_vols} reached.\n")
            return
        self._catalog.volumes.create(name, self._pool.pool_id, "", **limits_of(self._pool), **place)
        out.plain(f'Catalog record for cleaning tape "{name}" successfully created.\n')
