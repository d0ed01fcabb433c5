"""Records of jobs, clients, FileSets, storages, pools, volumes, logs, counters and quotas."""

import pytest

from barque.catalog import Catalog, JobEnd, JobKey, JobStart
from barque.domain.ids import ClientId, FileSetId, PoolId
from barque.domain.job import JobType, Level
from barque.errors import CatalogError, ConflictError
from barque.testing.catalog import DAY, make_job

LEVELS = ("F", "D", "I")


def new_volume(catalog: Catalog, name: str, **fields: object) -> int:
    pool = catalog.pools.ensure("Pool", {"pool_type": "Backup"})
    return catalog.volumes.create(name, pool.pool_id, "File", recycle=1, **fields)


# -- clients, FileSets, storages, pools ----------------------------------------------------------


def test_client_is_made_once_and_follows_its_resource(catalog: Catalog) -> None:
    first = catalog.clients.ensure("fd", auto_prune=False, file_retention=1, job_retention=2)
    catalog.clients.set_uname(first.client_id, "version, system")
    second = catalog.clients.ensure("fd", auto_prune=True, file_retention=3, job_retention=4)
    assert (second.client_id, second.uname) == (first.client_id, "version, system")
    assert (second.auto_prune, second.file_retention, second.job_retention) == (1, 3, 4)
    assert catalog.clients.all() == [second]
    assert catalog.clients.get(first.client_id) == second
    assert catalog.clients.find("nosuch") is None
    assert catalog.clients.get(99) is None


def test_changed_fileset_is_a_new_version(catalog: Catalog) -> None:
    first = catalog.file_sets.ensure("Set", "aaa", "text", 1000)
    again = catalog.file_sets.ensure("Set", "aaa", "other text", 2000)
    assert (again.file_set_id, again.create_time) == (first.file_set_id, 1000)
    assert again.file_set_text == "other text"
    changed = catalog.file_sets.ensure("Set", "bbb", "text", 3000)
    assert changed.file_set_id != first.file_set_id
    assert [record.md5 for record in catalog.file_sets.find("Set")] == ["bbb", "aaa"]
    assert catalog.file_sets.get(first.file_set_id) == again


def test_filesets_of_a_client(catalog: Catalog) -> None:
    make_job(catalog, "F", 1, file_set="B")
    make_job(catalog, "F", 2, file_set="A", md5="1")
    make_job(catalog, "F", 3, file_set="A", md5="2")
    make_job(catalog, "F", 4, file_set="C", client="two")
    assert catalog.file_sets.of_client(1) == ["A", "B"]
    newest = catalog.file_sets.newest_of_client(1)
    assert [(record.file_set, record.md5) for record in newest] == [("B", "a"), ("A", "2")]


def test_storage_and_media_type_are_made_once(catalog: Catalog) -> None:
    first = catalog.storages.ensure("File", auto_changer=False)
    assert catalog.storages.ensure("File", auto_changer=False) == first
    changed = catalog.storages.ensure("File", auto_changer=True)
    assert (changed.storage_id, changed.auto_changer) == (first.storage_id, 1)
    assert catalog.storages.get(first.storage_id) == changed
    kind = catalog.storages.ensure_media_type("LTO-9")
    assert catalog.storages.ensure_media_type("LTO-9") == kind
    assert catalog.storages.media_types() == [kind]
    catalog.storages.delete(first.storage_id)
    assert catalog.storages.all() == []


def test_pool_is_made_once_and_follows_its_resource(catalog: Catalog) -> None:
    first = catalog.pools.ensure("Full", {"pool_type": "Backup", "max_vols": 3})
    assert (first.label_format, first.enabled, first.num_vols) == ("*", 1, 0)
    second = catalog.pools.ensure("Full", {"max_vols": 0, "next_pool_id": first.pool_id})
    assert (second.pool_id, second.max_vols, second.pool_type) == (first.pool_id, 0, "Backup")
    with pytest.raises(ConflictError, match="Full"):
        catalog.pools.create("Full", {"pool_type": "Backup"})
    catalog.pools.update(first.pool_id, recycle=True)
    found = catalog.pools.get(first.pool_id)
    assert found is not None
    assert found.recycle == 1
    catalog.pools.delete(first.pool_id)
    assert catalog.pools.all() == []


def test_unknown_field_and_wrong_value_are_refused(catalog: Catalog) -> None:
    pool = catalog.pools.ensure("Full", {"pool_type": "Backup"})
    with pytest.raises(CatalogError, match="nosuch"):
        catalog.pools.update(pool.pool_id, nosuch=1)
    with pytest.raises(CatalogError, match="hold"):
        catalog.pools.update(pool.pool_id, recycle=[1])
    with pytest.raises(ConflictError):
        catalog.pools.update(pool.pool_id, pool_type="Bucket")


