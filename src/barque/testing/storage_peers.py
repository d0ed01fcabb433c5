"""Peers of a Storage Daemon for tests: a Director with a small catalog, and a File Daemon."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from barque.errors import BarqueError, ConnectionLostError
from barque.transport.channel import Channel
from barque.transport.dial import introduce
from barque.transport.proof import Credentials
from barque.transport.tls import TlsSettings
from barque.wire.framing import Signal
from barque.wire.hello import WIRE_VERSION, HelloDirector, HelloStartJob
from barque.wire.messages.catalog_request import (
    ATTRIBUTE_HEADER,
    CATALOG_REQUESTS,
    UPDCAT_MARK,
    CreateJobMedia,
    CreateJobMediaOk,
    DeleteNullJobMedia,
    DeleteNullJobMediaOk,
    FindMedia,
    GetVolumeInfo,
    UpdateMedia,
    VolumeInfo,
)
from barque.wire.messages.director_storage import (
    StartStorageJob,
    StartStorageJobOk,
    StorageJobEnded,
    UseDevice,
    UseStorage,
)
from barque.wire.psk import Identity, ResourceType

CLEAR = TlsSettings(enable=False, require=False)
"""No TLS."""

PATIENCE = 20.0
"""s; a test that waits longer has failed."""

type Attributes = tuple[int, int, int, int, bytes]
"""VolSessionId, VolSessionTime, FileIndex, Stream, data."""

type Sent = tuple[int, int, bytes]
"""FileIndex, Stream, data."""


def connected(handle: Callable[[Channel], None]) -> Channel:
    """Return our end of a connection whose other end *handle* serves in a thread."""
    ours, theirs = socket.socketpair()
    served = Channel(theirs, peer="test")

    def serve() -> None:
        try:
            with suppress(BarqueError):
                handle(served)
        finally:
            served.close()

    threading.Thread(target=serve, name="peer under test", daemon=True).start()
    channel = Channel(ours, peer="daemon")
    channel.timeout = PATIENCE
    return channel


class SmallCatalog:
    """The volumes of one pool; makes new ones when asked and allowed."""

    def __init__(self, *, new_volumes: int = 10, maximum_size: int = 0) -> None:
        self.volumes: dict[str, VolumeInfo] = {}
        """Name to row."""
        self.new_volumes = new_volumes
        """How many may still be made."""
        self.maximum_size = maximum_size
        """byte; of volumes that are made."""
        self.lock = threading.Lock()
        """Held while a question is answered."""
        self.updates: list[UpdateMedia] = []
        """All updates, in order."""

    def find(self, question: FindMedia) -> VolumeInfo | None:
        """Answer FindMedia."""
        unwanted = set((question.unwanted or "").split(","))
        usable = [
            info
            for info in self.volumes.values()
            if info.status in {"Append", "Unlabeled", "Recycle"} and info.volume not in unwanted
        ]
        if len(usable) < question.index and self.new_volumes:
            self.new_volumes -= 1
            number = len(self.volumes) + 1
            info = VolumeInfo(
                f"Vol-{number:04d}",
                maximum_size=self.maximum_size,
                status="Unlabeled",
                media_id=number,
            )
            self.volumes[info.volume] = info
            usable.append(info)
        return usable[question.index - 1] if question.index <= len(usable) else None

    def update(self, update: UpdateMedia) -> VolumeInfo:
        """Answer UpdateMedia."""
        self.updates.append(update)
        info = replace(
            self.volumes[update.volume],
            jobs=update.jobs,
            blocks=update.blocks,
            size=update.size,
            mounts=update.mounts,
            errors=update.errors,
            writes=update.writes,
            status=update.status,
        )
        self.volumes[update.volume] = info
        return info


class ScriptedDirector:
    """A Director that runs one job and writes down what it is told."""

    def __init__(
        self,
        channel: Channel,
        name: str,
        key: bytes,
        catalog: SmallCatalog,
        tls: TlsSettings = CLEAR,
    ) -> None:
        self.channel = channel
        """The connection."""
        self.catalog = catalog
        """What it answers from."""
        self.media: list[CreateJobMedia] = []
        """JobMedia records, without the placeholders."""
        self.attributes: list[Attributes] = []
        """Attribute messages."""
        self.messages: list[str] = []
        """Texts for the job's log."""
        self.statuses: list[str] = []
        """Status letters."""
        self.questions: list[str] = []
        """Kinds of the questions to the catalog, in order."""
        self.ended: StorageJobEnded | None = None
        """The line that ends the job."""
        self.before_answer: Callable[[object], None] = lambda _question: None
        """Called with each question before it is answered."""
        identity = Identity(ResourceType.DIRECTOR, name)
        introduce(channel, HelloDirector(name, WIRE_VERSION), Credentials(identity, key, tls))
        self.expect(b"3000 OK Hello\n")

    def expect(self, line: bytes) -> None:
        """Receive exactly *line*."""
        got = self.reply()
        if got != line:
            raise AssertionError(f"expected {line!r}, got {got!r}")

    def reply(self) -> bytes:
        """Return the next message that is a reply; what comes before it is written down."""
        while True:
            frame = self.channel.receive(PATIENCE)
            if isinstance(frame, Signal):
                raise ConnectionLostError(f"signal {frame.name}")
            if frame[:1].isdigit():
                return frame
            self._note(frame)

    def command(self, line: bytes) -> bytes:
        """Send a command and return the reply."""
        self.channel.send(line)
        return self.reply()

    def texts(self, line: bytes) -> str:
        """Send a command and return all that comes up to EOD."""
        self.channel.send(line)
        out = []
        while isinstance(frame := self.channel.receive(PATIENCE), bytes):
            out.append(frame.decode())
        return "".join(out)

    def start_job(self, start: StartStorageJob) -> StartStorageJobOk:
        """Begin a job."""
        self.channel.send(start)
        return StartStorageJobOk.decode(self.reply())

    def use(self, storage: UseStorage, *devices: str) -> bytes:
        """Run the dialogue about devices; return its reply."""
        self.channel.send(storage)
        for device in devices:
            self.channel.send(UseDevice(device))
        self.channel.signal(Signal.EOD)
        self.channel.signal(Signal.EOD)
        return self.reply()

    def send_bootstrap(self, text: str) -> bytes:
        """Send a bootstrap; return the reply."""
        self.channel.send(b"bootstrap\n")
        for line in text.splitlines(keepends=True):
            self.channel.send(line.encode())
        self.channel.signal(Signal.EOD)
        return self.reply()

    def run(self, command: bytes = b"run") -> StorageJobEnded:
        """Run the job to its end; answer all questions."""
        self.channel.send(command)
        while True:
            frame = self.channel.receive(PATIENCE)
            if isinstance(frame, Signal):
                continue
            ended = StorageJobEnded.match(frame)
            if ended is not None:
                self.ended = ended
                return ended
            if not frame[:1].isdigit():
                self._note(frame)

    def run_in_background(self, command: bytes = b"run") -> threading.Thread:
        """Run the job in a thread; join it to wait for the end."""
        thread = threading.Thread(target=self.run, args=(command,), name="scripted Director")
        thread.start()
        return thread

    def _note(self, frame: bytes) -> None:
        if frame.startswith(b"Jmsg "):
            self.messages.append(frame.decode().split(" ", 4)[4])
        elif frame.startswith(b"Status "):
            self.statuses.append(chr(int(frame.rsplit(b"=", 1)[1])))
        elif frame.startswith(b"UpdCat "):
            self._note_attributes(frame)
        elif frame.startswith(b"BlastAttr "):
            self.questions.append("BlastAttr")
            self.channel.send(b"1990 ERROR BlastAttr\n")
        else:
            self._answer(frame)

    def _note_attributes(self, frame: bytes) -> None:
        binary = frame[frame.index(UPDCAT_MARK) + len(UPDCAT_MARK) :]
        session, started, index, stream, length = ATTRIBUTE_HEADER.unpack_from(binary)
        data = binary[ATTRIBUTE_HEADER.size :]
        if length != len(data):
            raise struct.error(f"{length} bytes promised, {len(data)} came")
        self.attributes.append((session, started, index, stream, data))

    def _answer(self, frame: bytes) -> None:
        question = next(
            found for kind in CATALOG_REQUESTS if (found := kind.match(frame)) is not None
        )
        self.questions.append(type(question).__name__)
        self.before_answer(question)
        with self.catalog.lock:
            answer = self._answer_to(question)
        if answer is not None:
            self.channel.send(answer)
            self.channel.flush()

    def _answer_to(self, question: object) -> bytes | None:
        match question:
            case FindMedia():
                info = self.catalog.find(question)
                return info.encode() if info else b"1901 No Media.\n"
            case GetVolumeInfo(volume=name, write=write):
                return self._tell_volume(name, write=write)
            case UpdateMedia():
                return self.catalog.update(question).encode()
            case CreateJobMedia():
                if question.last_index:
                    self.media.append(question)
                return CreateJobMediaOk().encode()
            case DeleteNullJobMedia():
                return DeleteNullJobMediaOk().encode()
            case _:
                return None

    def _tell_volume(self, name: str, *, write: bool) -> bytes:
        info = self.catalog.volumes.get(name)
        if info is None:
            return f'1997 Volume "{name}" not in catalog.\n'.encode()
        if write and info.status not in {"Append", "Unlabeled", "Recycle"}:
            return f'1998 Volume "{name}" catalog status is {info.status}, not in Pool.\n'.encode()
        return info.encode()


