"""Pruning keeps what a restore needs; purging leaves nothing behind."""

from barque.catalog import Catalog
from barque.catalog.retention import FILE_ROWS
from barque.domain.job import JobType
from barque.testing.catalog import DAY, make_job

NOW = 100 * DAY


def everything(_job: str, _file_set: str, _client: str) -> bool:
    return True


def nothing(_job: str, _file_set: str, _client: str) -> bool:
    return False


def prunable(catalog: Catalog, before: int, **names: str) -> list[int]:
    return list(catalog.retention.prunable_jobs(before * DAY, NOW, everything, **names))


def test_last_chain_is_kept_however_old(catalog: Catalog) -> None:
    for day, level in enumerate("FIFDI", start=1):
        make_job(catalog, level, day)
    assert prunable(catalog, 90) == [1, 2]
    assert prunable(catalog, 2) == [1]
    assert catalog.retention.prunable_jobs(90 * DAY, NOW, nothing) == [1, 2, 3, 4, 5]


def test_empty_jobs_of_the_chain_are_pruned(catalog: Catalog) -> None:
    make_job(catalog, "F", 1)
    make_job(catalog, "I", 2, files=0)
    assert prunable(catalog, 90) == [2]


def test_archives_are_kept(catalog: Catalog) -> None:
    make_job(catalog, "F", 1, job_type=JobType.ARCHIVE)
    make_job(catalog, "F", 2, status="f")
    assert prunable(catalog, 90) == [2]


def test_pruning_can_be_limited_to_a_client_and_a_pool(catalog: Catalog) -> None:
    for client in ("one", "two"):
        make_job(catalog, "F", 1, client=client)
        make_job(catalog, "F", 2, client=client)
    assert prunable(catalog, 90) == [1, 3]
    assert prunable(catalog, 90, client="two") == [3]
    assert prunable(catalog, 90, pool="Pool") == [1, 3]
    assert prunable(catalog, 90, pool="Other") == []


def test_newest_verify_init_is_kept(catalog: Catalog) -> None:
    for day in (1, 2):
        make_job(catalog, "V", day, job_type=JobType.VERIFY)
    assert prunable(catalog, 90) == [1]


def test_base_jobs_of_the_chain_are_kept(catalog: Catalog) -> None:
    make_job(catalog, "B", 1)
    make_job(catalog, "F", 2)
    catalog.store.run(
        "INSERT INTO basefiles (jobid, fileid, fileindex, basejobid) VALUES (2,1,1,1)"
    )
    assert prunable(catalog, 90) == []


def test_purged_files_are_prunable_once(catalog: Catalog) -> None:
    make_job(catalog, "F", 1)
    make_job(catalog, "F", 2)
    assert catalog.retention.prunable_files(90 * DAY) == [1, 2]
    catalog.retention.purge_files([1])
    assert catalog.retention.prunable_files(90 * DAY, client="one", pool="Pool") == [2]


def test_purged_job_takes_everything_with_it(catalog: Catalog) -> None:
    for job_id in (1, 2):
        make_job(catalog, "F", job_id)
        with catalog.attributes(job_id) as batch:
            for index in range(1, 6):
                batch.add(index, b"/", b"%d" % index, "A")
        catalog.log.add(job_id, 1, "text")
        catalog.statistics.add_job(0, 1, job_id, 1, 1)
        catalog.restore_objects.add(
            job_id,
            file_index=1,
            object_type=1,
            object_index=1,
            plugin_name="p",
            object_name="n",
            content=b"\0\xff",
            full_length=2,
        )
    catalog.bvfs.update([1, 2])
    catalog.retention.purge_jobs([1])
    for table in ("job", "file", "jobmedia", "log", "restoreobject", "pathvisibility", "jobstats"):
        rows = catalog.store.rows(f"SELECT DISTINCT jobid FROM {table}")
        assert rows == [(2,)], table


def test_many_files_are_deleted_in_steps(catalog: Catalog) -> None:
    make_job(catalog, "F", 1)
    with catalog.attributes(1) as batch:
        for index in range(FILE_ROWS + 1):
            batch.add(index + 1, b"/", b"%d" % index, "A")
    catalog.retention.purge_files([1])
    assert catalog.store.one("SELECT count(*) FROM file") == (0,)
    job = catalog.jobs.get(1)
    assert job is not None
    assert job.purged_files == 1


def copy_of(catalog: Catalog, original: int, day: int) -> tuple[int, int]:
    """Record a copy job: the worker and the copy it made."""
    worker = make_job(catalog, "F", day, job_type=JobType.COPY, volume="", client=f"w{day}")
    copy = make_job(catalog, "F", day, job_type=JobType.JOB_COPY)
    catalog.jobs.update(worker, prior_job_id=copy)
    catalog.jobs.update(copy, prior_job_id=original)
    return worker, copy


