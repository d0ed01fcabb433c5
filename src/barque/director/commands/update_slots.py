"""``update slots``: bringing the catalog up to what is in an autochanger.

Source: console commands, section 6.6.
"""

from typing import TYPE_CHECKING

from barque.director import resources
from barque.director.commands import changer
from barque.director.commands.daemon_control import drive_of
from barque.director.parsing import parse_boolean
from barque.director.slots import SLOTS_AND_PORTS, named_slots
from barque.errors import CommandError

if TYPE_CHECKING:
    from barque.catalog import Catalog
    from barque.config.director import Storage
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession

_ARCHIVED = 2


def update_slots(session: "ConsoleSession", line: "CommandLine", catalog: "Catalog") -> None:
    """Note which Volumes are in which slots. Raises CommandError, PromptDeclinedError."""
    storage = resources.named_storage(session, line, bare_word=True, autochangers=True)
    drive = drive_of(session, line, storage) if line.has("scan") else None
    enabled = _enabled(line)
    count = changer.count_slots(session, storage)
    if count <= 0:
        session.out.warning("No slots in changer to scan.\n")
        return
    wanted = named_slots(line, "slots", count)
    found = [slot for slot in changer.contents(session, storage) if slot.kind in SLOTS_AND_PORTS]
    if not any(slot.full for slot in found):
        session.out.warning("No Volumes found to update, or no barcodes.\n")
        return
    updating = _Updating(session, catalog, storage, enabled)
    for slot in found:
        if slot.number not in wanted:
            continue
        wanted.discard(slot.number)
        name = slot.volume
        if drive is not None and slot.full:
            name = changer.label_in(session, storage, slot.number, drive)
        updating.note(slot.number, name if slot.full else "")
    for number in sorted(wanted):
        updating.note(number, "", silently=True)


def _enabled(line: "CommandLine") -> int | None:
    """Return what ``enabled=`` says of every Volume that is found."""
    value = line.value("enabled")
    if value is None:
        return None
    if value.lower() == "archived":
        return _ARCHIVED
    flag = parse_boolean(value)
    if flag is None:
        raise CommandError("Invalid Enabled value, it must be yes, no, or archived")
    return int(flag)


class _Updating:
    """Notes slot after slot."""

    def __init__(
        self,
        session: "ConsoleSession",
        catalog: "Catalog",
        storage: "Storage",
        enabled: int | None,
    ) -> None:
        self._out = session.out
        self._catalog = catalog
        self._enabled = enabled
        record = catalog.storages.find(storage.name)
        if record is None:
            raise CommandError(
                f'Storage "{storage.name}" is not in the catalog yet: reload the Director.'
            )
        self._storage_id = record.storage_id

    def note(self, slot: int, name: str, *, silently: bool = False) -> None:
        """Keep that the Volume *name* is in *slot*, or that none is."""
        volume = self._catalog.volumes.find(name) if name else None
        if volume is None:
            self._catalog.volumes.vacate(self._storage_id, slot)
            if name:
                self._out.warning(
                    f'Volume "{name}" not found in catalog. Slot={slot} InChanger set to zero.\n'
                )
            elif not silently:
                self._out.info(f"No VolName for Slot={slot} InChanger set to zero.\n")
            return
        if (volume.slot, volume.in_changer, volume.storage_id) == (slot, 1, self._storage_id):
            self._catalog.volumes.vacate(self._storage_id, slot, keep=volume.media_id)
            self._out.info(f'Catalog record for Volume "{name}" is up to date.\n')
            return
        self._catalog.volumes.place(volume.media_id, self._storage_id, slot)
        if self._enabled is not None:
            self._catalog.volumes.update(volume.media_id, enabled=self._enabled)
        self._out.info(f'Catalog record for Volume "{name}" updated to reference slot {slot}.\n')
