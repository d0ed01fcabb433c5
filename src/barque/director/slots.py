"""Slots of an autochanger, as a console names them.

Source: console commands, sections 5.2 and 6.8.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from barque.director.parsing import is_number
from barque.errors import CommandError

if TYPE_CHECKING:
    from barque.director.parsing import CommandLine
    from barque.director.services import Slot

SLOTS_AND_PORTS = frozenset({"slot", "import_slot"})
"""Kinds of places that hold Volumes when no drive reads them."""


def parse_slots(text: str, most: int) -> set[int]:
    """Return the numbers in ``1-3,7``; none is above *most*. Raises CommandError."""
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        begin, dash, end = part.strip().partition("-")
        first, last = begin.strip(), end.strip() if dash else begin.strip()
        if not (is_number(first) and is_number(last) and first.isdigit() and last.isdigit()):
            raise CommandError(f'"{part}" is no slot number, and no range of them such as 1-3.')
        if not 1 <= int(first) <= int(last):
            raise CommandError(f'Slots "{part}" do not go from a small number to a greater one.')
        if int(last) > most:
            raise CommandError(f"Slot {last} is too large: there are {most} slots.")
        found.update(range(int(first), int(last) + 1))
    return found


def named_slots(line: "CommandLine", keyword: str, most: int) -> set[int]:
    """Return the slots that *line* names with *keyword*, also without its s; else all of them.

    Raises CommandError.
    """
    text = line.value(keyword)
    if text is None:
        text = line.value(keyword.removesuffix("s"))
    return set(range(1, most + 1)) if text is None else parse_slots(text, most)


def count_slots(slots: Iterable["Slot"]) -> int:
    """Return how many places for Volumes an autochanger has."""
    return sum(slot.kind in SLOTS_AND_PORTS for slot in slots)


def in_drive(slots: Iterable["Slot"], number: int) -> "Slot | None":
    """Return the drive that holds the Volume from slot *number*."""
    return next(
        (s for s in slots if s.kind == "drive" and s.full and s.loaded == number and s.volume),
        None,
    )
