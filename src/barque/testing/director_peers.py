"""Peers of a Director for tests: daemons that follow a script, and a Director's surroundings."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from barque.catalog import Catalog, SQLiteSource, open_catalog
from barque.config.director import Catalog as CatalogResource
from barque.config.load import DirectorConfig, load_director
from barque.director.catalog_sync import synchronise
from barque.director.client_pool import ClientPool
from barque.director.job_context import JobContext
from barque.director.job_setup import create_job
from barque.director.job_state import ActiveJob
from barque.director.services import DaemonIdentity, RunRequest
from barque.domain.job import JobStatus, Level
from barque.errors import BarqueError, ConnectionLostError
from barque.transport.channel import Channel
from barque.transport.dial import Address
from barque.transport.listen import receive_hello
from barque.transport.proof import Credentials, challenge_then_answer
from barque.transport.tls import TlsSettings
from barque.wire.framing import Frame, Signal
from barque.wire.messages.job import MessageType
from barque.wire.psk import Identity, ResourceType, key_of_password

PATIENCE: Final = 20.0
"""Second; a test that waits longer has failed."""

CLEAR: Final = TlsSettings(enable=False, require=False)
PASSWORD: Final = "secret"  # noqa: S105 - of tests

CONFIG: Final = """
Director { Name = bareos-dir; Password = secret; Messages = Standard; TlsEnable = no;
  QueryFile = /dev/null; WorkingDirectory = %s; FdConnectTimeout = 5; SdConnectTimeout = 5; }
Catalog { Name = MyCatalog; DbDriver = sqlite3; DbName = bareos; DbUser = bareos; }
Messages { Name = Standard; Catalog = all; }
Client { Name = bareos-fd; Address = 127.0.0.1; Port = 9632; Password = secret;
  TlsEnable = no; }
Storage { Name = File; Address = 127.0.0.1; Port = 9633; Password = secret;
  Device = FileStorage; MediaType = File; TlsEnable = no; MaximumConcurrentJobs = 10; }
Storage { Name = File2; Address = 127.0.0.1; Port = 9634; Password = secret;
  Device = FileStorage2; MediaType = File2; TlsEnable = no; MaximumConcurrentJobs = 10; }
Pool { Name = Full; PoolType = Backup; LabelFormat = "Full-"; MaximumVolumeBytes = 50g;
  VolumeRetention = 365 days; }
Pool { Name = Incremental; PoolType = Backup; LabelFormat = "Incremental-";
  MaximumVolumeBytes = 1g; }
Pool { Name = Differential; PoolType = Backup; LabelFormat = "Differential-"; }
Pool { Name = Scratch; PoolType = Scratch; }
FileSet { Name = Small; Include { Options { Signature = MD5 } File = /srv } }
JobDefs { Name = Default; Type = Backup; Level = Incremental; Client = bareos-fd; FileSet = Small;
  Storage = File; Messages = Standard; Pool = Incremental; FullBackupPool = Full;
  IncrementalBackupPool = Incremental; DifferentialBackupPool = Differential; Priority = 10; }
Job { Name = small; JobDefs = Default; }
Job { Name = RestoreFiles; Type = Restore; JobDefs = Default; Where = /restored; }
Job { Name = nothing; Type = Admin; JobDefs = Default; }
"""
"""A configuration whose daemons are played by :class:`ScriptedDaemon`; %s is a directory."""

IDENTITY: Final = DaemonIdentity(
    "26.0.0~pre1298.eda204c31", "21 August 2026", "Debian GNU/Linux 12 (bookworm)"
)

NOW: Final = 1795371909.0
"""2026-11-22 18:25:09 UTC."""


@dataclass
class MemoryLog:
    """A job's log as a list."""

    lines: list[tuple[MessageType, str]] = field(default_factory=list)
    closed: JobStatus | None = None
    """Status with which the job ended; None while it runs."""

    def write(self, kind: MessageType, line: str, at: float) -> None:
        """Keep a line."""
        del at
        self.lines.append((kind, line))

    def close(self, status: JobStatus) -> None:
        """Keep the status."""
        self.closed = status

    @property
    def text(self) -> str:
        """All lines."""
        return "".join(line for _, line in self.lines)


