"""Peers of a File Daemon for tests: a commanding Director, and a Storage Daemon in memory."""

import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from barque.config.load import FileDaemonConfig, load_filedaemon
from barque.errors import BarqueError
from barque.filedaemon.daemon import FileDaemon
from barque.testing.savedtrees import Record
from barque.transport.channel import Channel
from barque.transport.dial import introduce
from barque.transport.listen import Listener, receive_hello
from barque.transport.proof import Credentials, challenge_then_answer
from barque.transport.tls import DEFAULT_TLS, TlsSettings
from barque.wire.framing import Frame, Signal
from barque.wire.hello import WIRE_VERSION, FileHelloOk, HelloDirector, HelloStorageCalling
from barque.wire.message import Message
from barque.wire.messages.director_file import EndJob, StartJob
from barque.wire.messages.file_storage import (
    AppendClose,
    AppendData,
    AppendDataOk,
    AppendEnd,
    AppendOpen,
    CloseOk,
    DataOk,
    EndOk,
    OpenOk,
    ReadClose,
    ReadData,
    ReadOpen,
)
from barque.wire.messages.job import JobMessage
from barque.wire.psk import Identity, ResourceType, key_of_password

PATIENCE = 20.0
"""s; a test that waits longer has failed."""

PASSWORD = "secret of fd and dir"  # noqa: S105 - of tests
KEY = "JELH-GFGP-CMOK-KPDA-LJNA-FCHJ-JFFM-HJHH"
"""Secret of a job for the Storage Daemon."""
JOB = "test.2026-11-22_20.00.00_01"

CLEAR = TlsSettings(enable=False, require=False)
"""No TLS."""


def make_config(
    directory: Path, *, client: str = "", director: str = "", types: str = "all"
) -> FileDaemonConfig:
    """Return a configuration with one Director; more directives may be added."""
    path = directory / "bareos-fd.conf"
    path.write_text(
        f"Client {{ Name = test-fd; WorkingDirectory = {directory}; {client} }}\n"
        f'Director {{ Name = test-dir; Password = "{PASSWORD}"; {director} }}\n'
        f"Messages {{ Name = Standard; director = test-dir = {types}; }}\n"
    )
    return load_filedaemon(str(path))


def make_daemon(
    directory: Path, *, client: str = "", director: str = "", types: str = "all"
) -> FileDaemon:
    """Return a daemon that makes nobody wait who fails to authenticate."""

    def turn_away_now(channel: Channel, reply: bytes) -> None:
        with suppress(BarqueError):
            channel.send(reply)
            channel.flush()

    config = make_config(directory, client=client, director=director, types=types)
    return FileDaemon(config, pause=turn_away_now)