# -- jobs ----------------------------------------------------------------------------------------


def test_life_of_a_job(catalog: Catalog) -> None:
    job_id = catalog.jobs.create(
        job="a.2026-11-22_18.00.00_03",
        name="a",
        type=JobType.BACKUP,
        level=Level.INCREMENTAL,
        client_id=ClientId(7),
        sched_time=1000,
        comment="why",
    )
    waiting = catalog.jobs.get(job_id)
    assert waiting is not None
    assert (waiting.job_status, waiting.sched_time, waiting.start_time) == ("C", 1000, 0)
    assert (waiting.job_tdate, waiting.comment) == (1000, "why")

    start = JobStart("F", 2000, ClientId(7), PoolId(5), FileSetId(6), 3, 4)
    catalog.jobs.start(job_id, start)
    catalog.jobs.update(job_id, job_files=1, job_bytes=2)
    running = catalog.jobs.find("a.2026-11-22_18.00.00_03")
    assert running is not None
    assert (running.job_status, running.level, running.start_time) == ("R", "F", 2000)
    assert (running.job_tdate, running.job_bytes, running.vol_session_id) == (2000, 2, 3)

    end = JobEnd("W", "F", 3000, 3001, ClientId(7), PoolId(5), FileSetId(6), 10, 2**40)
    catalog.jobs.end(job_id, end)
    (ended,) = catalog.jobs.get_many([job_id, 99])
    assert (ended.job_status, ended.end_time, ended.real_end_time) == ("W", 3000, 3001)
    assert (ended.job_tdate, ended.job_files, ended.job_bytes) == (3001, 10, 2**40)
    assert catalog.jobs.ids_of_name("a") == [job_id]
    assert catalog.jobs.get_many([]) == []


def test_predecessor_has_the_same_key_and_ended_well(catalog: Catalog) -> None:
    make_job(catalog, "F", 1)
    make_job(catalog, "I", 2)
    make_job(catalog, "F", 3, client="two")
    make_job(catalog, "F", 4, md5="b")
    make_job(catalog, "F", 5, status="f")
    make_job(catalog, "F", 6, job_type=JobType.JOB_COPY)
    key = JobKey("job", ClientId(1), FileSetId(1))
    full = catalog.jobs.last_backup(key, ["F"])
    newest = catalog.jobs.last_backup(key, LEVELS)
    assert [record.job_id for record in (full, newest) if record] == [1, 2]
    assert catalog.jobs.last_backup(key, ["D"]) is None
    failed = catalog.jobs.last_failed_backup(key, ["F", "D"], 2 * DAY)
    assert failed is not None
    assert failed.job_id == 5
    assert catalog.jobs.last_failed_backup(key, ["F", "D"], 5 * DAY) is None


def test_last_jobs_for_verifies(catalog: Catalog) -> None:
    make_job(catalog, "V", 1, job_type=JobType.VERIFY)
    make_job(catalog, "F", 2)
    make_job(catalog, "F", 3, client="two")
    init = catalog.jobs.last_verify_init("job", 1)
    named = catalog.jobs.last_backup_named("job")
    of_client = catalog.jobs.last_backup_of_client(1)
    assert [record.job_id for record in (init, named, of_client) if record] == [1, 3, 2]
    assert catalog.jobs.last_verify_init("job", 2) is None


def test_last_start_counts_running_and_good_jobs(catalog: Catalog) -> None:
    make_job(catalog, "F", 1)
    make_job(catalog, "F", 2, status="R")
    make_job(catalog, "F", 3, status="f")
    assert catalog.jobs.last_start("job", 1) == 2 * DAY
    assert catalog.jobs.last_start("job", 9) == 0


def test_a_job_is_known_by_the_moment_that_its_schedule_named(catalog: Catalog) -> None:
    make_job(catalog, "F", 2)
    record = catalog.jobs.get(1)
    assert record is not None
    assert catalog.jobs.was_scheduled("job", record.sched_time)
    assert not catalog.jobs.was_scheduled("job", record.sched_time + 1)
    assert not catalog.jobs.was_scheduled("other", record.sched_time)


def test_jobs_of_an_earlier_run_are_ended(catalog: Catalog) -> None:
    make_job(catalog, "F", 1, status="R")
    make_job(catalog, "F", 2, status="C")
    make_job(catalog, "F", 3)
    catalog.jobs.update(2, start_time=0, sched_time=2 * DAY)
    assert catalog.jobs.end_unfinished() == 2
    running, waiting, good = catalog.jobs.get_many([1, 2, 3])
    assert (running.job_status, running.end_time) == ("f", DAY)
    assert (waiting.job_status, waiting.start_time, waiting.end_time) == ("f", 2 * DAY, 2 * DAY)
    assert good.job_status == "T"


