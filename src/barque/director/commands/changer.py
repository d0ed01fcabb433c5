"""What consoles learn about an autochanger before they do something with it."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from barque.director.commands import daemons
from barque.errors import BarqueError

if TYPE_CHECKING:
    from barque.config.director import Storage
    from barque.director.services import Slot
    from barque.director.session import ConsoleSession

_SLOTS: Final = re.compile(r"slots=(\d+)")
_VOLUME: Final = re.compile(r"3001 Volume=(\S+) Slot=-?\d+")


def count_slots(session: "ConsoleSession", storage: "Storage") -> int:
    """Return how many slots the autochanger of *storage* has, and say so; 0 when it has none."""
    daemons.announce_storage(session, storage)
    device = daemons.device_of(storage)
    try:
        answer = session.director.storage_command(storage, f"autochanger slots {device}")
    except BarqueError as error:
        daemons.not_reached(session, "Storage daemon", error)
        return 0
    count = 0
    for text in answer.lines:
        found = _SLOTS.match(text)
        if found is None:
            session.out.plain(text)
        else:
            count = int(found[1])
    name = str(storage.device[0]) if storage.device else ""
    session.out.plain(f'Device "{name}" has {count} slots.\n')
    return count


def contents(session: "ConsoleSession", storage: "Storage") -> "Sequence[Slot]":
    """Return what is in the autochanger of *storage*; nothing when it does not answer."""
    daemons.announce_storage(session, storage)
    try:
        return session.director.slots(storage)
    except BarqueError as error:
        daemons.not_reached(session, "Storage daemon", error)
        return ()


def label_in(session: "ConsoleSession", storage: "Storage", slot: int, drive: int) -> str:
    """Return the name on the label of the Volume in *slot*, read in *drive*; empty without one."""
    command = f"readlabel {daemons.device_of(storage)} Slot={slot} drive={drive}"
    answer = daemons.ask_storage(session, storage, command)
    for text in answer.lines if answer else ():
        found = _VOLUME.match(text)
        if found is not None:
            return found[1].replace("\x01", " ")
    return ""
