"""The File Daemon against recorded dialogues: what it is told, it answers as Bareos did, in order."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.devices.file import FileDevice
from barque.filedaemon.mounts import filesystem_type
from barque.formats.attributes import AttributeRecord
from barque.formats.digest import BY_STREAM, show_digest
from barque.formats.record import RecordAssembler
from barque.restoring import Destination
from barque.storagedaemon.volume_reader import read_blocks
from barque.testing.file_peers import CLEAR, KEY, DirectorPeer, StoragePeer, make_daemon
from barque.testing.recordings import read_recording
from barque.testing.savedtrees import Record, restore
from barque.wire.framing import Signal
from barque.wire.messages.director_file import EndJob

GOLDEN = Path(__file__).parents[1] / "golden"
RECORDED_TREE = b"/srv/sample/tree/in/small"


def recorded_files(volume: str, *sessions: int) -> Iterator[Record]:
    assembler = RecordAssembler()
    for block in read_blocks(FileDevice(str(GOLDEN / "volumes")).open_read(volume)):
        for piece in block.pieces():
            record = assembler.add(piece, block.offset)
            if record is not None and record.file_index > 0 and record.session[0] in sessions:
                yield record.file_index, record.stream, bytes(record.data)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The tree that the dialogues are about, as far as the recorded volumes have it."""
    for volume, sessions in (("Sample1", (26, 27)), ("Sample2", (42,))):
        restore(recorded_files(volume, *sessions), Destination(os.fsencode(tmp_path)))
    (tmp_path / "srv/sample/tree/in/small/dir/sub/random.bin").unlink()
    return tmp_path / "srv/sample/tree/in/small"


class Replay:
    """Gives recorded commands and keeps what is answered."""

    def __init__(self, tree: Path, tmp_path: Path, storage: StoragePeer) -> None:
        self.tree = os.fsencode(tree)
        self.where = os.fsencode(tmp_path / "restored")
        self.storage = storage
        self.accurate: list[Record] = []
        daemon = make_daemon(
            tmp_path,
            client="TlsEnable = no;",
            director="TlsEnable = no;",
            types="all, !skipped, !restored",
        )
        self.director = DirectorPeer(daemon, tls=CLEAR)
        self.answers: list[bytes | Signal] = []

    def command(self, frame: bytes) -> bytes:
        """Return a recorded command with places of this test."""
        frame = frame.replace(RECORDED_TREE, self.tree)
        frame = re.sub(rb"port=\d+", b"port=%d" % self.storage.port, frame)
        frame = re.sub(rb"Authorization=[A-P]{4}-\S+", b"Authorization=" + KEY.encode(), frame)
        frame = frame.replace(b"/srv/sample/chk/rr/restore", self.where)
        return frame.replace(b"X ext4", b"X " + filesystem_type(self.tree).encode())

    def play(self, link: str) -> None:
        """Give the commands of the recorded connection *link*; the File Daemon ends it."""
        channel = self.director.channel
        in_list = False
        for recorded in read_recording(GOLDEN / "dialogues" / "director.txt", link):
            frame = recorded.frame
            if not recorded.sent or frame is Signal.TERMINATE:
                continue
            if isinstance(frame, Signal):
                in_list = False
                channel.signal(frame)
            elif frame.startswith(b"accurate "):
                in_list = True
                channel.send(frame)
                for entry in accurate_entries(self.accurate):
                    channel.send(entry)
            elif frame.startswith(b"level = since"):
                channel.send(frame)
                self.answers.append(self.director.receive())
                self.answers.append(self.director.receive())
            elif not in_list and not frame.startswith(b"btime "):
                channel.send(self.command(frame))
        if link in ("fd#11", "fd#12"):
            channel.signal(Signal.TERMINATE)
        while (answer := self.director.receive()) is not Signal.TERMINATE:
            self.answers.append(answer)
        self.director.__exit__()

    def ended(self) -> EndJob:
        last = self.answers[-1]
        assert isinstance(last, bytes)
        return EndJob.decode(last)


def accurate_entries(records: list[Record]) -> Iterator[bytes]:
    digests = {index: data for index, stream, data in records if stream in BY_STREAM}
    for index, stream, data in records:
        if stream == 1:
            record = AttributeRecord.unpack(data)
            digest = show_digest(digests[index]).encode() if index in digests else b""
            yield record.name + b"\0" + record.status + b"\0" + digest + b"\0000"


def recorded_answers(link: str) -> list[bytes | Signal]:
    """Return what the recorded File Daemon answered, without job messages and questions."""
    return [
        recorded.frame
        for recorded in read_recording(GOLDEN / "dialogues" / "director.txt", link)
        if not recorded.sent
        and recorded.frame not in (Signal.BTIME, Signal.TERMINATE)
        and not (isinstance(recorded.frame, bytes) and recorded.frame.startswith(b"Jmsg "))
    ]


