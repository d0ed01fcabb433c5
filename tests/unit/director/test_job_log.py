import syslog
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from barque.config.messages import Destination, Target
from barque.config.messages import MessageType as Word
from barque.director import job_log
from barque.director.job_log import BATCH, ConsoleMessages, JobLog
from barque.domain.job import JobStatus
from barque.errors import CatalogError
from barque.testing.clock import in_utc
from barque.wire.messages.job import MessageType

AT = 1795371909.0
ALL = frozenset(Word)
LINE = "bareos-dir JobId 7: hello\n"


@pytest.fixture(autouse=True)
def utc() -> Iterator[None]:
    with in_utc():
        yield


@dataclass
class Kept:
    """A catalog's log."""

    rows: list[tuple[int, int, str]] = field(default_factory=list)
    fails: bool = False
    written: threading.Event = field(default_factory=threading.Event)

    def add_many(self, job_id: int, messages: list[tuple[int, str]], /) -> None:
        if self.fails:
            raise CatalogError("no room")
        self.rows += [(job_id, at, text) for at, text in messages]
        self.written.set()


@pytest.fixture
def console(tmp_path: Path) -> ConsoleMessages:
    return ConsoleMessages(tmp_path / "bareos-dir.conmsg")


def to(target: Target, where: str = "", **fields: str) -> Destination:
    return Destination(target, where, ALL, **fields)


def make(console: ConsoleMessages, *destinations: Destination, job: int = 7) -> JobLog:
    return JobLog(job, destinations, console)


def test_consoles_get_stamped_lines(console: ConsoleMessages) -> None:
    assert not console.pending
    make(console, to(Target.CONSOLE)).write(MessageType.INFO, LINE, AT)
    assert console.pending
    assert console.take() == [f"22-Nov 18:25 {LINE}"]
    assert not console.pending
    assert console.take() == []


def test_messages_for_consoles_survive_a_restart(console: ConsoleMessages, tmp_path: Path) -> None:
    console.add("one\n")
    path = tmp_path / "bareos-dir.conmsg"
    assert path.stat().st_mode & 0o777 == 0o600
    assert ConsoleMessages(path).take() == ["one\n"]


def test_a_destination_gets_only_its_types(console: ConsoleMessages) -> None:
    wanted = Destination(Target.CONSOLE, "", frozenset({Word.ERROR, Word.TERMINATE}))
    log = make(console, wanted)
    for kind in MessageType:
        log.write(kind, f"{kind.name}\n", AT)
    taken = [line.split()[-1] for line in console.take()]
    assert taken == ["ERROR", "ERROR_TERM", "TERM"]


def test_each_destination_has_its_own_time_format(console: ConsoleMessages) -> None:
    log = make(console, to(Target.CONSOLE, timestamp_format="%Y"))
    log.write(MessageType.INFO, LINE, AT)
    assert console.take() == [f"2026 {LINE}"]


def test_lines_reach_the_catalog_without_stamp_and_soon(console: ConsoleMessages) -> None:
    kept = Kept()
    log = JobLog(7, [to(Target.CATALOG)], console, catalog=kept)
    log.write(MessageType.INFO, LINE, AT)
    assert kept.written.wait(10)
    assert kept.rows == [(7, int(AT), LINE)]


def test_many_lines_are_written_at_once(console: ConsoleMessages) -> None:
    kept = Kept()
    log = JobLog(7, [to(Target.CATALOG)], console, catalog=kept)
    for _ in range(BATCH):
        log.write(MessageType.INFO, LINE, AT)
    assert len(kept.rows) == BATCH


def test_the_rest_is_written_at_the_end(console: ConsoleMessages) -> None:
    kept = Kept()
    log = JobLog(7, [to(Target.CATALOG)], console, catalog=kept)
    log.write(MessageType.INFO, LINE, AT)
    log.close(JobStatus.TERMINATED)
    assert len(kept.rows) == 1


def test_a_catalog_that_fails_does_not_end_the_job(console: ConsoleMessages) -> None:
    log = JobLog(7, [to(Target.CATALOG), to(Target.CONSOLE)], console, catalog=Kept(fails=True))
    log.write(MessageType.INFO, LINE, AT)
    log.close(JobStatus.TERMINATED)
    assert console.pending


def test_messages_outside_jobs_do_not_go_to_the_catalog(console: ConsoleMessages) -> None:
    kept = Kept()
    log = JobLog(0, [to(Target.CATALOG)], console, catalog=kept)
    log.write(MessageType.INFO, LINE, AT)
    log.close(JobStatus.TERMINATED)
    assert kept.rows == []


@pytest.mark.parametrize(("target", "left"), [(Target.FILE, ""), (Target.APPEND, "old\n")])
def test_files(console: ConsoleMessages, tmp_path: Path, target: Target, left: str) -> None:
    path = tmp_path / "log"
    path.write_text("old\n")
    log = make(console, to(target, str(path)))
    log.write(MessageType.INFO, LINE, AT)
    log.write(MessageType.INFO, LINE, AT)
    assert path.read_text() == left + 2 * f"22-Nov 18:25 {LINE}"
    log.close(JobStatus.TERMINATED)


def test_names_that_are_not_utf8_are_written_as_they_are(
    console: ConsoleMessages, tmp_path: Path
) -> None:
    path = tmp_path / "log"
    log = make(console, to(Target.APPEND, str(path)), to(Target.CONSOLE))
    log.write(MessageType.SKIPPED, "/caf\udce9\n", AT)
    log.close(JobStatus.TERMINATED)
    assert path.read_bytes().endswith(b"/caf\xe9\n")
    assert console.take() == ["22-Nov 18:25 /caf\udce9\n"]