@dataclass(frozen=True, slots=True)
class Ask:
    """A request of the daemon's own: what it sends, and waits for the answer to."""

    request: bytes


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes that are no frame."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Step:
    """Something that the daemon does in the middle of its script; False ends the script."""

    act: Callable[["ScriptedDaemon", Channel], bool]


def _cut(_daemon: "ScriptedDaemon", channel: Channel) -> bool:
    channel.abort()
    return False


def _wait(daemon: "ScriptedDaemon", _channel: Channel) -> bool:
    daemon.silent.set()
    return True


HANG_UP: Final = Step(_cut)
"""The daemon dies."""

SILENCE: Final = Step(_wait)
"""The daemon says nothing; ``silent`` is set."""

type Item = bytes | Signal | Ask | Raw | Step
"""Something that a daemon sends or does."""

LISTS: Final = (b"fileset", b"accurate ", b"bootstrap", b"use storage=", b"restoreobject ")
"""Commands whose items end with EOD; those of ``use`` with two."""


class ScriptedDaemon:
    """A daemon that a Director dials; it answers each command as its table says."""

    def __init__(
        self, name: str, kind: ResourceType, greeting: bytes, replies: dict[bytes, list[Item]]
    ) -> None:
        self.name = name
        self._identity = Identity(kind, name)
        self._greeting = greeting
        self.replies = replies
        """Beginning of a command to what is sent for it; the first that fits counts."""
        self.heard: list[Frame] = []
        """What the Director sent after its hello, on all connections."""
        self.answers: list[bytes] = []
        """What it answered to requests."""
        self.commands: list[bytes] = []
        """The first frame of each command."""
        self.silent = threading.Event()
        self.on_hello: list[Item] = []
        """Done before the greeting."""
        self.password = PASSWORD
        self.connections = 0

    def serve(self, channel: Channel) -> None:
        """Serve one connection to its end."""
        self.connections += 1
        with suppress(BarqueError):
            hello = receive_hello(channel, lambda _: None, CLEAR)
            del hello
            credentials = Credentials(self._identity, key_of_password(self.password), CLEAR)
            challenge_then_answer(channel, credentials)
            if not self._play(channel, self.on_hello):
                return
            channel.send(self._greeting)
            self.serve_commands(channel)

    def serve_commands(self, channel: Channel) -> None:
        """Serve a connection on which both sides know each other already."""
        with suppress(BarqueError):
            while (command := channel.receive(PATIENCE)) is not Signal.TERMINATE:
                if not self._obey(channel, command):
                    return

    def _obey(self, channel: Channel, command: Frame) -> bool:
        self.heard.append(command)
        if isinstance(command, Signal):
            return True
        self.commands.append(command)
        if command.startswith(LISTS) and command != b"restoreobject end\n":
            self._take_list(channel, 2 if command.startswith(b"use ") else 1, command)
        for beginning, items in list(self.replies.items()):
            if command.startswith(beginning):
                return self._play(channel, items)
        raise AssertionError(f"{self.name} does not know the command {command!r}")

    def _take_list(self, channel: Channel, ends: int, command: bytes) -> None:
        frames = 2 if command.startswith(b"restoreobject ") else -1
        while ends and frames:
            frame = channel.receive(PATIENCE)
            self.heard.append(frame)
            ends -= frame is Signal.EOD
            frames -= 1

    def _play(self, channel: Channel, items: Sequence[Item]) -> bool:
        for item in items:
            match item:
                case bytes():
                    channel.send(item)
                case Signal():
                    channel.signal(item)
                case Raw(data):
                    channel.write_raw(data)
                case Ask(request):
                    channel.send(request)
                    answer = channel.receive(PATIENCE)
                    if not isinstance(answer, bytes):
                        raise ConnectionLostError(f"{answer} instead of an answer")
                    self.answers.append(answer)
                case Step(act):
                    channel.flush()
                    if not act(self, channel):
                        return False
        channel.flush()
        return True