# -- volumes -------------------------------------------------------------------------------------


def test_volume_counts_for_its_pool(catalog: Catalog) -> None:
    media_id = new_volume(catalog, "V1")
    other = catalog.pools.ensure("Other", {"pool_type": "Scratch"})
    with pytest.raises(ConflictError, match="V1"):
        new_volume(catalog, "V1")
    assert sorted((pool.pool_id, pool.num_vols) for pool in catalog.pools.all()) == [(1, 1), (2, 0)]
    catalog.volumes.update(media_id, pool_id=other.pool_id)
    assert sorted((pool.pool_id, pool.num_vols) for pool in catalog.pools.all()) == [(1, 0), (2, 1)]
    assert [volume.media_id for volume in catalog.volumes.in_pool(other.pool_id)] == [media_id]
    assert catalog.volumes.highest_id() == media_id
    catalog.volumes.delete(media_id)
    catalog.volumes.delete(media_id)
    assert catalog.volumes.all() == []
    assert catalog.volumes.highest_id() == 0


def test_append_takes_the_most_recently_written(catalog: Catalog) -> None:
    for name, written in (("new", 0), ("old", 1), ("recent", 2)):
        new_volume(catalog, name, last_written=written * DAY)
    new_volume(catalog, "off", enabled=0, last_written=9 * DAY)
    found = catalog.volumes.candidates(1, "File", "Append")
    assert [volume.volume_name for volume in found] == ["recent", "old", "new"]
    assert catalog.volumes.candidates(1, "Tape", "Append") == []
    assert catalog.volumes.candidates(2, "File", "Append") == []


def test_recycling_takes_the_oldest(catalog: Catalog) -> None:
    for name, written in (("never", 0), ("recent", 2), ("old", 1)):
        new_volume(catalog, name, vol_status="Purged", last_written=written * DAY)
    kept = new_volume(catalog, "kept", vol_status="Purged")
    catalog.volumes.update(kept, recycle=0)
    found = catalog.volumes.candidates(1, "File", "Purged")
    assert [volume.volume_name for volume in found] == ["old", "recent", "never"]


def test_autochanger_restricts_the_choice(catalog: Catalog) -> None:
    inside, outside = new_volume(catalog, "in"), new_volume(catalog, "out")
    catalog.volumes.place(outside, 7, 3)
    catalog.volumes.place(inside, 7, 3)
    found = catalog.volumes.candidates(1, "File", "Append", changer_storage_id=7)
    assert [volume.volume_name for volume in found] == ["in"]
    in_slot = catalog.volumes.in_slot(7, 3)
    assert in_slot is not None
    assert in_slot.volume_name == "in"
    assert catalog.volumes.in_slot(7, 4) is None


def test_oldest_and_prunable_volumes(catalog: Catalog) -> None:
    for name, status, written in (
        ("used", "Used", 2),
        ("full", "Full", 1),
        ("append", "Append", 3),
        ("error", "Error", 1),
    ):
        new_volume(catalog, name, vol_status=status, last_written=written * DAY)
    new_volume(catalog, "archived", vol_status="Full", enabled=2)
    oldest = catalog.volumes.oldest(1, "File")
    assert [volume.volume_name for volume in oldest] == ["full", "used", "append"]
    other = catalog.pools.ensure("Other", {"pool_type": "Backup"})
    back = catalog.volumes.create(
        "back", other.pool_id, "File", vol_status="Full", recycle_pool_id=1, last_written=DAY // 2
    )
    prunable = catalog.volumes.prunable(1, [1, 0])
    assert [volume.volume_name for volume in prunable] == ["back", "full", "used"]
    assert catalog.volumes.prunable(1, [], "Tape") == []
    assert catalog.volumes.get(back) is not None


def test_recycled_volume_starts_anew(catalog: Catalog) -> None:
    media_id = new_volume(
        catalog, "V", vol_jobs=3, vol_bytes=99, vol_files=1, first_written=DAY, last_written=DAY
    )
    assert catalog.volumes.mark_purged(media_id)
    assert not catalog.volumes.mark_purged(media_id)
    catalog.volumes.recycle(media_id)
    volume = catalog.volumes.find("V")
    assert volume is not None
    assert (volume.vol_status, volume.vol_jobs, volume.vol_bytes) == ("Recycle", 0, 1)
    assert (volume.first_written, volume.last_written, volume.recycle_count) == (0, 0, 1)