class ScriptedFileDaemon:
    """A File Daemon that sends or reads what it is told."""

    def __init__(self, channel: Channel, job: str, key: str, tls: TlsSettings = CLEAR) -> None:
        self.channel = channel
        """The connection."""
        identity = Identity(ResourceType.JOB, job)
        introduce(
            channel,
            HelloStartJob(job, WIRE_VERSION),
            Credentials(identity, key.encode(), tls),
        )

    @classmethod
    def on(cls, channel: Channel) -> "ScriptedFileDaemon":
        """Return a File Daemon on a connection that is authenticated already."""
        made = cls.__new__(cls)
        made.channel = channel
        return made

    def ask(self, line: bytes) -> bytes:
        """Send a command and return the reply."""
        self.channel.send(line)
        return self.channel.receive_message(PATIENCE)

    def open_append(self) -> int:
        """Open a session up to the data phase; return the ticket."""
        ticket = int(self.ask(b"append open session\n").rsplit(b"=", 1)[1])
        reply = self.ask(b"append data %d\n" % ticket)
        if reply != b"3000 OK data\n":
            raise AssertionError(f"got {reply!r}")
        return ticket

    def send_stream(self, index: int, stream: int, *parts: bytes) -> None:
        """Send one stream of a file."""
        self.channel.send(b"%d %d 0" % (index, stream))
        for part in parts:
            self.channel.send(part)
        self.channel.signal(Signal.EOD)

    def end_append(self, ticket: int) -> list[bytes]:
        """End the data and the session; return the replies."""
        self.channel.signal(Signal.EOD)
        self.channel.flush()
        replies = [
            self.channel.receive_message(PATIENCE),
            self.ask(b"append end session %d\n" % ticket),
            self.ask(b"append close session %d\n" % ticket),
        ]
        self.channel.receive(PATIENCE)
        self.hang_up()
        return replies

    def send_files(self, count: int, size: int = 100) -> list[Sent]:
        """Send a whole session: *count* files of *size* bytes; return what was sent."""
        ticket = self.open_append()
        sent: list[Sent] = []
        for index in range(1, count + 1):
            streams = [
                (1, b"%d 3 /f%d\0stat\0\0\0000\0" % (index, index)),
                (2, bytes([index % 251]) * size),
                (3, bytes(16)),
            ]
            for stream, data in streams:
                self.send_stream(index, stream, data)
                sent.append((index, stream, data))
        replies = self.end_append(ticket)
        if replies[-1] != b"3000 OK close Status = 84\n":
            raise AssertionError(f"got {replies!r}")
        return sent

    def hang_up(self) -> None:
        """Say goodbye and close."""
        self.channel.signal(Signal.TERMINATE)
        self.channel.close()

    def read(self) -> Iterator[Sent]:
        """Read all records: (FileIndex, Stream, data)."""
        ticket = int(self.ask(b"read open session = DummyVolume 1 1 0 0 0 0\n").rsplit(b"=", 1)[1])
        reply = self.ask(b"read data %d\n" % ticket)
        if reply != b"3000 OK data\n":
            raise ConnectionLostError(f"refused: {reply!r}")
        while isinstance(header := self.channel.receive(PATIENCE), bytes):
            words = header.split()
            data = self.channel.receive(PATIENCE)
            if not isinstance(data, bytes) or len(data) != int(words[5]):
                raise AssertionError(f"{header!r} is not followed by its data")
            yield int(words[3]), int(words[4]), data
        self.ask(b"read close session %d\n" % ticket)
        self.channel.receive(PATIENCE)
        self.hang_up()