def test_a_file_that_cannot_be_written_does_not_end_the_job(
    console: ConsoleMessages, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    missing = tmp_path / "nowhere" / "log"
    log = make(console, to(Target.APPEND, str(missing)), to(Target.CONSOLE))
    log.write(MessageType.INFO, LINE, AT)
    assert console.pending
    assert f"cannot write messages to {missing}" in caplog.text


@pytest.mark.parametrize("target", [Target.STDOUT, Target.STDERR])
def test_the_streams_of_the_process(
    console: ConsoleMessages, capsys: pytest.CaptureFixture[str], target: Target
) -> None:
    make(console, to(target)).write(MessageType.INFO, LINE, AT)
    captured = capsys.readouterr()
    assert (captured.out or captured.err) == f"22-Nov 18:25 {LINE}"
    assert bool(captured.out) is (target is Target.STDOUT)


@pytest.mark.parametrize(
    ("kind", "priority"),
    [
        (MessageType.INFO, syslog.LOG_INFO),
        (MessageType.ERROR, syslog.LOG_ERR),
        (MessageType.FATAL, syslog.LOG_CRIT),
        (MessageType.WARNING, syslog.LOG_WARNING),
        (MessageType.AUDIT, syslog.LOG_NOTICE),
        (MessageType.SAVED, syslog.LOG_INFO),
    ],
)
@pytest.mark.parametrize(
    ("facility", "code"), [("", syslog.LOG_DAEMON), ("local3", syslog.LOG_LOCAL3)]
)
def test_syslog(
    console: ConsoleMessages,
    monkeypatch: pytest.MonkeyPatch,
    kind: MessageType,
    priority: int,
    facility: str,
    code: int,
) -> None:
    said: list[tuple[int, str]] = []
    monkeypatch.setattr(syslog, "syslog", lambda *args: said.append(args))
    make(console, to(Target.SYSLOG, facility)).write(kind, LINE, AT)
    assert said == [(code | priority, LINE.rstrip())]


def mails(tmp_path: Path, target: Target, status: JobStatus, console: ConsoleMessages) -> str:
    out = tmp_path / "mail"
    command = f"cat >> {out}; echo to %r >> {out}"
    log = JobLog(
        7,
        [to(target, "root admin", command=command)],
        console,
        expand=lambda text, recipients: text.replace("%r", recipients),
    )
    log.write(MessageType.INFO, "one\n", AT)
    log.write(MessageType.INFO, "two\n", AT)
    log.close(status)
    return out.read_text() if out.exists() else ""


ONE_MAIL = "22-Nov 18:25 one\n22-Nov 18:25 two\nto root admin\n"


@pytest.mark.parametrize(
    ("target", "status", "sent"),
    [
        (Target.MAIL, JobStatus.TERMINATED, True),
        (Target.MAIL, JobStatus.FATAL_ERROR, True),
        (Target.MAIL_ON_ERROR, JobStatus.TERMINATED, False),
        (Target.MAIL_ON_ERROR, JobStatus.WARNINGS, False),
        (Target.MAIL_ON_ERROR, JobStatus.CANCELED, True),
        (Target.MAIL_ON_SUCCESS, JobStatus.TERMINATED, True),
        (Target.MAIL_ON_SUCCESS, JobStatus.WARNINGS, True),
        (Target.MAIL_ON_SUCCESS, JobStatus.ERROR_TERMINATED, False),
    ],
)
def test_mails_at_the_end_of_a_job(
    console: ConsoleMessages, tmp_path: Path, target: Target, status: JobStatus, sent: bool
) -> None:
    assert mails(tmp_path, target, status, console) == (ONE_MAIL if sent else "")


def test_the_operator_gets_each_message_at_once(console: ConsoleMessages, tmp_path: Path) -> None:
    out = tmp_path / "mail"
    log = make(console, to(Target.OPERATOR, "root", command=f"cat >> {out}"))
    log.write(MessageType.MOUNT, "please mount\n", AT)
    assert out.read_text() == "22-Nov 18:25 please mount\n"


def test_mails_outside_jobs_are_collected_for_a_while(
    console: ConsoleMessages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later: list[object] = []
    monkeypatch.setattr(job_log, "_later", lambda _seconds, act: later.append(act))
    out = tmp_path / "mail"
    log = make(console, to(Target.MAIL, "root", command=f"cat >> {out}; echo --- >> {out}"), job=0)
    log.write(MessageType.SECURITY, "one\n", AT)
    log.write(MessageType.SECURITY, "two\n", AT)
    assert not out.exists()
    [act] = later
    assert callable(act)
    act()
    assert out.read_text() == "22-Nov 18:25 one\n22-Nov 18:25 two\n---\n"
    log.write(MessageType.SECURITY, "three\n", AT)
    log.close(JobStatus.TERMINATED)
    assert out.read_text().endswith("22-Nov 18:25 three\n---\n")


@pytest.mark.parametrize("command", ["exit 3", "echo no such user", "/no/such/program"])
def test_a_mail_program_that_fails_is_told_in_the_daemons_log(
    console: ConsoleMessages, caplog: pytest.LogCaptureFixture, command: str
) -> None:
    log = make(console, to(Target.MAIL, "root", command=command))
    log.write(MessageType.INFO, LINE, AT)
    log.close(JobStatus.TERMINATED)
    assert "Mail prog" in caplog.text


def test_a_mail_program_that_hangs_is_ended(
    console: ConsoleMessages, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_log, "MAIL_TIMEOUT", 0.1)
    log = make(console, to(Target.MAIL, "root", command="exec sleep 60"))
    log.write(MessageType.INFO, LINE, AT)
    log.close(JobStatus.TERMINATED)
    assert "the mail command exec failed" in caplog.text
