"""``label`` and ``relabel``: new Volumes, and new names for purged ones.

Source: console commands, section 6.7.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from barque.director import resources
from barque.director.catalogs import open_catalog
from barque.director.commands import daemons
from barque.director.commands.daemon_control import drive_of
from barque.director.commands.label_barcodes import label_barcodes
from barque.director.commands.label_request import NewVolume, label_volume
from barque.director.commands.outcome import carried_out
from barque.director.parsing import CommandLine, leading_integer
from barque.director.records import choose_pool_record, choose_volume_record, find_volume
from barque.director.selection import ask_number
from barque.director.volume_key import new_volume_key
from barque.director.volume_name import volume_name_fault
from barque.errors import CommandError

if TYPE_CHECKING:
    from barque.catalog import VolumeRecord
    from barque.config.director import Storage
    from barque.director.session import ConsoleSession

_REUSABLE: Final = frozenset({"Purged", "Recycle"})
_MOUNTED: Final = ("3001 ", "3002 ", "3906 ")


def label(session: "ConsoleSession", line: CommandLine) -> bool:
    """Label a new Volume, or those that the barcodes of an autochanger name."""
    return _Labelling(session, line).carried_out(again=False)


def relabel(session: "ConsoleSession", line: CommandLine) -> bool:
    """Give a Volume that nobody needs any more another name, and empty it."""
    return _Labelling(session, line).carried_out(again=True)


class _Labelling:
    """One ``label`` or ``relabel``."""

    def __init__(self, session: "ConsoleSession", line: CommandLine) -> None:
        self._session = session
        self._line = line
        self._catalog = open_catalog(session, line)

    def carried_out(self, *, again: bool) -> bool:
        """Do it."""
        return carried_out(self._session, self._relabel if again else self._label)

    def _label(self) -> None:
        barcodes = self._line.has("barcode", "barcodes")
        storage, drive = self._place(autochangers=barcodes)
        if barcodes:
            label_barcodes(self._session, self._line, self._catalog, storage, drive)
        else:
            self._one(storage, drive, None)

    def _relabel(self) -> None:
        storage, drive = self._place(autochangers=False)
        self._one(storage, drive, self._old_volume())

    def _place(self, *, autochangers: bool) -> "tuple[Storage, int]":
        storage = resources.named_storage(
            self._session, self._line, bare_word=True, autochangers=autochangers
        )
        return storage, drive_of(self._session, self._line, storage)

    def _old_volume(self) -> "VolumeRecord":
        """Return the Volume that gets another name. Raises CommandError when it is in use."""
        name = self._line.value("oldvolume")
        words = (word for word in self._line.words if word.keyword.lower() != "volume")
        line = CommandLine(self._line.text, tuple(words))
        if name is None:
            volume = choose_volume_record(self._session, line, self._catalog)
        else:
            found = find_volume(self._catalog, name)
            if found is None:
                raise CommandError(f'Media record for Volume "{name}" not found.')
            volume = found
        if volume.vol_status not in _REUSABLE:
            raise CommandError(
                f'Volume "{volume.volume_name}" has VolStatus {volume.vol_status}.'
                " It must be Purged or Recycled before relabeling."
            )
        if not self._catalog.retention.is_empty(volume.media_id):
            raise CommandError(
                f'Jobs still lie on Volume "{volume.volume_name}": purge it before relabeling.'
            )
        return volume

    def _one(self, storage: "Storage", drive: int, replaces: "VolumeRecord | None") -> None:
        out = self._session.out
        name, known = self._new_name()
        slot = self._slot(storage)
        pool = choose_pool_record(self._session, self._line, self._catalog)
        key = ""
        if self._line.has("encrypt"):
            out.info("Generating new hardware encryption key\n")
            key = new_volume_key(self._session.director.config.director)
        new = NewVolume(name, pool, storage, slot, drive, key, known, replaces)
        mounted = False
        if label_volume(self._session, self._catalog, new):
            if replaces is not None:
                self._catalog.volumes.delete(replaces.media_id)
                out.info(f'Old volume "{replaces.volume_name}" deleted from catalog.\n')
            mounted = self._session.automount and self._mount(storage, drive)
        if not mounted:
            out.info("Do not forget to mount the drive!!!\n")

    def _new_name(self) -> "tuple[str, VolumeRecord | None]":
        """Return a name that no labelled Volume has, and the record of an unlabelled one."""
        for name in self._names():
            fault = volume_name_fault(name)
            if fault is not None:
                self._session.out.error(f"{fault}\n")
                continue
            known = self._catalog.volumes.find(name)
            if known is None or not known.vol_bytes:
                return name, known
            self._session.out.error(f'Media record for new Volume "{name}" already exists.\n')
        raise AssertionError("names never end")

    def _names(self) -> Iterator[str]:
        """Yield the name of the line, then what the console types."""
        named = self._line.value("volume")
        if named is not None:
            yield named
        while True:
            yield self._session.ask("Enter new Volume name: ")

    def _slot(self, storage: "Storage") -> int:
        value = self._line.value("slot")
        if value is not None:
            return max(0, leading_integer(value))
        if not storage.auto_changer:
            return 0
        return ask_number(self._session, "Enter slot (0 or Enter for none): ")

    def _mount(self, storage: "Storage", drive: int) -> bool:
        """Have the new Volume mounted; tell whether it is."""
        name = str(storage.device[0]) if storage.device else ""
        self._session.out.info(f"Requesting to mount {name} ...\n")
        command = f"mount {daemons.device_of(storage)} drive={drive}"
        answer = daemons.answer_of(
            self._session,
            "Storage daemon",
            lambda: self._session.director.storage_command(storage, command),
        )
        return answer is not None and any(text.startswith(_MOUNTED) for text in answer.lines)
