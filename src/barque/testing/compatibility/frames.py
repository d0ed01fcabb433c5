"""Recorded frames of a console's answer, and when another answer is the same.

Times, versions, uptimes and what hangs on them are blanked on both sides; everything else counts.
"""

import re
from pathlib import Path
from typing import Any, Final

from barque.testing.director import Frame

type Record = dict[str, Any]
"""One recorded command or dialogue, as it stands in its file."""

_SOURCE_LINE: Final = re.compile(r"cats/\w+\.cc:\d+ ")
"""Where in its own source the reference found a mistake."""

_UNORDERED: Final = re.compile(r"^status conf", re.IGNORECASE)
"""Lists in the order of the files in a directory."""

_CHANGING: Final = re.compile(
    r"\w{3} \d\d-\w{3}-\d{4} \d\d:\d\d:\d\d|\d\d-\w{3}-\d\d \d\d:\d\d"
    r"|\d{4}-\d\d-\d\d[ _]\d\d[.:]\d\d[.:]\d\d|\{SHA256\}[0-9a-f]+"
)
"""Times, and sums over files with times in them."""

_PROBE: Final = re.compile(
    r"Probing client protocol\.\.\. \(result will be saved until config reload\)\r?\v?"
)
"""Said by the reference when it tries what a client speaks, which is not needed."""


def recorded(frames: list[Record]) -> list[Frame]:
    """Return recorded frames as a console sees them."""
    return [frame["text"] if "text" in frame else frame["signal"] for frame in frames]


def matches(record: Record, got: list[Frame]) -> bool:
    """Tell whether *got* is the answer to a recorded command, but for what is volatile."""
    lines = record.get("volatile_lines", []) if record["volatile"] else []
    lines = [] if isinstance(lines, str) else lines
    want = recorded(record["frames"])
    return _comparable(want, record, lines) == _comparable(got, record, lines)


def comparable_step(frames: list[Frame]) -> list[Frame]:
    """Return one answer of a dialogue in the form in which it is compared."""
    return [
        _changed(_SOURCE_LINE.sub("", frame)) if isinstance(frame, str) else frame
        for frame in _without_notice(frames)
    ]


def in_golden(etc: Path, frames: list[Frame]) -> list[Frame]:
    """Name the configuration as it was called when the answers were recorded."""
    return [
        frame.replace(str(etc), "/srv/golden/etc") if isinstance(frame, str) else frame
        for frame in frames
    ]


def _comparable(frames: list[Frame], record: Record, lines: list[list[Any]]) -> list[Frame]:
    frames = _without_notice(_masked(frames, lines))
    if record["volatile"] or record["command"].startswith("status"):
        frames = [
            _PROBE.sub("", _changed(frame)) if isinstance(frame, str) else frame for frame in frames
        ]
        frames = [frame for frame in frames if frame not in {"", "\r\v"}]
    if _UNORDERED.search(record["command"]):
        frames = sorted(frames, key=str)
    return [_SOURCE_LINE.sub("", frame) if isinstance(frame, str) else frame for frame in frames]


def _changed(text: str) -> str:
    return _CHANGING.sub("~", text)


def _without_notice(frames: list[Frame]) -> list[Frame]:
    """Leave out whether messages waited: it depends on what ran before."""
    return [frame for frame in frames if frame not in {-17, "You have messages.\n"}]


def _masked(frames: list[Frame], lines: list[list[Any]]) -> list[Frame]:
    """Blank the lines that depend on clock, host or version."""
    volatile = {(frame, line) for frame, line, *_ in lines}
    return [
        "".join(
            "~\n" if (number, index) in volatile else text
            for index, text in enumerate(frame.splitlines(keepends=True))
        )
        if isinstance(frame, str)
        else frame
        for number, frame in enumerate(frames)
    ]
