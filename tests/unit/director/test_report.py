import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.config.load import DirectorConfig, load_director
from barque.director.job_state import ActiveJob, Sources, Totals
from barque.director.report import (
    ADMIN_TERMINATIONS,
    BACKUP_TERMINATIONS,
    RESTORE_TERMINATIONS,
    VolumeSummary,
    admin_report,
    backup_report,
    commas,
    elapsed,
    human,
    restore_report,
    short_date,
    size_line,
    status_word,
    termination,
    verify_report,
)
from barque.director.services import DaemonIdentity
from barque.domain.ids import JobId
from barque.domain.job import JobStatus, JobType, Level
from barque.testing.clock import in_utc
from barque.testing.director_peers import MemoryLog

GOLDEN = Path(__file__).parents[2] / "golden"

IDENTITY = DaemonIdentity(
    "26.0.0~pre1298.eda204c31",
    "21 August 2026",
    "Debian GNU/Linux 12 (bookworm)",
    binary_info="Self-compiled: Get professional support from https://www.bareos.com",
)
STATUS = {words: status for status, words in BACKUP_TERMINATIONS.items()}
STATUS_OF_WORD = {"OK": JobStatus.TERMINATED, "Error": JobStatus.ERROR_TERMINATED, "": None}


@pytest.fixture(autouse=True)
def utc() -> Iterator[None]:
    with in_utc():
        yield


@pytest.fixture(scope="module")
def config() -> DirectorConfig:
    return load_director(GOLDEN / "config" / "etc")


class Recorded:
    """A recorded report, and the job that it is about."""

    def __init__(self, job_id: int) -> None:
        self.whole = (GOLDEN / "reports" / f"job{job_id:02}.txt").read_text()
        head, _, self.text = self.whole.partition(f"JobId {job_id}: ")
        self.director = head.split()[0]
        self.text = self.text.removeprefix("Error: ")
        self.values = dict(re.findall(r"^  ([^:]+): +(.*)$", self.text, re.MULTILINE))

    def number(self, label: str) -> int:
        return int(self.values[label].split(" ")[0].replace(",", ""))

    def at(self, label: str) -> float:
        return time.mktime(time.strptime(self.values[label], "%d-%b-%Y %H:%M:%S"))

    def source(self, label: str) -> tuple[str, str]:
        name, source = re.fullmatch(r'"(.*)" \(From (.*)\)', self.values[label]).groups()  # type: ignore[union-attr]
        return name, source

    def job(self, config: DirectorConfig) -> ActiveJob:
        name = self.values["Job"].split(".")[0]
        resource = config.jobs[name]
        return ActiveJob(
            job_id=JobId(int(self.values["JobId"])),
            unique_name=self.values["Job"],
            resource=resource,
            type=resource.type or JobType.BACKUP,
            level=Level.NONE,
            log=MemoryLog(),
            director=self.director,
            client=resource.client,
            fileset=resource.fileset,
            started_at=self.at("Start time"),
            ended_at=self.at("End time"),
            trigger=self.values["Job triggered by"],
            client_erase_command=None if "FD  Secure Erase Cmd" in self.values else "*None*",
            storage_erase_command=None if "SD  Secure Erase Cmd" in self.values else "*None*",
        )


def backup_of(recorded: Recorded, config: DirectorConfig) -> tuple[ActiveJob, VolumeSummary]:
    job = recorded.job(config)
    word, note = re.fullmatch(r"(\w+)(.*)", recorded.values["Backup Level"]).groups()  # type: ignore[union-attr]
    pool, pool_source = recorded.source("Pool")
    storage, storage_source = recorded.source("Storage")
    catalog, catalog_source = recorded.source("Catalog")
    job.level, job.level_note = Level[word.upper()], note
    job.pool, job.storage = config.pools[pool], config.storages[storage]
    job.catalog_resource = config.catalogs[catalog]
    job.sources = Sources(pool_source, storage_source, catalog_source)
    job.client_uname = recorded.values["Client"].split('" ', 1)[1]
    created = recorded.values["FileSet"].split('" ')[1]
    job.fileset_created = time.mktime(time.strptime(created, "%Y-%m-%d %H:%M:%S"))
    job.scheduled_at = recorded.at("Scheduled time")
    job.priority = recorded.number("Priority")
    job.accurate = recorded.values["Accurate"] == "yes"
    job.session_id = recorded.number("Volume Session Id")
    job.session_time = recorded.number("Volume Session Time")
    job.totals = Totals(
        files=recorded.number("FD Files Written"),
        bytes=recorded.number("FD Bytes Written"),
        read_bytes=recorded.number("FD Bytes Read"),
        storage_files=recorded.number("SD Files Written"),
        storage_bytes=recorded.number("SD Bytes Written"),
        errors=recorded.number("Non-fatal FD errors"),
    )
    job.client_status = STATUS_OF_WORD[recorded.values["FD termination status"]]
    job.storage_status = STATUS_OF_WORD[recorded.values["SD termination status"]]
    job.set_status(STATUS[recorded.values["Termination"]])
    names = recorded.values["Volume name(s)"]
    return job, VolumeSummary(names, recorded.number("Last Volume Bytes"))


@pytest.mark.parametrize("job_id", [1, 2, 3, 5, 8, 16])
def test_reports_of_backups_are_those_of_the_reference(config: DirectorConfig, job_id: int) -> None:
    recorded = Recorded(job_id)
    job, volumes = backup_of(recorded, config)
    assert backup_report(job, IDENTITY, volumes) == recorded.text


