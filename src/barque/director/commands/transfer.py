"""``import``, ``export``, ``move``: Volumes from slot to slot of an autochanger.

Source: console commands, section 6.8.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from barque.director import resources
from barque.director.catalogs import open_catalog
from barque.director.commands import changer, daemons
from barque.director.commands.daemon_control import drive_of, operate
from barque.director.parsing import is_name
from barque.director.slots import SLOTS_AND_PORTS, named_slots
from barque.errors import CommandError

if TYPE_CHECKING:
    from barque.config.director import Storage
    from barque.director.parsing import CommandLine
    from barque.director.services import Slot
    from barque.director.session import ConsoleSession

IMPORT: Final = "import"
EXPORT: Final = "export"
MOVE: Final = "move"
_SLOT: Final = "slot"
_PORT: Final = "import_slot"


def import_volumes(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Move Volumes from import slots into the autochanger."""
    return _transfer(session, line, IMPORT)


def export_volumes(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Move Volumes out of the autochanger into export slots."""
    return _transfer(session, line, EXPORT)


def move_volumes(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Move Volumes between slots."""
    return _transfer(session, line, MOVE)


class _RefusedError(CommandError):
    """Nothing is moved; the text is a warning."""


def _transfer(session: "ConsoleSession", line: "CommandLine", verb: str) -> bool:
    storage = resources.named_storage(session, line, bare_word=True, autochangers=True)
    drive = drive_of(session, line, storage) if line.has("scan") else None
    count = changer.count_slots(session, storage)
    if count <= 0:
        session.out.warning("No slots in changer.\n")
        return False
    slots = changer.contents(session, storage)
    if not slots:
        session.out.warning("No Volumes found, or no barcodes.\n")
        return False
    magazine = Magazine(slots)
    if drive is not None:
        _scan(session, storage, magazine, drive)
    try:
        plan = _Selection(session, line, verb, magazine, count).plan()
    except _RefusedError as error:
        session.out.warning(f"{error}\n")
        return False
    _Moving(session, line, storage, magazine).carry_out(plan, verb)
    return True


class Magazine:
    """What is in the slots, and which slots are empty because a drive reads their Volume."""

    def __init__(self, slots: "Iterable[Slot]") -> None:
        self.kinds: dict[int, str] = {}
        """``slot`` or ``import_slot``, by number."""
        self.volumes: dict[int, str] = {}
        """Names by slot, for slots that hold a Volume, also one that is in a drive."""
        self.drives: dict[int, int] = {}
        """Drives by the slot whose Volume they hold."""
        drives = []
        for slot in slots:
            if slot.kind in SLOTS_AND_PORTS:
                self.kinds[slot.number] = slot.kind
                if slot.full:
                    self.volumes[slot.number] = slot.volume
            elif slot.full:
                drives.append(slot)
        for drive in drives:
            if self.kinds.get(drive.loaded) == _SLOT and drive.loaded not in self.volumes:
                self.volumes[drive.loaded] = drive.volume
                self.drives[drive.loaded] = drive.number

    def holds(self, number: int) -> bool:
        """Tell whether a slot has a Volume."""
        return number in self.volumes

    def of(self, kind: str, *, full: bool) -> set[int]:
        """Return the slots of one kind that have a Volume, or have none."""
        return {n for n, k in self.kinds.items() if k == kind and self.holds(n) is full}

    def moved(self, source: int, target: int) -> None:
        """Note that a Volume was moved."""
        self.volumes[target] = self.volumes.pop(source)


def _scan(session: "ConsoleSession", storage: "Storage", magazine: Magazine, drive: int) -> None:
    """Read the labels of the Volumes instead of trusting the barcodes."""
    for number in sorted(magazine.volumes):
        magazine.volumes[number] = changer.label_in(session, storage, number, drive)


class _Selection:
    """Which Volumes go where."""

    def __init__(
        self,
        session: "ConsoleSession",
        line: "CommandLine",
        verb: str,
        magazine: Magazine,
        count: int,
    ) -> None:
        self._session = session
        self._line = line
        self._verb = verb
        self._magazine = magazine
        self._count = count

    def plan(self) -> list[tuple[int, int]]:
        """Return sources and targets. Raises _RefusedError, CommandError."""
        sources, targets = self._named("srcslots"), self._named("dstslots")
        if sources is not None:
            sources = self._kept(sources, full=True)
        if targets is not None and self._verb != MOVE:
            targets = self._kept(targets, full=False)
        if self._verb != MOVE and self._line.value("volume") is not None:
            sources = self._holding(self._line.values("volume"), sources)
        if sources and targets:
            self._check(sources, targets)
        sources, targets = self._filled(sources or set(), targets or set())
        if not sources or not targets:
            raise _RefusedError("Nothing to do")
        return list(zip(sorted(sources), sorted(targets), strict=False))

    def _named(self, keyword: str) -> set[int] | None:
        singular = keyword.removesuffix("s")
        if self._line.value(keyword) is None and self._line.value(singular) is None:
            return None
        return named_slots(self._line, keyword, self._count)

    def _kept(self, slots: set[int], *, full: bool) -> set[int]:
        """Return *slots* without those that should be full, or empty, and are not."""
        for number in sorted(slots):
            if number in self._magazine.kinds and self._magazine.holds(number) is not full:
                self._session.out.warning(
                    f"Deselecting slot {number} doesn't have wanted status.\n"
                )
        return {n for n in slots if self._magazine.holds(n) is full}

    def _holding(self, names: Sequence[str], among: set[int] | None) -> set[int]:
        found = set()
        for name in (part for text in names for part in text.split("|") if part):
            if not is_name(name):
                self._session.out.warning(f"Skipping illegal volumename {name}.\n")
                continue
            slots = (n for n, volume in self._magazine.volumes.items() if volume == name)
            number = next((n for n in slots if among is None or n in among), None)
            if number is None:
                self._session.out.warning(
                    f"No volume named {name} in changer or in selected source slots.\n"
                )
            else:
                found.add(number)
        return found

    @staticmethod
    def _check(sources: set[int], targets: set[int]) -> None:
        if len(sources) > len(targets):
            raise _RefusedError(
                "Source slot selection doesn't fit into destination slot selection."
            )
        if sources & targets:
            raise _RefusedError("Source slot selection and destination slot selection overlap.")

    def _filled(self, sources: set[int], targets: set[int]) -> tuple[set[int], set[int]]:
        match self._verb:
            case "move":
                if not sources or not targets:
                    raise _RefusedError(
                        "Cannot perform a move operation without source and/or destination"
                        " selection"
                    )
                return sources, targets
            case "export":
                if not sources:
                    raise _RefusedError(
                        "Cannot perform an export operation without source slot selection"
                    )
                return self._between(sources, _SLOT, targets, _PORT)
            case _:
                sources = sources or self._magazine.of(_PORT, full=True)
                return self._between(sources, _PORT, targets, _SLOT)

    def _between(
        self, sources: set[int], source_kind: str, targets: set[int], target_kind: str
    ) -> tuple[set[int], set[int]]:
        """Check the kinds of both; without targets every one that is free is taken."""
        words = {_SLOT: "normal slots", _PORT: f"{self._verb} slots"}
        if not sources <= self._magazine.of(source_kind, full=True):
            raise _RefusedError(
                f"Not all slots in source selection are {words[source_kind]} and filled."
            )
        free = self._magazine.of(target_kind, full=False)
        if targets and not targets <= free:
            raise _RefusedError(
                f"Not all slots in destination selection are {words[target_kind]} and empty."
            )
        if len(sources) > len(free):
            room = "free" if self._verb == IMPORT else "free export"
            plural = "s" if len(sources) > 1 or self._verb == IMPORT else ""
            raise _RefusedError(
                f"Not enough {room} slots available to {self._verb} {len(sources)} volume{plural}"
            )
        return sources, targets or free


class _Moving:
    """Moves the Volumes and keeps in the catalog where they are."""

    def __init__(
        self,
        session: "ConsoleSession",
        line: "CommandLine",
        storage: "Storage",
        magazine: Magazine,
    ) -> None:
        self._session = session
        self._storage = storage
        self._magazine = magazine
        self._catalog = open_catalog(session, line)
        record = self._catalog.storages.find(storage.name)
        self._storage_id = record.storage_id if record else 0

    def carry_out(self, plan: "Sequence[tuple[int, int]]", verb: str) -> None:
        """Move one Volume after the other."""
        for source, target in plan:
            if verb == EXPORT:
                # whether or not it works: what is on its way out cannot be written to
                self._catalog.volumes.vacate(self._storage_id, source)
            if not self._released(source):
                self._session.out.warning(
                    f"Failed to release volume in drive {self._magazine.drives[source]}\n"
                )
            elif self._moved(source, target):
                self._magazine.moved(source, target)
                self._note(source)
                self._note(target)
            else:
                self._session.out.warning(
                    f"Failed to move volume from source slot {source} to destination slot"
                    f" {target}\n"
                )

    def _released(self, source: int) -> bool:
        """Have the drive that reads the Volume of *source* put it back."""
        drive = self._magazine.drives.get(source)
        return drive is None or operate(self._session, self._storage, "release", drive)

    def _moved(self, source: int, target: int) -> bool:
        device = daemons.device_of(self._storage)
        command = f"autochanger transfer {device} {source} {target} "
        answer = daemons.ask_storage(self._session, self._storage, command)
        return answer is not None and not any(text.startswith("39") for text in answer.lines)

    def _note(self, number: int) -> None:
        """Keep what is in a slot now; ports are outside of the autochanger."""
        if self._magazine.kinds.get(number) != _SLOT:
            return
        name = self._magazine.volumes.get(number, "")
        volume = self._catalog.volumes.find(name) if name else None
        if volume is not None:
            self._catalog.volumes.place(volume.media_id, self._storage_id, number)
            return
        self._catalog.volumes.vacate(self._storage_id, number)
        if name:
            self._session.out.warning(
                f'Volume "{name}" not found in catalog. Slot={number} InChanger set to zero.\n'
            )
