"""Copy and migration jobs find their candidates; verifies find the files they compare."""

import pytest

from barque.catalog import Catalog
from barque.domain.job import JobType
from barque.testing.catalog import DAY, make_job


@pytest.fixture
def pool_of_jobs(catalog: Catalog) -> Catalog:
    """Four jobs on the volumes A (1, 2), B (3) and C (4, still written); 2 failed."""
    make_job(catalog, "F", 3, volume="A")
    make_job(catalog, "I", 2, volume="A", status="f")
    make_job(catalog, "F", 1, volume="B", client="two")
    make_job(catalog, "F", 4, volume="C")
    for job_id in (1, 3, 4):
        catalog.jobs.update(job_id, job_bytes=100 * job_id)
    for name, written, size in (("A", 5, 900), ("B", 6, 100)):
        volume = catalog.volumes.find(name)
        assert volume is not None
        catalog.volumes.update(
            volume.media_id, vol_status="Full", last_written=written * DAY, vol_bytes=size
        )
    return catalog


def test_names_to_choose_from(pool_of_jobs: Catalog) -> None:
    migration = pool_of_jobs.migration
    assert migration.job_names(1) == ["job"]
    assert migration.client_names(1) == ["one", "two"]
    assert migration.volume_names(1) == ["A", "B"]
    assert migration.job_names(2) == []


def test_jobs_by_name_client_and_volume(pool_of_jobs: Catalog) -> None:
    migration = pool_of_jobs.migration
    assert migration.jobs_of_name(1, "job") == [3, 2, 1, 4]
    assert migration.jobs_of_client(1, "one") == [1, 4]
    assert migration.jobs_on_volumes([1, 2]) == [3, 1]
    assert migration.jobs_on_volumes([]) == []


def test_volumes_by_size_and_age(pool_of_jobs: Catalog) -> None:
    migration = pool_of_jobs.migration
    assert migration.smallest_volume(1) == 2
    assert migration.oldest_volume(1) == 1
    assert migration.volumes_by_age(1) == [1, 2]
    assert migration.smallest_volume(9) is None


def test_occupancy_and_age_of_jobs(pool_of_jobs: Catalog) -> None:
    migration = pool_of_jobs.migration
    assert migration.occupancy(1) == 800
    assert migration.bytes_of([1, 3]) == 400
    assert migration.jobs_before(1, 3 * DAY) == [3]
    assert migration.jobs_before(1, 30 * DAY) == [3, 1]
    assert migration.occupancy(9) == 0


def test_uncopied_jobs_have_data_and_no_copy(pool_of_jobs: Catalog) -> None:
    assert pool_of_jobs.migration.uncopied_jobs(1) == [3, 1, 4]
    copy = make_job(pool_of_jobs, "F", 5, job_type=JobType.JOB_COPY)
    pool_of_jobs.jobs.update(copy, prior_job_id=1)
    assert pool_of_jobs.migration.uncopied_jobs(1) == [3, 4]


def test_verify_finds_and_marks_files(catalog: Catalog) -> None:
    make_job(catalog, "F", 1)
    with catalog.attributes(1) as batch:
        batch.add(1, b"/a/", b"\xff", "A B", "digest")
        batch.add(2, b"/a/", b"", "C")
        batch.add(3, b"/a/", b"", "D")
        batch.add(0, b"/a/", b"gone", "E")
    saved = catalog.saved_files
    found = saved.find(1, b"/a/", b"\xff")
    assert found is not None
    assert (found.lstat, found.digest) == ("A B", "digest")
    assert saved.find(1, b"/a/", b"nosuch") is None
    assert saved.find(2, b"/a/", b"\xff") is None
    twice = [saved.find(1, b"/a/", b"", file_index=index) for index in (0, 3)]
    assert [one.lstat for one in twice if one] == ["C", "D"]
    saved.mark([found.file_id], 9)
    assert list(saved.unmarked(1, 9)) == [b"/a/", b"/a/"]


def test_newest_version_of_a_client_is_found(catalog: Catalog) -> None:
    for day in (1, 2):
        make_job(catalog, "F", day)
        with catalog.attributes(day) as batch:
            batch.add(1, b"/", b"file", f"{day}")
    newest = catalog.saved_files.find_newest(1, b"/", b"file", 10 * DAY)
    first = catalog.saved_files.find_newest(1, b"/", b"file", DAY)
    assert [found.lstat for found in (newest, first) if found] == ["2", "1"]
    assert catalog.saved_files.find_newest(1, b"/", b"file", DAY - 1) is None
    assert catalog.saved_files.find_newest(2, b"/", b"file", DAY) is None


def test_virtual_backup_takes_over_what_was_deleted(catalog: Catalog) -> None:
    with catalog.attributes(1) as first:
        first.add(1, b"/", b"back", "1")
        first.add(2, b"/", b"gone", "1")
    with catalog.attributes(2) as second:
        second.add(0, b"/", b"back", "2")
        second.add(0, b"/", b"gone", "2", "digest")
    with catalog.attributes(3) as third:
        third.add(1, b"/", b"back", "3")
    assert catalog.saved_files.copy_deleted([1, 2, 3], 7) == 1
    rows = catalog.store.rows("SELECT fileindex, name, lstat, md5 FROM file WHERE jobid = 7")
    assert rows == [(0, "gone", "2", "digest")]