@dataclass
class Heard:
    """What a File Daemon said besides its replies."""

    messages: list[JobMessage] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All lines."""
        return "".join(message.text for message in self.messages)


class DirectorPeer:
    """A Director that gives commands to a File Daemon under test."""

    def __init__(
        self,
        daemon: FileDaemon,
        *,
        password: str = PASSWORD,
        name: str = "test-dir",
        tls: TlsSettings = DEFAULT_TLS,
    ) -> None:
        """Connect and authenticate; raises AuthenticationError."""
        ours, theirs = socket.socketpair()
        served = Channel(theirs, peer="director under test")
        self.heard = Heard()

        def serve() -> None:
            try:
                daemon.serve(served)
            finally:
                served.close()

        self.thread = threading.Thread(target=serve, name="file daemon", daemon=True)
        self.thread.start()
        self.channel = Channel(ours, peer="file daemon")
        self.channel.timeout = PATIENCE
        identity = Identity(ResourceType.DIRECTOR, name)
        credentials = Credentials(identity, key_of_password(password), tls)
        try:
            introduce(self.channel, HelloDirector(name, WIRE_VERSION), credentials)
            FileHelloOk.decode(self.channel.receive_message())
        except BarqueError:
            self.__exit__()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.channel.close()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive(), "the File Daemon did not end the session"

    def receive(self) -> Frame:
        """Return the next reply or signal; job messages are kept, the time is told."""
        while True:
            frame = self.channel.receive()
            if frame is Signal.BTIME:
                self.channel.send(f"btime {int(time.time() * 1e6)}\n".encode())
            elif isinstance(frame, bytes) and frame.startswith(b"Jmsg "):
                self.heard.messages.append(JobMessage.decode(frame))
            else:
                return frame

    def reply(self) -> str:
        """Return the next reply; EODs before it are skipped."""
        while (frame := self.receive()) is Signal.EOD:
            pass
        assert isinstance(frame, bytes), frame
        return frame.decode()

    def ask(self, command: Message | bytes) -> str:
        """Send a command and return the reply."""
        self.channel.send(command)
        return self.reply()

    def send_list(self, command: bytes, lines: Iterable[bytes | str]) -> None:
        """Send a command that a list follows."""
        self.channel.send(command)
        for line in lines:
            self.channel.send(line.encode() if isinstance(line, str) else line)
        self.channel.signal(Signal.EOD)
        self.channel.flush()

    def ask_list(self, command: bytes, lines: Iterable[bytes | str]) -> str:
        """Send a command with a list and return the reply."""
        self.send_list(command, lines)
        return self.reply()

    def page(self, command: bytes) -> str:
        """Return everything up to EOD."""
        self.channel.send(command)
        text = b""
        while (frame := self.receive()) is not Signal.EOD:
            assert isinstance(frame, bytes)
            text += frame.rstrip(b"\0")
        return text.decode()

    def start_job(
        self, job: str = JOB, *, job_id: int = 7, key: str = KEY, policy: int | None = 4
    ) -> str:
        """Begin a job; its number is 0 for what a console asks for."""
        return self.ask(StartJob(job_id, job, 3, 1795369947, key, policy))

    def set_fileset(self, *paths: Path | str, letters: str = "S4AX") -> str:
        """Send a simple FileSet."""
        lines = ["I\n", f"O {letters}\n", "N\n", *(f"F {path}" for path in paths), "N\n", "N\n"]
        return self.ask_list(b"fileset vss=1\n", lines)

    def end(self) -> EndJob:
        """Return the closing line; the File Daemon then leaves."""
        ended = EndJob.decode(self.reply().encode())
        assert self.receive() is Signal.TERMINATE
        return ended


class StoragePeer:
    """A Storage Daemon in memory on a port of its own: takes records, or gives them back."""

    def __init__(self, records: Iterable[Record] = (), *, tls: TlsSettings = DEFAULT_TLS) -> None:
        """Give *records* to those who read."""
        self.records: list[Record] = list(records)
        self.taken: list[Record] = []
        self.status = ord("T")
        """What the close of a session answers."""
        self.gate = threading.Event()
        """Data is taken when it is set; tests that cancel or break a job clear it."""
        self.gate.set()
        self.begun = threading.Event()
        """Set when the first record arrives."""
        self.hang_up_after = -1
        """Records after which the connection is cut; negative is never."""
        self._tls = tls
        self._listener = Listener("storage peer", self._accept)
        self.port = self._listener.bind([("127.0.0.1", 0)])[0]
        self._listener.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.gate.set()
        self._listener.stop()

    def _credentials(self) -> Credentials:
        return Credentials(Identity(ResourceType.STORAGE, "test-sd"), KEY.encode(), self._tls)

    def _accept(self, channel: Channel) -> None:
        channel.timeout = PATIENCE
        receive_hello(channel, lambda _identity: KEY.encode(), self._tls)
        challenge_then_answer(channel, self._credentials())
        self.serve(channel)

    def call(self, daemon: FileDaemon, job: str = JOB) -> threading.Thread:
        """Call a passive File Daemon, and serve its job in a thread."""
        ours, theirs = socket.socketpair()
        served = Channel(theirs, peer="storage under test")
        threading.Thread(target=_serve_and_close(daemon, served), daemon=True).start()
        channel = Channel(ours, peer="file daemon")
        channel.timeout = PATIENCE
        own = Credentials(Identity(ResourceType.JOB, job), KEY.encode(), self._tls)
        introduce(channel, HelloStorageCalling(job, WIRE_VERSION), own)

        def serve() -> None:
            with channel:
                self.serve(channel)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        return thread

    def serve(self, channel: Channel) -> None:
        """Answer commands until the File Daemon leaves."""
        with suppress(BarqueError):
            while isinstance(frame := channel.receive(), bytes):
                self._answer(channel, frame)
                channel.flush()

    def _answer(self, channel: Channel, frame: bytes) -> None:
        if AppendOpen.match(frame) or ReadOpen.match(frame):
            channel.send(OpenOk(3))
        elif AppendData.match(frame):
            channel.send(DataOk())
            channel.flush()
            self._take(channel)
            channel.send(AppendDataOk())
        elif AppendEnd.match(frame):
            channel.send(EndOk())
        elif AppendClose.match(frame) or ReadClose.match(frame):
            channel.send(CloseOk(self.status))
            channel.signal(Signal.EOD)
        elif ReadData.match(frame):
            channel.send(DataOk())
            self._give(channel)
        else:
            channel.send(b"3900 Invalid command\n")

    def _take(self, channel: Channel) -> None:
        head: tuple[int, int] | None = None
        while True:
            frame = channel.receive()
            if frame is Signal.EOD:
                if head is None:
                    return
                head = None
            elif isinstance(frame, Signal):
                raise AssertionError(f"{frame.name} within the data")
            elif head is None:
                words = frame.split()
                head = int(words[0]), int(words[1])
            else:
                self.taken.append((*head, frame))
                self.begun.set()
                self.gate.wait(PATIENCE)
                if len(self.taken) == self.hang_up_after:
                    channel.abort()

    def _give(self, channel: Channel) -> None:
        for number, (file_index, stream, data) in enumerate(self.records):
            if number == self.hang_up_after:
                channel.flush()
                channel.abort()
            channel.send(f"rechdr 3 1795369947 {file_index} {stream} {len(data)}".encode())
            channel.send(data)
        channel.signal(Signal.EOD)


def _serve_and_close(daemon: FileDaemon, channel: Channel) -> Callable[[], None]:
    def serve() -> None:
        try:
            daemon.serve(channel)
        finally:
            channel.close()

    return serve