BTIME: Final = Step(lambda _daemon, channel: _look_at_clock(channel))
"""Ten questions for the time, as a File Daemon asks before it answers a level."""


def _look_at_clock(channel: Channel) -> bool:
    for _ in range(10):
        channel.signal(Signal.BTIME)
        channel.receive_message(PATIENCE)
    channel.signal(Signal.EOD)
    return True


def file_daemon() -> ScriptedDaemon:
    """Return a File Daemon that saves, restores and verifies three files."""
    end = b"2800 End Job TermCode=84 JobFiles=3 ReadBytes=30 JobBytes=33 Errors=0 VSS=0 Encrypt=0\n"
    message = b"Jmsg Job=x type=6 level=1795371909 bareos-fd JobId 1: "
    replies: dict[bytes, list[Item]] = {
        b"JobId=": [b"2000 OK Job 26.0.0 (21Aug26) Debian GNU/Linux 12 (bookworm),debian"],
        b"level = since_utime": [BTIME, b"2000 OK level\n"],
        b"level = full": [b"2000 OK level\n"],
        b"level = ": [],
        b"fileset": [b"2000 OK include\n"],
        b"pluginoptions": [b"2000 OK PluginOptions\n"],
        b"restoreobject end": [b"2000 OK ObjectRestored\n"],
        b"restoreobject": [],
        b"getSecureEraseCmd": [b"2000 OK FDSecureEraseCmd *None*\n"],
        b"setbandwidth=": [b"2000 OK Bandwidth\n"],
        b"Run OnSuccess": [b"2000 OK RunScript\n"],
        b"RunBeforeNow": [
            message + b"ClientBeforeJob: before\n",
            b"2000 OK RunBeforeNow\n",
        ],
        b"accurate ": [],
        b"storage ": [message + b" Encryption: None\n", b"2000 OK storage\n"],
        b"setauthorization": [b"2000 OK Authorization\n"],
        b"backup ": [
            message + b"ACL support is enabled\n",
            b"2000 OK backup\n",
            end,
            Signal.TERMINATE,
        ],
        b"restore ": [b"2000 OK restore\n", b"2000 OK storage end\n"],
        b"endrestore": [end, Signal.TERMINATE],
        b"verify ": [b"2000 OK verify\n", Signal.EOD, end, Signal.TERMINATE],
        b"cancel ": [b"2001 Job x marked to be canceled.\n", Signal.EOD],
    }
    return ScriptedDaemon("bareos-fd", ResourceType.CLIENT, b"2000 OK Hello 54\n", replies)


def storage_daemon() -> ScriptedDaemon:
    """Return a Storage Daemon that takes, or gives, whatever it is asked for."""
    replies: dict[bytes, list[Item]] = {
        b"JobId=": [
            b"3000 OK Job SDid=1 SDtime=1795371903 "
            b"Authorization=BABI-JIFM-HPIK-PFJI-AHPN-JOFE-LELF-PDKL\n"
        ],
        b"pluginoptions": [b"2000 OK plugin options\n"],
        b"getSecureEraseCmd": [b"2000 OK SDSecureEraseCmd *None* \n"],
        b"bootstrap": [b"3000 OK bootstrap\n"],
        b"use storage=": [b"3000 OK use device device=JustInTime\1Device\n"],
        b"passive client": [b"2000 OK passive client\n"],
        b"run": [
            b"Status Job=x JobStatus=70\n",
            b"3010 Job x start\n",
            b"Status Job=x JobStatus=82\n",
            b"Status Job=x JobStatus=84\n",
            b"3099 Job x end JobStatus=84 JobFiles=3 JobBytes=333 JobErrors=0\n",
            Signal.EOD,
            Signal.TERMINATE,
        ],
        b"cancel ": [b'3000 JobId=1 Job="x" marked to be canceled.\n', Signal.EOD],
    }
    return ScriptedDaemon("bareos-sd", ResourceType.STORAGE, b"3000 OK Hello\n", replies)