def test_stretches_of_a_job_are_numbered(catalog: Catalog) -> None:
    job_id = make_job(catalog, "F", 1, volume="A")
    second = new_volume(catalog, "B")
    catalog.job_media.create_null(job_id, second)
    catalog.job_media.create(
        job_id,
        second,
        first_index=10,
        last_index=20,
        start_file=1,
        end_file=2,
        start_block=3,
        end_block=2**32 - 1,
        job_bytes=2**63 - 1,
    )
    rows = catalog.job_media.of_job(job_id)
    assert [row.vol_index for row in rows] == [1, 2, 3]
    assert rows[2].job_bytes == 2**63 - 1
    pieces = catalog.job_media.pieces(job_id)
    assert [piece.volume_name for piece in pieces] == ["A", "B"]
    assert (pieces[1].start_address, pieces[1].end_address) == (1 << 32 | 3, (3 << 32) - 1)
    catalog.job_media.delete_null(job_id)
    assert [row.vol_index for row in catalog.job_media.of_job(job_id)] == [1, 3]
    volumes = catalog.volumes.of_job(job_id)
    assert [volume.volume_name for volume in volumes] == ["A", "B"]
    assert (volumes[1].end_file, volumes[1].end_block) == (2, 2**32 - 1)
    assert catalog.job_media.jobs_on(second) == [job_id]
    catalog.job_media.delete(job_id)
    assert catalog.job_media.of_job(job_id) == []


def test_slot_and_storage_of_a_piece(catalog: Catalog) -> None:
    job_id = make_job(catalog, "F", 1, volume="A")
    volume = catalog.volumes.find("A")
    storage = catalog.storages.ensure("Changer", auto_changer=True)
    assert volume is not None
    assert [(p.slot, p.storage) for p in catalog.job_media.pieces(job_id)] == [(0, "")]
    catalog.volumes.place(volume.media_id, storage.storage_id, 5)
    assert [(p.slot, p.storage) for p in catalog.job_media.pieces(job_id)] == [(5, "Changer")]


# -- log, counters, quota, objects ---------------------------------------------------------------


def test_log_is_kept_copied_and_moved(catalog: Catalog) -> None:
    catalog.log.add(1, 1000, "fd JobId 1: one\n")
    catalog.log.add_many(1, [(1001, "two\n"), (1002, "caf\udce9\n")])
    catalog.log.copy(1, 2)
    assert [record.log_text for record in catalog.log.of_job(2)] == [
        "fd JobId 1: one\n",
        "two\n",
        "caf\udce9\n",
    ]
    catalog.log.move(1, 3)
    assert catalog.log.of_job(1) == []
    assert [record.time for record in catalog.log.of_job(3)] == [1000, 1001, 1002]


def test_counter_starts_at_its_minimum_and_keeps_its_value(catalog: Catalog) -> None:
    assert catalog.counters.ensure("C", 5, 99, "W").current_value == 5
    catalog.counters.set("C", 6)
    assert catalog.counters.ensure("C", 1, 2).current_value == 6
    assert catalog.counters.find("D") is None


def test_quota_counts_what_was_scheduled_since(catalog: Catalog) -> None:
    for day, status in ((1, "T"), (2, "T"), (3, "f"), (4, "R")):
        job_id = make_job(catalog, "F", day, status=status)
        catalog.jobs.update(job_id, job_bytes=10**day)
    used = catalog.quotas.used
    assert used(1, 4, DAY, include_failed=True) == 1100
    assert used(1, 4, DAY, include_failed=False) == 100
    assert used(1, 99, 0, include_failed=True) == 11110
    assert used(2, 4, 0, include_failed=True) == 0
    assert catalog.quotas.get(1).quota_limit == 0
    catalog.quotas.set(1, grace_time=5, quota_limit=6)
    catalog.quotas.set(1, grace_time=7, quota_limit=8)
    assert (catalog.quotas.get(1).grace_time, catalog.quotas.get(1).quota_limit) == (7, 8)


def test_restore_objects_come_back_as_they_were(catalog: Catalog) -> None:
    content = bytes(range(256))
    for index, job_id in ((2, 1), (1, 1), (3, 2)):
        catalog.restore_objects.add(
            job_id,
            file_index=index,
            object_type=26,
            object_index=index,
            plugin_name="python3:module=x",
            object_name="name",
            content=content,
            full_length=1000,
            compression=1,
        )
    found = catalog.restore_objects.of_jobs([1], 26)
    assert [record.object_index for record in found] == [1, 2]
    assert found[0].restore_object == content
    assert (found[0].object_length, found[0].object_full_length) == (256, 1000)
    assert catalog.restore_objects.of_jobs([1, 2], 27) == []
    assert catalog.restore_objects.of_jobs([], 26) == []
