"""Our Director against the recorded dialogues of Bareos: every message, in order, word for word."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.director.job_runner import run_job
from barque.director.job_state import ActiveJob
from barque.domain.job import JobStatus, JobType, Level
from barque.testing.clock import in_utc
from barque.testing.director_peers import Ask, Item, ScriptedDaemon, Site, open_site
from barque.testing.recordings import RecordedFrame, read_recording
from barque.wire.framing import Frame, Signal

GOLDEN = Path(__file__).parents[1] / "golden" / "dialogues"
RECORDING = GOLDEN / "director.txt"

EXTRA = """
JobDefs { Name = DefaultJob; Type = Backup; Level = Incremental; Client = bareos-fd;
  FileSet = SelfTest; Storage = File; Messages = Standard; Pool = Incremental;
  FullBackupPool = Full; IncrementalBackupPool = Incremental;
  DifferentialBackupPool = Differential; Priority = 10; }
FileSet { Name = SelfTest; Include { Options { Signature = XXH128 } File = /usr/sbin } }
Pool { Name = Bench; PoolType = Backup; Storage = File; LabelFormat = "Bench-";
  MaximumVolumeJobs = 1; }
Job { Name = RecordedRestore; Type = Restore; JobDefs = DefaultJob;
  Where = /srv/sample/chk/rr/restore; }
