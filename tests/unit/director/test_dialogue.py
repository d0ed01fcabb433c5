"""What comes between a command and its reply."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from barque.director.attributes import AttributeReceiver
from barque.director.dialogue import Dialogue, is_refusal
from barque.director.job_state import ActiveJob
from barque.domain.job import JobStatus, Level
from barque.errors import ConnectionLostError, JobError, RemoteProtocolError
from barque.testing.director_peers import Site, open_site
from barque.transport.channel import Channel
from barque.wire.framing import Signal
from barque.wire.message import Message
from barque.wire.messages.catalog_request import DeleteNullJobMediaOk
from barque.wire.messages.director_file import FileSetOk, LevelOk


@dataclass
class Talk:
    """A dialogue, and the daemon at its other end."""

    site: Site
    job: ActiveJob
    dialogue: Dialogue
    daemon: Channel
    rows: list[bytes]
    requests: list[bytes] = field(default_factory=list)

    def says(self, *frames: bytes | Signal) -> None:
        for frame in frames:
            if isinstance(frame, Signal):
                self.daemon.signal(frame)
            else:
                self.daemon.send(frame)
        self.daemon.flush()

    def hears(self) -> bytes | Signal:
        return self.daemon.receive(10)


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    rows: list[bytes] = []
    requests: list[bytes] = []

    class Requests:
        def answer(self, request: bytes) -> Message | None:
            requests.append(request)
            return None if b"Update" in request else DeleteNullJobMediaOk()

    class Batch:
        def add(
            self, file_index: int, path: bytes, name: bytes, lstat: str, digest: str, delta_seq: int
        ) -> None:
            rows.append(path + name)

    with open_site(tmp_path) as site:
        job = site.job("small", Level.FULL)
        ours, theirs = socket.socketpair()
        receiver = AttributeReceiver(Batch(), lambda _index, _record: None, job.unique_name)
        dialogue = Dialogue(
            Channel(ours, peer="sd"), job, site.now, requests=Requests(), attributes=receiver
        )
        made = Talk(site, job, dialogue, Channel(theirs), rows, requests)
        yield made
        made.daemon.close()
        dialogue.channel.close()


OK = b"2000 OK level\n"


def test_a_reply(talk: Talk) -> None:
    talk.says(OK)
    assert talk.dialogue.ask(b"level = full", LevelOk) == LevelOk()
    assert talk.hears() == b"level = full"


def test_another_reply_is_shown(talk: Talk) -> None:
    talk.says(b"2905 No.\n")
    with pytest.raises(JobError, match=r'sd answered "2905 No." instead of "2000 OK include"'):
        talk.dialogue.expect(FileSetOk)


def test_a_signal_instead_of_a_reply(talk: Talk) -> None:
    talk.says(Signal.TERMINATE)
    with pytest.raises(JobError, match='"TERMINATE"'):
        talk.dialogue.expect(LevelOk)


def test_silence(talk: Talk) -> None:
    with pytest.raises(ConnectionLostError, match="did not answer in time"):
        talk.dialogue.expect(LevelOk, timeout=0.01)


def test_messages_go_into_the_log(talk: Talk) -> None:
    talk.says(b"Jmsg Job=x type=5 level=1795371909 bareos-sd JobId 1: Warning: hm", OK)
    talk.dialogue.expect(LevelOk)
    assert talk.site.log.text.endswith("bareos-sd JobId 1: Warning: hm\n")
    assert talk.job.totals.warnings == 1


def test_a_kind_of_message_that_is_not_known_is_information(talk: Talk) -> None:
    talk.says(b"Jmsg Job=x type=99 level=1 bareos-sd JobId 1: hm\n", OK)
    talk.dialogue.expect(LevelOk)
    assert "hm\n" in talk.site.log.text


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (77, JobStatus.WAIT_MOUNT),
        (82, JobStatus.RUNNING),
        (84, JobStatus.CREATED),
        (102, JobStatus.CREATED),
        (33, JobStatus.CREATED),
        (99999, JobStatus.CREATED),
        (-5, JobStatus.CREATED),
    ],
)
def test_statuses_but_not_the_last_one(talk: Talk, code: int, status: JobStatus) -> None:
    talk.says(f"Status Job=x JobStatus={code}\n".encode(), OK)
    talk.dialogue.expect(LevelOk)
    assert talk.job.status is status


def test_requests_are_answered(talk: Talk) -> None:
    question = b"CatReq Job=x DeleteNullJobmediaRecords jobid=1\n"
    talk.says(question, b"Catreq Job=x UpdateFileList\n", OK)
    talk.dialogue.expect(LevelOk)
    assert len(talk.requests) == 2
    assert talk.hears() == b"1000 OK DeleteNullJobmediaRecords\n"


def test_attributes_are_taken(talk: Talk) -> None:
    record = b"1 3 /srv/a\0P4A A\0\0\0000\0"
    head = f"UpdCat Job={talk.job.unique_name} FileAttributes ".encode()
    for prefix in (head, b"UpdCat Job=other FileAttributes "):
        numbers = b"".join(n.to_bytes(4, "big") for n in (1, 2, 1, 1, len(record)))
        talk.says(prefix + numbers + record)
    talk.says(OK)
    talk.dialogue.expect(LevelOk)
    assert talk.rows == [b"/srv/a"]


def test_spooled_attributes_are_asked_for(talk: Talk) -> None:
    talk.says(b"BlastAttr Job=x File=/var/lib/x.spool\n", OK)
    talk.dialogue.expect(LevelOk)
    assert talk.hears() == b"1990 ERROR BlastAttr\n"


def test_signals_are_answered(talk: Talk) -> None:
    talk.says(Signal.HEARTBEAT, Signal.BTIME, Signal.POLL, Signal.EOD_POLL, Signal.STATUS, OK)
    talk.dialogue.expect(LevelOk)
    assert [talk.hears() for _ in range(5)] == [
        b"btime 1795371909000000\n",
        b"1000 OK\n",
        b"1000 OK\n",
        b"Status OK\n",
        Signal.EOD,
    ]


def test_other_signals_are_the_callers(talk: Talk) -> None:
    talk.says(Signal.EOD, Signal.TERMINATE)
    assert talk.dialogue.receive(10) is Signal.EOD
    assert talk.dialogue.receive(10) is Signal.TERMINATE


@pytest.mark.parametrize("frame", [b"", b"Hello\n", b"BlastAttr", b"Quark Job=x\n"])
def test_what_cannot_be_understood(talk: Talk, frame: bytes) -> None:
    talk.says(frame)
    with pytest.raises(RemoteProtocolError, match="sd sent"):
        talk.dialogue.receive(10)


def test_goodbye(talk: Talk) -> None:
    talk.daemon.abort()
    talk.dialogue.close()
    talk.dialogue.close()


def test_a_dialogue_without_a_catalog_takes_no_requests(talk: Talk) -> None:
    ours, theirs = socket.socketpair()
    plain = Dialogue(Channel(ours, peer="fd"), talk.job, talk.site.now)
    daemon = Channel(theirs)
    daemon.send(b"CatReq Job=x DeleteNullJobmediaRecords jobid=1\n")
    daemon.flush()
    with pytest.raises(RemoteProtocolError):
        plain.receive(10)
    daemon.close()
    plain.close()


@pytest.mark.parametrize(
    ("reply", "refusal"),
    [
        (b"2905 Bad\n", True),
        (b"3999 No\n", True),
        (b"2000 OK\n", False),
        (b"3010 Job x start\n", False),
        (b"2", False),
        (b"text", False),
    ],
)
def test_refusals(reply: bytes, refusal: bool) -> None:
    assert is_refusal(reply) is refusal
