"""Reads recorded dialogues of a Director."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from barque.wire.framing import Frame, Signal

_LINE: Final = re.compile(r"(?P<link>\S+) (?P<way>->|<-) (?:\[(?P<length>\d+)\] )?(?P<rest>.*)")
_ESCAPE: Final = re.compile(rb"\\(?:x([0-9a-f]{2})|([01nrt]))")
"""A backslash before anything else is one."""

_NAMED: Final = {b"n": b"\n", b"0": b"\0", b"1": b"\1", b"r": b"\r", b"t": b"\t"}


@dataclass(frozen=True, slots=True)
class RecordedFrame:
    """One frame of a recording."""

    link: str
    """Connection, such as ``fd#2``."""
    sent: bool
    """By the side that connected."""
    frame: Frame


def read_recording(path: Path, *links: str) -> Iterator[RecordedFrame]:
    """Yield the frames of the connections *links*, from the hello's answer on."""
    greeted: set[str] = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        found = _LINE.fullmatch(line)
        if found is None or found["link"] not in links or found["rest"] == "CLOSE":
            continue
        frame = _frame(found["rest"], found["length"])
        if isinstance(frame, bytes) and frame.startswith((b"2000 OK Hello", b"3000 OK Hello")):
            greeted.add(found["link"])
        elif found["link"] in greeted or not _of_login(frame):
            yield RecordedFrame(found["link"], found["way"] == "->", frame)


def _of_login(frame: Frame) -> bool:
    return isinstance(frame, bytes) and (
        frame.startswith((b"Hello ", b"auth cram-md5", b"1000 OK auth"))
        or (len(frame) == 23 and frame.endswith(b"\0"))
    )


def _frame(text: str, length: str | None) -> Frame:
    if length is None:
        return Signal(int(text.removeprefix("SIGNAL ")))
    return _ESCAPE.sub(_byte, text.encode("utf-8"))


def _byte(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(found[1].decode()) if found[1] else _NAMED[found[2]]
