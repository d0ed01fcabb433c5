"""Single requests to daemons on behalf of consoles: status, cancel, label, estimate and the like.

Source: daemon protocol, sections 3.1, 4.4 and 5.3.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from barque.config.director import Client, Storage
from barque.config.fileset import fileset_lines
from barque.director.client_session import LEVEL_WORDS, evaluate_list
from barque.director.connections import Reached, reach_client, reach_storage
from barque.director.job_context import JobContext
from barque.director.job_setup import since_time, unique_name
from barque.director.job_state import ActiveJob
from barque.director.services import Answer, LabelRequest, RunRequest, Slot
from barque.errors import BarqueError, JobError
from barque.transport.channel import Channel
from barque.wire.framing import Signal
from barque.wire.message import Message, shorten
from barque.wire.messages.director_file import (
    Estimate,
    FileSetOk,
    LevelOk,
    SetLevel,
    StartJob,
    StartJobOk,
    Status,
    StatusPart,
)
from barque.wire.messages.director_storage import Label, LabelOk, Relabel
from barque.wire.messages.job import Cancel, JobMessage, SetBandwidth

PATIENCE: Final = 10.0
"""Second; a console does not wait longer for a daemon that cannot be reached."""

ANSWER_TIMEOUT: Final = 600.0
"""Second; a tape may take minutes to be labelled."""


class DaemonCalls:
    """Connects, asks, returns the answer."""

    def __init__(self, context: JobContext) -> None:
        self._context = context

    @contextmanager
    def _client(self, client: Client, *, patience: float | None = None) -> Iterator[Channel]:
        reached = reach_client(self._context, client, _silently, patience=_or_usual(patience))
        with _goodbye(reached) as channel:
            yield channel

    @contextmanager
    def _storage(self, storage: Storage, *, patience: float | None = None) -> Iterator[Channel]:
        reached = reach_storage(self._context, storage, _silently, patience=_or_usual(patience))
        with _goodbye(reached) as channel:
            yield channel

    def client_status(self, client: Client, option: str) -> Iterator[str]:
        """Yield how we reached the File Daemon, then its status text."""
        with self._client(client) as channel:
            yield f" Handshake: {'Immediate TLS' if channel.tls else 'Cleartext'},"
            yield f" Encryption: {channel.tls or 'None'}\n"
            channel.send(StatusPart(option) if option else Status())
            yield from _lines(channel)

    def storage_status(self, storage: Storage, option: str) -> Iterator[str]:
        """Yield how we reached the Storage Daemon, then its status text."""
        with self._storage(storage) as channel:
            yield f" Encryption: {channel.tls or 'None'}\n"
            channel.send(f".status {option}".encode() if option else b"status")
            yield from _lines(channel)

    def client_command(self, client: Client, command: str) -> Answer:
        """Send one line to a File Daemon and return its answer."""
        with self._client(client) as channel:
            return _answer(channel, command)

    def storage_command(self, storage: Storage, command: str) -> Answer:
        """Send one line to a Storage Daemon and return its answer."""
        with self._storage(storage) as channel:
            return _answer(channel, command)

    def cancel(self, job: ActiveJob) -> list[str]:
        """Tell the job's daemons to end it, and return what they say."""
        return [*self.cancel_storage(job), *self.cancel_client(job)]

    def cancel_storage(self, job: ActiveJob) -> list[str]:
        """Tell the job's Storage Daemon to end it, and return what it says."""
        lines: list[str] = []
        if job.storage is not None and job.storage_connected and job.storage_status is None:
            with _told(lines), self._storage(job.storage, patience=0.0) as channel:
                channel.send(Cancel(job.unique_name))
                lines += list(_lines(channel))
        return lines

    def cancel_client(self, job: ActiveJob) -> list[str]:
        """Tell the job's File Daemon to end it, and return what it says."""
        lines: list[str] = []
        if job.client is not None and job.client_connected and job.client_status is None:
            with _told(lines), self._client(job.client, patience=0.0) as channel:
                channel.send(Cancel(job.unique_name))
                lines += list(_lines(channel))
        return lines

    def limit_bandwidth(self, job: ActiveJob, limit: int) -> Answer:
        """Cap the transfer rate of a running job."""
        if job.client is None:
            return Answer(["The job has no client.\n"], ok=False)
        command = SetBandwidth(limit, job.unique_name).encode().decode("utf-8", "surrogateescape")
        return self.client_command(job.client, command.rstrip("\n"))

    def label(self, request: LabelRequest) -> Answer:
        """Label a Volume, or label it anew."""
        with self._storage(request.storage) as channel:
            channel.send(_label_message(request))
            lines = []
            size = 0
            for line in _lines(channel):
                found = LabelOk.match(line.encode("utf-8", "surrogateescape"))
                size = found.size if found else size
                lines.append(line)
        return Answer(lines, ok=bool(size), value=size)

    def estimate(self, request: RunRequest, *, listing: bool) -> Iterator[str]:
        """Yield the File Daemon's answer to a dry run."""
        client = request.client or request.job.client
        fileset = request.fileset or request.job.fileset
        if client is None or fileset is None:
            raise JobError(f'Job "{request.job.name}" needs Client and FileSet')
        with self._client(client) as channel:
            name = unique_name("-Console-", self._context.now())
            _expect(channel, StartJob(0, name, 0, 0, "dummy"), StartJobOk)
            _tell_level(channel, request, self._context.now)
            for item in fileset_lines(fileset, evaluate=evaluate_list):
                channel.send(item)
            channel.signal(Signal.EOD)
            _expect(channel, None, FileSetOk)
            channel.send(Estimate(listing))
            for line in _lines(channel):
                data = line.encode("utf-8", "surrogateescape")
                message = JobMessage.match(data)
                yield message.text if message else line

    def slots(self, storage: Storage) -> Sequence[Slot]:
        """Return what is in an autochanger."""
        answer = self.storage_command(storage, f"autochanger listall {_device(storage)} drive=-1")
        return [slot for line in answer.lines for slot in _slot(line)]