"""


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with in_utc():
        yield


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path, EXTRA + (GOLDEN / "jobs.conf").read_text()) as opened:
        yield opened


def of_link(link: str) -> list[RecordedFrame]:
    return list(read_recording(RECORDING, link))


def shown(frame: Frame) -> Frame:
    """The paths of the recording were changed afterwards, so that MD5 is that of others."""
    if isinstance(frame, bytes):
        return re.sub(rb"FileSetMD5=[^*]\S+", b"FileSetMD5=x", frame)
    return frame


def heard(daemon: ScriptedDaemon) -> list[Frame]:
    return [shown(frame) for frame in daemon.heard]


def sent(link: str) -> list[Frame]:
    """What the Director sent on *link* before the job ran, without answers and clock."""
    return [
        shown(one.frame)
        for one in of_link(link)
        if one.sent
        and one.frame is not Signal.TERMINATE
        and not (isinstance(one.frame, bytes) and one.frame.startswith((b"1000 OK", b"btime ")))
    ]


def play(daemon: ScriptedDaemon, link: str, command: bytes) -> None:
    """Let *daemon* send for *command* what was recorded after it; requests wait for answers."""
    frames = of_link(link)
    start = next(
        at
        for at, one in enumerate(frames)
        if one.sent and isinstance(one.frame, bytes) and one.frame.startswith(command)
    )
    items: list[Item] = []
    for one in frames[start:]:
        if one.sent:
            continue
        frame = one.frame
        if frame == b"2000 OK include\n":
            continue  # an answer that the proxy wrote down late
        if isinstance(frame, bytes) and frame.startswith(b"CatReq "):
            items.append(Ask(frame))
        else:
            items.append(frame)
    daemon.replies[command] = items


def answered(link: str) -> list[bytes]:
    return [
        one.frame
        for one in of_link(link)
        if one.sent and isinstance(one.frame, bytes) and one.frame.startswith(b"1000 OK")
    ]


def rename(site: Site, job: ActiveJob, link: str) -> None:
    """Give *job* number and name of the recorded one, and the daemons its session."""
    announced = next(
        one.frame
        for one in of_link(link)
        if one.sent and isinstance(one.frame, bytes) and one.frame.startswith(b"JobId=")
    )
    assert isinstance(announced, bytes)
    words = dict(word.split(b"=", 1) for word in announced.split() if b"=" in word)
    assert job.job_id == int(words[b"JobId"])
    job.unique_name = words[b"job"].decode()
    site.catalog.jobs.update(job.job_id, job=job.unique_name)
    reply = next(one.frame for one in of_link(link) if not one.sent)
    assert isinstance(reply, bytes)
    site.storage.replies[b"JobId="] = [reply]


def run(site: Site, job: ActiveJob) -> None:
    run_job(job, site.context, lambda _: "")
    site.settle()


def full(site: Site) -> ActiveJob:
    site.clock = 1795371909.0
    job = site.job("mix")
    rename(site, job, "sd#1")
    play(site.storage, "sd#1", b"run")
    play(site.client, "fd#2", b"backup ")
    run(site, job)
    return job


def test_a_full_backup_says_what_was_recorded(site: Site) -> None:
    job = full(site)
    assert job.status is JobStatus.TERMINATED, site.log.text
    assert heard(site.client) == sent("fd#2")
    assert heard(site.storage) == sent("sd#1")


def forgetful(answers: list[bytes]) -> list[bytes]:
    """Without what was measured by the Storage Daemon of the recording."""
    return [answer.split(b" VolReadTime")[0] for answer in answers]


def test_requests_of_a_full_backup_are_answered_as_recorded(site: Site) -> None:
    full(site)
    assert forgetful(site.storage.answers) == forgetful(answered("sd#1"))


def test_files_and_pieces_of_a_full_backup_are_in_the_catalog(site: Site) -> None:
    job = full(site)
    files = list(site.catalog.chains.files([job.job_id]))
    assert [file.file_index for file in files if file.name == b"acl.txt"] == [10]
    assert len(files) == 12
    [piece] = site.catalog.job_media.of_job(job.job_id)
    assert (piece.first_index, piece.last_index) == (1, 12)
    assert (piece.start_block, piece.end_block) == (205, 921623)
    record = site.catalog.jobs.get(job.job_id)
    assert record is not None
    assert (record.job_files, record.job_bytes, record.read_bytes) == (12, 919154, 918943)
    assert (record.vol_session_id, record.vol_session_time) == (1, 1795371903)


def incremental(site: Site) -> ActiveJob:
    full(site)
    site.clock = 1795371926.0
    job = site.job("mix")
    rename(site, job, "sd#4")
    play(site.storage, "sd#4", b"run")
    play(site.client, "fd#5", b"backup ")
    site.client.heard.clear()
    site.storage.heard.clear()
    run(site, job)
    return job


def in_any_order(frames: list[Frame]) -> list[Frame]:
    """The accurate list comes in the order of the catalog: sort it."""
    at = next(at for at, frame in enumerate(frames) if frame == b"accurate files=12\n")
    end = frames.index(Signal.EOD, at)
    return [
        *frames[: at + 1],
        *sorted(map(bytes, map(as_bytes, frames[at + 1 : end]))),
        *frames[end:],
    ]


def as_bytes(frame: Frame) -> bytes:
    assert isinstance(frame, bytes)
    return frame


def test_an_accurate_incremental_says_what_was_recorded(site: Site) -> None:
    job = incremental(site)
    assert job.status is JobStatus.TERMINATED, site.log.text
    assert in_any_order(heard(site.client)) == in_any_order(sent("fd#5"))
    assert heard(site.storage) == sent("sd#4")


def test_levels_and_notes_of_an_incremental(site: Site) -> None:
    job = incremental(site)
    assert job.level is Level.INCREMENTAL
    assert job.level_note == ", since=2026-11-22 18:25:09"


def restore(site: Site) -> ActiveJob:
    incremental(site)
    site.catalog.jobs.create(
        job="3", name="x", type=JobType.VERIFY, level=Level.VERIFY_VOLUME, client_id=1, sched_time=1
    )
    site.catalog.jobs.create(
        job="4", name="x", type=JobType.VERIFY, level=Level.VERIFY_DISK, client_id=1, sched_time=1
    )
    site.clock = 1795371966.0
    bootstrap = site.directory / "restore.bsr"
    lines = [
        frame.decode()
        for frame in sent("sd#14")
        if isinstance(frame, bytes) and b"=" in frame and frame[:1].isupper()
    ]
    bootstrap.write_text("".join(lines[1:]))
    job = site.job("RecordedRestore", bootstrap=str(bootstrap))
    rename(site, job, "sd#14")
    site.storage.replies[b"use storage="] = [b"3000 OK use device device=FileStorage0001\n"]
    play(site.storage, "sd#14", b"run")
    site.client.replies[b"restore "] = [b"2000 OK restore\n", b"2000 OK storage end\n"]
    site.client.replies[b"endrestore"] = [
        b"2800 End Job TermCode=84 JobFiles=12 ReadBytes=918952 JobBytes=918952 Errors=0 "
        b"VSS=0 Encrypt=0\n",
        Signal.TERMINATE,
    ]
    site.client.heard.clear()
    site.storage.heard.clear()
    run(site, job)
    return job


def test_a_restore_says_what_was_recorded(site: Site) -> None:
    job = restore(site)
    assert job.status is JobStatus.TERMINATED, site.log.text
    assert heard(site.client) == sent("fd#15")
    expected = [
        frame.replace(b"job_name=RestoreFiles", b"job_name=RecordedRestore")
        if isinstance(frame, bytes)
        else frame
        for frame in sent("sd#14")
    ]
    assert heard(site.storage) == expected


def verify(site: Site, name: str, storage: str, client: str) -> ActiveJob:
    incremental(site)
    if name == "vdisk":
        site.catalog.jobs.create(
            job="3",
            name="x",
            type=JobType.VERIFY,
            level=Level.VERIFY_VOLUME,
            client_id=1,
            sched_time=1,
        )
    site.clock = 1795371929.0
    job = site.job(name)
    if storage:
        rename(site, job, storage)
        play(site.storage, storage, b"run")
        reply = [b"3000 OK use device device=FileStorage0001\n"]
        site.storage.replies[b"use storage="] = list[Item](reply)
    else:
        job.unique_name = "vdisk.2026-11-22_18.25.30_07"
    play(site.client, client, b"verify ")
    site.client.heard.clear()
    site.storage.heard.clear()
    run(site, job)
    return job


def test_a_verify_of_a_volume_says_what_was_recorded(site: Site) -> None:
    job = verify(site, "vvol", "sd#7", "fd#8")
    assert job.status is JobStatus.TERMINATED, site.log.text
    assert heard(site.client) == sent("fd#8")
    assert heard(site.storage) == sent("sd#7")
    assert "Verifying against JobId=2 Job=mix.2026-11-22_18.25.24_05\n" in site.log.text
    assert "  Files Expected:         1\n  Files Examined:         1\n" in site.log.text
    assert "Termination:            Verify OK\n" in site.log.text


def test_a_verify_of_the_disk_says_what_was_recorded(site: Site) -> None:
    job = verify(site, "vdisk", "", "fd#10")
    assert job.status is JobStatus.TERMINATED, site.log.text
    assert heard(site.client) == sent("fd#10")
    assert site.storage.heard == []
    assert job.totals.files == 12


def fill_up(site: Site, last: int) -> None:
    """Create jobs that do not matter, up to the number *last*."""
    made = 0
    while made < last:
        made = site.catalog.jobs.create(
            job=f"other.{made}",
            name="x",
            type=JobType.ADMIN,
            level=Level.NONE,
            client_id=1,
            sched_time=1,
        )


def virtual_full(site: Site) -> ActiveJob:
    incremental(site)
    fill_up(site, 6)
    site.clock = 1795371970.0
    job = site.job("mix", Level.DIFFERENTIAL)
    rename(site, job, "sd#17")
    play(site.storage, "sd#17", b"run")
    play(site.client, "fd#18", b"backup ")
    run(site, job)
    fill_up(site, 8)
    site.clock = 1795372020.0
    job = site.job("mix", Level.VIRTUAL_FULL, next_pool=site.config.pools["Bench"])
    rename(site, job, "sd#26")
    site.catalog.volumes.create("four", job.pool_id, "File", enabled=0)
    play(site.storage, "sd#26", b"run")
    both: list[Item] = [b"3000 OK use device device=X\n"]
    site.storage.replies[b"use storage="] = both
    site.client.heard.clear()
    site.storage.heard.clear()
    run(site, job)
    return job


def test_a_virtual_full_says_what_was_recorded(site: Site) -> None:
    job = virtual_full(site)
    assert job.status is JobStatus.TERMINATED, site.log.text
    assert site.client.heard == []
    assert heard(site.storage) == sent("sd#26")
    record = site.catalog.jobs.get(job.job_id)
    assert record is not None
    assert (record.level, record.job_status) == ("F", "T")
    assert (record.start_time, record.real_end_time) == (1795371970, 1795372020)
    assert len(list(site.catalog.chains.files([job.job_id]))) == record.job_files
    assert "Backup Level:           Virtual Full\n" in site.log.text