@dataclass
class Site:
    """A Director's surroundings: configuration, catalog, clock, and daemons that it may dial."""

    config: DirectorConfig
    catalog: Catalog
    directory: Path
    client: ScriptedDaemon
    storage: ScriptedDaemon
    storage2: ScriptedDaemon
    clock: float = NOW
    threads: list[threading.Thread] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    """What went wrong in the daemons."""

    def __post_init__(self) -> None:
        self.clients = ClientPool(self.now)
        self.log = MemoryLog()
        """Log of the job that :meth:`job` made last."""
        self.unreachable: set[int] = set()
        """Ports that refuse connections."""

    def now(self) -> float:
        """Return the clock."""
        return self.clock

    @property
    def context(self) -> JobContext:
        """What a job gets of its Director."""
        return JobContext(
            self.config, self.catalog, IDENTITY, self.now, self.clients, dial=self.dial
        )

    @property
    def catalog_resource(self) -> CatalogResource:
        """The only Catalog."""
        return next(iter(self.config.catalogs.values()))

    def dial(self, address: Address, *, heartbeat: int = 0) -> Channel:
        """Connect to a daemon of the site."""
        del heartbeat
        daemons = {
            int(self.config.clients["bareos-fd"].port): self.client,
            int(self.config.storages["File"].port): self.storage,
            int(self.config.storages["File2"].port): self.storage2,
        }
        if address.port in self.unreachable or address.port not in daemons:
            raise ConnectionLostError(f"cannot connect to {address}: Connection refused")
        ours, theirs = socket.socketpair()
        served = Channel(theirs, peer="director under test")
        served.timeout = PATIENCE
        thread = threading.Thread(
            target=self.serve, args=(daemons[address.port], served), daemon=True
        )
        thread.start()
        self.threads.append(thread)
        return Channel(ours, peer=str(address))

    def serve(self, daemon: ScriptedDaemon, channel: Channel, *, introduced: bool = False) -> None:
        """Let *daemon* serve a connection; what goes wrong is kept."""
        try:
            if introduced:
                daemon.serve_commands(channel)
            else:
                daemon.serve(channel)
        except BaseException as error:  # noqa: BLE001 - shown by the test
            self.failures.append(error)
        finally:
            channel.close()

    def settle(self) -> None:
        """Wait until the Director has closed all connections; fail when a daemon failed."""
        for thread in self.threads:
            thread.join(PATIENCE)
            if thread.is_alive():
                raise AssertionError("the Director left a connection open")
        if self.failures:
            raise self.failures[0]

    def job(self, name: str = "small", level: Level | None = None, **request: object) -> ActiveJob:
        """Create a job and its records; *request* are fields of RunRequest."""
        resource = self.config.jobs[name]
        self.log = MemoryLog()
        asked = RunRequest(
            job=resource,
            level=level or resource.level or Level.NONE,
            catalog=self.catalog_resource,
            **request,  # type: ignore[arg-type]  # named by the test
        )
        return create_job(
            asked,
            self.context,
            lambda _job_id, _resource: self.log,
            catalog_source="Default catalog",
            trigger="User",
        )


@contextmanager
def open_site(directory: Path, extra: str = "", text: str = CONFIG) -> Iterator[Site]:
    """Give a site whose files lie in *directory*; *extra* resources are added to its text."""
    path = directory / "bareos-dir.conf"
    path.write_text(text % directory + extra)
    config = load_director(str(path))
    with open_catalog(SQLiteSource(directory / "catalog.db")) as catalog:
        synchronise(catalog, config, next(iter(config.catalogs.values())))
        yield Site(config, catalog, directory, file_daemon(), storage_daemon(), storage_daemon())