def test_a_failed_backup_is_reported_like_in_the_reference(config: DirectorConfig) -> None:
    """The client of this job has quotas, which the reference shows too."""
    recorded = Recorded(4)
    job, volumes = backup_of(recorded, config)
    lines = [line for line in recorded.text.split("\n") if "Quota" not in line]
    expected = [line for line in lines if "Grace" not in line]
    assert backup_report(job, IDENTITY, volumes).split("\n") == expected


def test_the_report_of_a_restore(config: DirectorConfig) -> None:
    recorded = Recorded(6)
    job = recorded.job(config)
    job.client_uname = recorded.values["Restore Client"].split('" ', 1)[1]
    job.client_status = job.storage_status = JobStatus.TERMINATED
    job.totals = Totals(files=31, expected_files=31, bytes=8998)
    job.set_status(JobStatus.TERMINATED)
    assert restore_report(job, IDENTITY) == recorded.text


def test_the_report_of_a_verify_of_a_volume(config: DirectorConfig) -> None:
    recorded = Recorded(7)
    job = recorded.job(config)
    job.level, job.verify_job = Level.VERIFY_VOLUME, config.jobs["backup-tree"]
    job.client_status = job.storage_status = JobStatus.TERMINATED
    job.totals = Totals(files=11, expected_files=11)
    job.set_status(JobStatus.TERMINATED)
    assert verify_report(job, IDENTITY) == recorded.text


def test_the_report_of_a_verify_without_a_volume(config: DirectorConfig) -> None:
    job = Recorded(7).job(config)
    job.level = Level.VERIFY_DISK
    job.set_status(JobStatus.DIFFERENCES)
    text = verify_report(job, IDENTITY)
    assert "  Build:                  Debian" in text
    assert "  Verify Level:           DiskToCatalog\n" in text
    assert "  Termination:            Verify Differences\n" in text
    assert "Expected" not in text
    assert "SD termination" not in text


def test_the_report_of_an_admin_job(config: DirectorConfig) -> None:
    recorded = Recorded(14)
    job = recorded.job(config)
    job.scheduled_at = recorded.at("Scheduled time")
    job.set_status(JobStatus.TERMINATED)
    assert admin_report(job, IDENTITY) == recorded.text


def test_the_erase_commands_are_shown_where_there_are_any(config: DirectorConfig) -> None:
    job, volumes = backup_of(Recorded(1), config)
    job.erase_command = job.client_erase_command = "/usr/bin/wipe"
    text = backup_report(job, IDENTITY, volumes)
    assert "  Dir Secure Erase Cmd:   /usr/bin/wipe\n" in text
    assert "  FD  Secure Erase Cmd:   /usr/bin/wipe\n" in text
    assert "SD  Secure" not in text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 secs"),
        (0, "0 secs"),
        (1, "1 sec"),
        (39, "39 secs"),
        (60, "1 min "),
        (120, "2 mins "),
        (121, "2 mins 1 sec"),
        (3600, "1 hour "),
        (90061, "1 day 1 hour 1 min 1 sec"),
        (31_536_000 + 2 * 2_592_000, "1 year 2 months "),
    ],
)
def test_elapsed(seconds: int, words: str) -> None:
    assert elapsed(seconds) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 (0 B)"),
        (999, "999 (999 B)"),
        (1313, "1,313 (1.313 KB)"),
        (12345, "12,345 (12.34 KB)"),
        (123456, "123,456 (123.4 KB)"),
        (1234567, "1,234,567 (1.234 MB)"),
        (10**9, "1,000,000,000 (1.000 GB)"),
        (10**21, "1,000,000,000,000,000,000,000 (1.000 ZB)"),
    ],
)
def test_sizes(number: int, words: str) -> None:
    assert size_line(number) == words
    assert commas(number) == words.split(" ", maxsplit=1)[0]
    assert human(number) in words


def test_the_date_without_its_month_in_full() -> None:
    assert short_date("1 August 2026") == "01Aug26"


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (None, ""),
        (JobStatus.TERMINATED, "OK"),
        (JobStatus.WARNINGS, "OK -- with warnings"),
        (JobStatus.NON_FATAL_ERROR, "Error"),
        (JobStatus.FATAL_ERROR, "Fatal Error"),
        (JobStatus.CANCELED, "Canceled"),
        (JobStatus.DIFFERENCES, "Differences"),
    ],
)
def test_words_of_statuses(status: JobStatus | None, word: str) -> None:
    assert status_word(status) == word


@pytest.mark.parametrize("words", [BACKUP_TERMINATIONS, RESTORE_TERMINATIONS, ADMIN_TERMINATIONS])
def test_an_end_without_words_shows_its_letter(words: dict[JobStatus, str]) -> None:
    assert termination(words, JobStatus.RUNNING) == "Inappropriate term code: R"


def test_the_rate_of_a_job_that_took_no_time(config: DirectorConfig) -> None:
    job, volumes = backup_of(Recorded(1), config)
    job.ended_at = job.started_at
    assert "  Rate:                   0.0 KB/s\n" in backup_report(job, IDENTITY, volumes)


def test_no_compression_where_the_sizes_are_equal(config: DirectorConfig) -> None:
    job, volumes = backup_of(Recorded(1), config)
    job.totals.bytes = job.totals.read_bytes
    assert "  Software Compression:   None\n" in backup_report(job, IDENTITY, volumes)