def recorded_messages(link: str) -> list[str]:
    """Return the job messages of the recording, alike for every version, port and job."""
    return sorted(
        alike(recorded.frame.decode().split(": ", 1)[1])
        for recorded in read_recording(GOLDEN / "dialogues" / "director.txt", link)
        if isinstance(recorded.frame, bytes) and recorded.frame.startswith(b"Jmsg ")
    )


def alike(text: str) -> str:
    text = re.sub(r"Version: .*", "Version", text)
    return re.sub(r"127\.0\.0\.1:\d+", "address", text)


def shape(answer: bytes | Signal) -> str:
    """Return an answer without its numbers, names and version."""
    if isinstance(answer, Signal):
        return answer.name
    text = re.sub(r"2000 OK Job .*", "2000 OK Job", answer.decode())
    return re.sub(r"(JobFiles|Bytes)=\d+", r"\1", text)


@pytest.mark.parametrize(("link", "files"), [("fd#2", 12), ("fd#5", 1), ("fd#18", 1)])
def test_backups(tree: Path, tmp_path: Path, link: str, files: int) -> None:
    with StoragePeer(tls=CLEAR) as storage:
        full = Replay(tree, tmp_path, storage)
        full.play("fd#2")
        if link != "fd#2":
            (tree / "dir" / "new.txt").write_bytes(b"changed again")
            changed = Replay(tree, tmp_path, storage)
            changed.accurate = list(storage.taken)
            changed.play(link)
            full = changed
        assert [shape(answer) for answer in full.answers] == [
            shape(answer) for answer in recorded_answers(link)
        ]
        assert full.ended().files == files
        said = sorted(
            alike(message.text.split(": ", 1)[1]) for message in full.director.heard.messages
        )
        assert said == recorded_messages(link)


def test_a_restore(tree: Path, tmp_path: Path) -> None:
    with StoragePeer(tls=CLEAR) as storage:
        Replay(tree, tmp_path, storage).play("fd#2")
        storage.records = storage.taken
        replay = Replay(tree, tmp_path, storage)
        replay.play("fd#15")
        assert [shape(answer) for answer in replay.answers] == [
            shape(answer) for answer in recorded_answers("fd#15")
        ]
        assert replay.ended().files == 12
        said = sorted(
            alike(message.text.split(": ", 1)[1]) for message in replay.director.heard.messages
        )
        assert said == recorded_messages("fd#15")


@pytest.mark.parametrize("link", ["fd#11", "fd#12"])
def test_estimates(tree: Path, tmp_path: Path, link: str) -> None:
    with StoragePeer(tls=CLEAR) as storage:
        full = Replay(tree, tmp_path, storage)
        full.play("fd#2")
        replay = Replay(tree, tmp_path, storage)
        replay.accurate = list(storage.taken)
        replay.play(link)
        # our tree is younger than the recorded moment since which changes count: it is listed
        answers = [
            answer
            for answer in replay.answers
            if isinstance(answer, Signal) or RECORDED_TREE not in answer
        ]
        assert shape(answers[-2]).startswith("2000 OK estimate files=")
        answers[-2] = b"2000 OK estimate files=0 bytes=0\n"
        assert [shape(answer) for answer in answers] == [
            shape(answer) for answer in recorded_answers(link)
        ]


def test_a_verify_of_the_disk(tree: Path, tmp_path: Path) -> None:
    with StoragePeer(tls=CLEAR) as storage:
        replay = Replay(tree, tmp_path, storage)
        replay.play("fd#10")
    expected = dict(lines_by_name(recorded_answers("fd#10")))
    found = {
        name.replace(os.fsencode(tree), RECORDED_TREE): line
        for name, line in lines_by_name(replay.answers)
    }
    assert found.keys() == expected.keys()
    without_content = {b"new.txt", b"numbers.txt"}
    for name, (line, digest) in expected.items():
        assert found[name][0] == line
        if os.path.basename(name) not in without_content:  # noqa: PTH119 - bytes
            assert found[name][1] == digest
    assert replay.ended().status == ord("T")
    assert replay.ended().files == 12


def lines_by_name(
    answers: list[bytes | Signal],
) -> Iterator[tuple[bytes, tuple[list[bytes], bytes]]]:
    """Yield name, options and link, and digest of each file."""
    frames = [answer for answer in answers if isinstance(answer, bytes)]
    for position, frame in enumerate(frames):
        if frame[:1].isdigit() and b" 1 VVpins5 " in frame:
            fields = frame.split(b"\0")
            name = fields[0].split(b" ", 3)[3]
            digest = re.fullmatch(rb"\d+ \d+ (\S+) \*SHA256-\d+\*", frames[position + 1])
            yield name, ([fields[1].split()[2], fields[2]], digest[1] if digest else b"")