def _or_usual(patience: float | None) -> float:
    return PATIENCE if patience is None else patience


def _silently(_text: str) -> None:
    """Consoles are not told how a connection came about."""


@contextmanager
def _goodbye(reached: Reached) -> Iterator[Channel]:
    channel = reached.channel
    try:
        yield channel
        channel.signal(Signal.TERMINATE)
    finally:
        channel.close()
        reached.release()


@contextmanager
def _told(lines: list[str]) -> Iterator[None]:
    """Make a failure a line of the answer: the other daemon must be told nevertheless."""
    try:
        yield
    except BarqueError as error:
        lines.append(f"{error}\n")


def _lines(channel: Channel) -> Iterator[str]:
    """Yield messages up to EOD; trailing NULs belong to the sender's buffer."""
    while isinstance(frame := channel.receive(ANSWER_TIMEOUT), bytes):
        yield frame.rstrip(b"\0").decode("utf-8", "surrogateescape")


def _answer(channel: Channel, command: str) -> Answer:
    channel.send(f"{command}\n".encode("utf-8", "surrogateescape"))
    first = channel.receive(ANSWER_TIMEOUT)
    if isinstance(first, Signal):
        return Answer()
    lines = [first.rstrip(b"\0").decode("utf-8", "surrogateescape")]
    if not _ANSWERS_WITH_ONE_LINE.match(command):
        lines += _lines(channel)
    return Answer(lines, ok=bool(re.match(r"[23]0\d\d ", lines[-1])))


_ANSWERS_WITH_ONE_LINE: Final = re.compile(r"setdebug=|setbandwidth=|setdevice |getSecureEraseCmd")
"""Commands whose answer is not followed by EOD."""


def _expect[Reply: Message](channel: Channel, message: Message | None, reply: type[Reply]) -> Reply:
    if message is not None:
        channel.send(message)
    while True:
        data = channel.receive_message(ANSWER_TIMEOUT)
        if data.startswith(b"Jmsg "):
            continue
        found = reply.match(data)
        if found is None:
            raise JobError(f"{channel.peer} answered «{shorten(data)}»")
        return found


def _tell_level(channel: Channel, request: RunRequest, now: Callable[[], float]) -> None:
    """Tell since when changes count, if not since ever; the File Daemon asks for our clock then."""
    if not request.since:
        _expect(channel, SetLevel("full  mtime_only=0 "), LevelOk)
        return
    channel.send(SetLevel(f"{LEVEL_WORDS[request.level]}  mtime_only=0 "))
    channel.send(SetLevel(f"since_utime {int(since_time(request.since))} mtime_only=0"))
    channel.flush()
    while (frame := channel.receive(ANSWER_TIMEOUT)) in {Signal.BTIME, Signal.EOD}:
        if frame is Signal.BTIME:
            channel.send(f"btime {int(now() * 1_000_000)}\n".encode())
    if isinstance(frame, Signal) or LevelOk.match(frame) is None:
        shown = frame.name if isinstance(frame, Signal) else shorten(frame)
        raise JobError(f"{channel.peer} answered «{shown}» to the level")


def _device(storage: Storage) -> str:
    return str(storage.device[0]).replace(" ", "\x01") if storage.device else ""


def _label_message(request: LabelRequest) -> Message:
    device = str(request.storage.device[0]) if request.storage.device else ""
    if request.old_volume:
        return Relabel(
            device,
            request.old_volume,
            request.volume,
            request.pool,
            request.media_type,
            request.slot,
            request.drive,
            request.minimum_block_size,
            request.maximum_block_size,
        )
    return Label(
        device,
        request.volume,
        request.pool,
        request.media_type,
        request.slot,
        request.drive,
        request.minimum_block_size,
        request.maximum_block_size,
    )


_SLOT: Final = re.compile(r"(?P<kind>[DSI]):(?P<number>\d+):(?P<full>[FE])(?::(?P<rest>[^\n]*))?")
_KINDS: Final = {"D": "drive", "S": "slot", "I": "import_slot"}


def _slot(line: str) -> Iterator[Slot]:
    found = _SLOT.match(line.strip())
    if found is None:
        return
    rest = found["rest"] or ""
    loaded, volume = 0, rest
    if found["kind"] == "D" and rest:
        slot, _, volume = rest.partition(":")
        loaded = int(slot) if slot.isdigit() else 0
    yield Slot(_KINDS[found["kind"]], int(found["number"]), volume, loaded, found["full"] == "F")
