from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.director.file_batch import (
    PROGRESS_AGE,
    PROGRESS_FILES,
    CountingBatch,
    keep_restore_object,
    size_of,
)
from barque.errors import RemoteProtocolError
from barque.testing.director_peers import Site, open_site

LSTAT = "P4A JEjo IGk B A A A EnN BAA o BrAy9v BrAy9u BrAy9u A A C"
"""st_size is 18893."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path) as opened:
        yield opened


def test_the_size_is_found_in_the_status() -> None:
    assert size_of(LSTAT) == 18893


@pytest.mark.parametrize("lstat", ["", "A A", "A A A A A A A !! A"])
def test_an_unreadable_status_has_no_size(lstat: str) -> None:
    assert size_of(lstat) == 0


def test_files_and_bytes_of_a_running_job_are_counted(site: Site) -> None:
    job = site.job()
    batch = CountingBatch(job, site.context)
    batch.add(1, b"/srv/", b"", LSTAT, "0", 0)
    batch.add(2, b"/srv/", b"a", LSTAT, "0", 0)
    batch.add(0, b"/srv/", b"gone", LSTAT, "0", 0)
    assert (job.totals.seen_files, job.totals.seen_bytes) == (2, 18893)


def test_the_catalog_is_told_every_few_seconds(site: Site) -> None:
    job = site.job()
    batch = CountingBatch(job, site.context)
    for index in range(1, PROGRESS_FILES + 1):
        batch.add(index, b"/srv/", b"a", LSTAT, "0", 0)
    assert told(site, job.job_id) == (0, 0)
    site.clock += PROGRESS_AGE
    for index in range(PROGRESS_FILES + 1, 2 * PROGRESS_FILES + 1):
        batch.add(index, b"/srv/", b"a", LSTAT, "0", 0)
    assert told(site, job.job_id) == (2 * PROGRESS_FILES, 2 * PROGRESS_FILES * 18893)


def told(site: Site, job_id: int) -> tuple[int, int]:
    record = site.catalog.jobs.get(job_id)
    assert record is not None
    return record.job_files, record.job_bytes


def test_the_end_is_told_in_the_log(site: Site) -> None:
    job = site.job()
    batch = CountingBatch(job, site.context)
    batch.add(1, b"/srv/", b"a", LSTAT, "0", 0)
    batch.finish()
    assert "Insert of attributes batch table with 1 entries start\n" in site.log.text
    assert "Insert of attributes batch table done\n" in site.log.text
    assert [file.name for file in site.catalog.chains.files([job.job_id])] == [b"a"]


def test_a_job_without_files_says_nothing(site: Site) -> None:
    CountingBatch(site.job(), site.context).finish()
    assert "Insert" not in site.log.text


OBJECT = b"3 25 1 5 10 0 python\0job_metadata.xml\0hello\0"


def test_a_restore_object_is_kept_as_it_came(site: Site) -> None:
    job = site.job()
    keep_restore_object(site.catalog, job.job_id, 3, OBJECT)
    [kept] = site.catalog.restore_objects.of_jobs([job.job_id], 25)
    assert kept.restore_object == b"hello"
    assert (kept.plugin_name, kept.object_name) == ("python", "job_metadata.xml")
    assert (kept.object_length, kept.object_full_length, kept.file_index) == (5, 10, 3)


@pytest.mark.parametrize("end", range(len(OBJECT) - 6))
def test_a_restore_object_that_is_cut_is_the_peers_fault(site: Site, end: int) -> None:
    with pytest.raises(RemoteProtocolError):
        keep_restore_object(site.catalog, 1, 3, OBJECT[:end])


@pytest.mark.parametrize("record", [OBJECT.replace(b" 5 ", b" -5 "), b"a b c d e f g"])
def test_a_restore_object_with_wrong_numbers_is_the_peers_fault(site: Site, record: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        keep_restore_object(site.catalog, 1, 3, record)
