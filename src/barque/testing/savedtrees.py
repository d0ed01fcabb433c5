"""Backs trees up into memory and restores them: both halves of the File Daemon, no network."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from barque.filedaemon.fileset import parse_fileset
from barque.filedaemon.outbox import Outbox
from barque.filedaemon.report import JobReport
from barque.filedaemon.saving import Changes, Saver
from barque.filedaemon.walker import Walker
from barque.restoring import Destination, RestoredFile, Restorer, Severity, Totals
from barque.wire.framing import FrameBuffer, Signal
from barque.wire.messages.job import JobMessage

type Record = tuple[int, int, bytes]
"""FileIndex, stream, data."""


@dataclass(slots=True)
class SavedTree:
    """What a backup sent and said."""

    records: list[Record] = field(default_factory=list)
    messages: list[JobMessage] = field(default_factory=list)
    files: int = 0
    """FileIndex of the last file."""
    read: int = 0
    sent: int = 0
    errors: int = 0

    def names(self) -> list[bytes]:
        """Return the stored names, in order."""
        return [
            data.split(b"\0")[0].split(b" ", 2)[2]
            for _, stream, data in self.records
            if stream == 1
        ]

    def texts(self) -> str:
        """Return what was said."""
        return "".join(message.text for message in self.messages)


@dataclass(slots=True)
class Said:
    """What a restore said."""

    restored: list[RestoredFile] = field(default_factory=list)
    messages: list[tuple[Severity, str]] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)


class Listener:
    """Keeps what a restorer says."""

    def __init__(self) -> None:
        self.said = Said()

    def restored(self, file: RestoredFile) -> None:
        """Keep it."""
        self.said.restored.append(file)

    def message(self, severity: Severity, text: str) -> None:
        """Keep it."""
        self.said.messages.append((severity, text))


def save(
    *paths: str | bytes,
    letters: str = "S4AX",
    lines: Iterable[str | bytes] | None = None,
    changes: Changes | None = None,
) -> SavedTree:
    """Back up *paths*, or what the FileSet *lines* say."""
    saved = SavedTree()
    if lines is None:
        files = [b"F " + (path.encode() if isinstance(path, str) else path) for path in paths]
        lines = ["I", f"O {letters}", "N", *files, "N", "N"]
    fileset = parse_fileset(line.encode() if isinstance(line, str) else line for line in lines)
    received = bytearray()

    def post(message: JobMessage, _urgent: bool) -> None:
        saved.messages.append(message)

    report = JobReport(daemon="fd", job_id=1, job="job", post=post, clock=lambda: 0)
    outbox = Outbox(received.extend)
    saver = Saver(outbox, report, changes or Changes())
    for found in Walker(fileset, report.info):
        saver.save(found)
    saver.save_gone()
    outbox.finish()
    saved.records = list(parse_streams(bytes(received)))
    saved.files, saved.read, saved.sent = saver.file_index, saver.read, saver.sent
    saved.errors = report.errors
    return saved


def parse_streams(data: bytes) -> Iterator[Record]:
    """Yield the records in frames of an append session: header, data frames, EOD."""
    inbox = FrameBuffer()
    inbox.feed(data)
    head: tuple[int, int] | None = None
    while (frame := inbox.next()) is not None:
        if frame is Signal.EOD:
            assert head is not None, "a second EOD within the data"
            head = None
        elif isinstance(frame, Signal):
            raise AssertionError(f"{frame.name} within the data")
        elif head is None:
            words = frame.split()
            assert len(words) == 3, f"{frame!r} is no stream header"
            head = int(words[0]), int(words[1])
        else:
            yield (*head, frame)
    assert head is None, "the last stream is not ended"
    assert inbox.start == inbox.end, "the data ends within a frame"


def restore(records: Iterable[Record], destination: Destination) -> Said:
    """Restore *records* of one session."""
    listener = Listener()
    restorer = Restorer(destination, listener)
    for file_index, stream, data in records:
        restorer.write((1, 1), file_index, stream, data)
    listener.said.totals = restorer.finish()
    return listener.said
