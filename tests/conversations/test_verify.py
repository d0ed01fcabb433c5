"""Verify jobs of all levels: what differs is told, file by file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.director.job_runner import run_job
from barque.director.job_state import ActiveJob
from barque.director.jobs import both_ends
from barque.domain.ids import JobId
from barque.domain.job import JobStatus, Level
from barque.testing.director_peers import HANG_UP, SILENCE, Item, Raw, Site, open_site
from barque.wire.framing import Signal

EXTRA = """
JobDefs { Name = Check; Type = Verify; JobDefs = Default; JobToVerify = small; Level = Catalog; }
Job { Name = init; JobDefs = Check; Level = InitCatalog; }
Job { Name = catalog; JobDefs = Check; Level = Catalog; }
Job { Name = volume; JobDefs = Check; Level = VolumeToCatalog; }
Job { Name = disk; JobDefs = Check; Level = DiskToCatalog; }
Job { Name = data; JobDefs = Check; Level = Data; }
Job { Name = any; Type = Verify; JobDefs = Default; Level = DiskToCatalog; }
"""

LSTAT = "P4A JEjo IGk B A A A D BAA I BrAy9v BrAy9u BrAy9u A A C"
OTHER = "P4A JEjo IGk B A A A E BAA I BrAy9v BrAy9u BrAy9u A A C"
DIGEST = "eHh4eHh4eHh4eHh4eHh4eA"

END = b"2800 End Job TermCode=84 JobFiles=%d ReadBytes=0 JobBytes=0 Errors=0 VSS=0 Encrypt=0\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(both_ends, "GRACE", 0.5)
    with open_site(tmp_path, EXTRA) as opened:
        yield opened


def backup(site: Site) -> JobId:
    """Record a backup of /srv/a and /srv/b in one piece on a Volume."""
    job = site.job("small", Level.FULL)
    run_job(job, site.context, lambda _: "")
    with site.catalog.attributes(job.job_id) as batch:
        batch.add(1, b"/srv/", b"a", LSTAT, DIGEST)
        batch.add(2, b"/srv/", b"b", LSTAT, DIGEST)
        batch.add(0, b"/srv/", b"gone", LSTAT, "0")
    site.catalog.jobs.update(job.job_id, job_files=2)
    media_id = site.catalog.volumes.create("V", job.pool_id, "File", enabled=1)
    site.catalog.job_media.create(
        job.job_id,
        media_id,
        first_index=1,
        last_index=2,
        start_file=0,
        end_file=0,
        start_block=200,
        end_block=900,
    )
    site.clock += 10
    return job.job_id


def frame(index: int, name: bytes, lstat: str = LSTAT, options: bytes = b"pins5") -> bytes:
    return b"%d 1 %s /srv/%s\0%s\0\0" % (index, options, name, lstat.encode())


def digest(index: int, value: str = DIGEST) -> bytes:
    return f"{index} 3 {value} *MD5-{index}*".encode()


def check(site: Site, name: str, *frames: bytes, files: int = 2, **request: object) -> ActiveJob:
    items: list[Item] = [b"2000 OK verify\n", *frames, Signal.EOD, END % files, Signal.TERMINATE]
    site.client.replies[b"verify "] = items
    job = site.job(name, **request)  # type: ignore[arg-type]  # fields of RunRequest
    run_job(job, site.context, lambda _: "")
    site.settle()
    return job


SAME = (frame(1, b"a"), digest(1), frame(2, b"b"), digest(2))


@pytest.mark.parametrize("name", ["volume", "disk"])
def test_nothing_differs(site: Site, name: str) -> None:
    prior = backup(site)
    job = check(site, name, *SAME)
    assert job.status is JobStatus.TERMINATED, site.log.text
    assert job.verified_job_id == prior
    assert "Verify OK" in site.log.text
    record = site.catalog.jobs.get(job.job_id)
    assert record is not None
    assert (record.job_status, record.job_files, record.pool_id) == ("T", 2, 0)


def test_a_catalog_is_initialised_and_compared_with(site: Site) -> None:
    first = check(site, "init", *SAME)
    assert first.status is JobStatus.TERMINATED, site.log.text
    assert [file.digest for file in site.catalog.chains.files([first.job_id])] == [DIGEST, DIGEST]
    site.clock += 10
    site.catalog.jobs.update(first.job_id, name="catalog")
    second = check(site, "catalog", *SAME)
    assert second.status is JobStatus.TERMINATED, site.log.text
    assert f"Verifying against JobId={first.job_id} " in site.log.text
    assert site.storage.connections == 0


DIFFERENT = (
    frame(1, b"a", OTHER),
    digest(1, "b3RoZXI"),
    frame(2, b"new"),
)


@pytest.mark.parametrize(("name", "where"), [("volume", "the Volume(s)"), ("disk", "disk")])
def test_what_differs_is_told(site: Site, name: str, where: str) -> None:
    backup(site)
    job = check(site, name, *DIFFERENT)
    assert job.status is JobStatus.DIFFERENCES, site.log.text
    text = site.log.text.replace(f"bareos-dir JobId {job.job_id}: ", "")
    assert (
        "File: /srv/a\n"
        "      st_size  differ. Cat: 3 File: 4\n"
        f"      MD5 differs. File=b3RoZXI Cat={DIGEST}\n"
        "New file: /srv/new\n"
        f"Warning: The following files are in the Catalog but not on {where}:\n"
        "      /srv/b\n"
    ) in text
    assert "Verify Differences" in text


def test_only_what_is_asked_for_is_compared(site: Site) -> None:
    backup(site)
    job = check(
        site,
        "disk",
        frame(1, b"a", OTHER, b"Vpin"),
        digest(1, "b3RoZXI"),
        frame(2, b"b"),
    )
    assert job.status is JobStatus.TERMINATED, site.log.text


def test_on_a_volume_each_version_has_its_index(site: Site) -> None:
    backup(site)
    job = check(site, "volume", frame(2, b"a"), frame(1, b"b"))
    assert job.status is JobStatus.DIFFERENCES
    assert "New file: /srv/a\n" in site.log.text


def test_a_deleted_file_on_a_volume_is_no_difference(site: Site) -> None:
    backup(site)
    assert check(site, "volume", *SAME, frame(0, b"gone")).status is JobStatus.TERMINATED


def test_a_volume_with_too_few_files_is_an_error(site: Site) -> None:
    backup(site)
    job = check(site, "volume", *SAME, files=1)
    assert job.status is JobStatus.ERROR_TERMINATED
    assert "*** Verify Error ***" in site.log.text


def test_a_backup_without_files_needs_no_daemon(site: Site) -> None:
    prior = backup(site)
    site.catalog.jobs.update(prior, job_files=0)
    before = site.storage.connections
    assert check(site, "volume").status is JobStatus.TERMINATED
    assert site.storage.connections == before


def test_the_job_may_be_named(site: Site) -> None:
    first = backup(site)
    later = site.job("small", Level.FULL)
    run_job(later, site.context, lambda _: "")
    job = check(site, "disk", *SAME, source_jobs=(first,))
    assert job.verified_job_id == first


def test_without_a_job_to_verify_the_last_backup_of_the_client_counts(site: Site) -> None:
    prior = backup(site)
    assert check(site, "any", *SAME).verified_job_id == prior


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("catalog", "Unable to find JobId of previous InitCatalog Job.\n"),
        ("volume", "Unable to find JobId of previous Job for this client.\n"),
        ("any", "Unable to find JobId of previous Job for this client.\n"),
        ("data", "Verify jobs of level A are not implemented\n"),
    ],
)
def test_nothing_to_compare_with(site: Site, name: str, told: str) -> None:
    job = check(site, name)
    assert job.status is JobStatus.FATAL_ERROR
    assert told in site.log.text


def test_a_job_that_failed_is_nothing_to_compare_with(site: Site) -> None:
    prior = backup(site)
    site.catalog.jobs.update(prior, job_status="E")
    job = check(site, "disk", source_jobs=(prior,))
    assert "did not Terminate normally. JobStatus=E\n" in site.log.text
    assert job.status is JobStatus.FATAL_ERROR


FAILURES: dict[str, list[Item]] = {
    "dies": [HANG_UP],
    "leaves": [Signal.TERMINATE],
    "refuses": [b"2999 Invalid command\n"],
    "dies in the middle": [b"2000 OK verify\n", SAME[0], HANG_UP],
    "leaves in the middle": [b"2000 OK verify\n", SAME[0], Signal.TERMINATE],
    "sends nonsense": [b"2000 OK verify\n", b"1 nonsense"],
    "sends no frames": [b"2000 OK verify\n", Raw(b"\x7f\xff\xff\xff")],
    "sends a digest of nothing": [b"2000 OK verify\n", digest(1)],
    "sends a status of nothing": [b"2000 OK verify\n", frame(1, b"a", "!!")],
}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("name", ["volume", "disk"])
def test_the_file_daemon_fails(site: Site, name: str, failure: str) -> None:
    backup(site)
    site.client.replies[b"verify "] = FAILURES[failure]
    job = site.job(name)
    run_job(job, site.context, lambda _: "")
    site.settle()
    assert job.status is JobStatus.FATAL_ERROR, site.log.text
    assert "*** Verify Error ***" in site.log.text
    assert "Traceback" not in site.log.text


@pytest.mark.parametrize("step", [b"JobId=", b"bootstrap", b"use storage=", b"run"])
def test_the_storage_daemon_fails(site: Site, step: bytes) -> None:
    backup(site)
    site.storage.replies[step] = [HANG_UP]
    site.client.replies[b"verify "] = [b"2000 OK verify\n", SILENCE]
    job = site.job("volume")
    run_job(job, site.context, lambda _: "")
    site.settle()
    assert job.status is JobStatus.FATAL_ERROR, site.log.text


def test_an_end_without_the_list(site: Site) -> None:
    backup(site)
    site.client.replies[b"verify "] = [
        b"2000 OK verify\n",
        END.replace(b"84", b"69") % 0,
        Signal.TERMINATE,
    ]
    job = site.job("disk")
    run_job(job, site.context, lambda _: "")
    site.settle()
    assert job.status is JobStatus.ERROR_TERMINATED


def test_a_passive_client_is_called_for_a_volume(site: Site) -> None:
    backup(site)
    site.config.clients["bareos-fd"].__dict__["passive"] = True
    assert check(site, "volume", *SAME).status is JobStatus.TERMINATED, site.log.text
    assert b"passive client address=127.0.0.1 port=9632 ssl=0\n" in site.storage.commands
    assert not any(command.startswith(b"storage ") for command in site.client.commands[-3:])


def test_the_bootstrap_file_goes_again(site: Site) -> None:
    backup(site)
    check(site, "volume", *SAME)
    assert "Bootstrap records written to " in site.log.text
    assert not list(site.directory.glob("*.bsr"))