def test_oldest_copy_takes_the_place_of_a_purged_backup(catalog: Catalog) -> None:
    original = make_job(catalog, "F", 1)
    worker, first = copy_of(catalog, original, 2)
    other_worker, second = copy_of(catalog, original, 3)
    catalog.retention.purge_jobs([original])
    types = {job.job_id: job.type for job in catalog.jobs.get_many(range(1, 9))}
    assert types == {first: "B", other_worker: "c", second: "C"}
    assert worker not in types
    catalog.retention.purge_jobs([first])
    assert [(job.job_id, job.type) for job in catalog.jobs.get_many(range(1, 9))] == [(second, "B")]


def test_copy_that_goes_too_is_not_promoted(catalog: Catalog) -> None:
    original = make_job(catalog, "F", 1)
    _worker, first = copy_of(catalog, original, 2)
    _other, second = copy_of(catalog, original, 3)
    catalog.retention.purge_jobs([original, first])
    job = catalog.jobs.get(second)
    assert job is not None
    assert job.type == "B"


def test_expired_jobs_of_a_volume_and_their_workers(catalog: Catalog) -> None:
    original = make_job(catalog, "F", 1)
    worker, copy = copy_of(catalog, original, 2)
    young = make_job(catalog, "F", 99)
    volume = catalog.volumes.find("V")
    assert volume is not None
    catalog.volumes.update(volume.media_id, vol_retention=30 * DAY)
    volume = catalog.volumes.get(volume.media_id)
    assert volume is not None
    assert catalog.retention.expired_on(volume, NOW) == [original, copy, worker]
    assert young not in catalog.retention.expired_on(volume, NOW)
    catalog.volumes.update(volume.media_id, enabled=2)
    archived = catalog.volumes.get(volume.media_id)
    assert archived is not None
    assert catalog.retention.expired_on(archived, NOW) == []


def test_purged_volume_is_empty_and_moves_to_its_recycle_pool(catalog: Catalog) -> None:
    make_job(catalog, "F", 1)
    other = catalog.pools.ensure("Other", {"pool_type": "Backup"})
    volume = catalog.volumes.find("V")
    assert volume is not None
    catalog.volumes.update(volume.media_id, recycle_pool_id=other.pool_id)
    assert not catalog.retention.is_empty(volume.media_id)
    assert catalog.retention.purge_volume(volume.media_id) == 1
    assert catalog.retention.is_empty(volume.media_id)
    purged = catalog.volumes.get(volume.media_id)
    assert purged is not None
    assert (purged.vol_status, purged.pool_id) == ("Purged", other.pool_id)
    assert [pool.num_vols for pool in catalog.pools.all()] == [0, 1]


def test_directory_is_pruned_with_or_without_what_is_below(catalog: Catalog) -> None:
    make_job(catalog, "F", 1)
    make_job(catalog, "F", 2, client="two")
    paths = (b"/a/", b"/a/b/", b"/ab/", b"/A_/", b"/a%/")
    for job_id in (1, 2):
        with catalog.attributes(job_id) as batch:
            for path in paths:
                batch.add(1, path, b"file", "A")
    prune = catalog.retention.prune_directory
    assert prune(b"/a", recursive=False, client_id=2) == 1
    assert prune(b"/a/", recursive=True) == 3
    left = catalog.store.rows("SELECT path FROM path WHERE path LIKE '/a/%' ORDER BY path")
    assert [path for (path,) in left] == ["/a/", "/a/b/"]
    prune(b"/a/", recursive=True, with_paths=True)
    assert catalog.store.one("SELECT count(*) FROM path") == (3,)
    assert catalog.store.one("SELECT count(*) FROM file") == (6,)


def test_history_is_filled_once_and_pruned(catalog: Catalog) -> None:
    make_job(catalog, "F", 1)
    make_job(catalog, "F", 2, status="A")
    make_job(catalog, "F", 99)
    catalog.statistics.add_job(0, DAY, 1, 1, 1)
    catalog.statistics.add_device(
        1,
        DAY,
        read_time=1,
        write_time=1,
        read_bytes=1,
        write_bytes=1,
        spool_size=0,
        waiting=0,
        writers=1,
        media_id=1,
        volume_bytes=1,
        volume_files=1,
        volume_blocks=1,
    )
    catalog.statistics.add_tape_alert(1, DAY, 2**40)
    assert catalog.retention.fill_history(90 * DAY) == 2
    assert catalog.retention.fill_history(90 * DAY) == 0
    catalog.retention.prune_statistics(2 * DAY)
    assert catalog.store.rows("SELECT jobid FROM jobhisto") == [(2,)]
    for table, left in (("jobstats", 0), ("devicestats", 0), ("tapealerts", 1)):
        assert catalog.store.one(f"SELECT count(*) FROM {table}") == (left,)
