"""Chains of jobs, newest versions of files, and where they lie."""

import pytest

from barque.catalog import Catalog
from barque.domain.job import JobType
from barque.testing.catalog import DAY, make_job

FOREVER = 4_000_000_000


@pytest.fixture
def selected(catalog: Catalog) -> Catalog:
    """Jobs as in the restore-select test: 4 Full, 5 D, 6 I, 7 D, 8 10 11 I; others of another client."""
    for job_id, (level, client) in enumerate(
        [
            ("F", "two"),
            ("D", "two"),
            ("I", "two"),
            ("F", "one"),
            ("D", "one"),
            ("I", "one"),
            ("D", "one"),
            ("I", "one"),
            ("I", "two"),
            ("I", "one"),
            ("I", "one"),
            ("I", "two"),
        ],
        start=1,
    ):
        assert make_job(catalog, level, job_id, client=client) == job_id
    return catalog


def test_restore_chain_is_full_last_differential_and_later_incrementals(selected: Catalog) -> None:
    assert selected.chains.for_restore(2, "Set", 12 * DAY) == [4, 7, 8, 10, 11]


@pytest.mark.parametrize(
    ("before", "chain"), [(11, [4, 7, 8, 10]), (7, [4, 5, 6]), (6, [4, 5]), (5, [4]), (4, [])]
)
def test_restore_chain_ends_before_the_date(
    selected: Catalog, before: int, chain: list[int]
) -> None:
    assert selected.chains.for_restore(2, "Set", before * DAY) == chain


@pytest.mark.parametrize(
    ("job_id", "chain"),
    [(6, [4, 5, 6]), (5, [4, 5]), (11, [4, 7, 8, 10, 11]), (12, [1, 2, 3, 9, 12])],
)
def test_chain_of_a_job_ends_with_it(selected: Catalog, job_id: int, chain: list[int]) -> None:
    assert selected.chains.of_job(job_id) == chain


def test_restore_chain_needs_an_enabled_volume(catalog: Catalog) -> None:
    make_job(catalog, "F", 1, volume="Old")
    make_job(catalog, "F", 2, volume="New")
    make_job(catalog, "I", 3, volume="")
    assert catalog.chains.for_restore(1, "Set", FOREVER) == [2]
    new = catalog.volumes.find("New")
    assert new is not None
    catalog.volumes.update(new.media_id, enabled=0)
    assert catalog.chains.for_restore(1, "Set", FOREVER) == [1]


def test_jobs_of_one_second_follow_each_other_by_number(catalog: Catalog) -> None:
    for level in "FDII":
        make_job(catalog, level, 1, seconds=0)
    assert catalog.chains.for_restore(1, "Set", FOREVER) == [1, 2, 3, 4]
    assert catalog.chains.job_ids(1, 1, FOREVER) == [1, 2, 3, 4]
    assert catalog.chains.of_job(3) == [1, 2, 3]


def test_restore_chain_can_be_limited_to_a_pool(catalog: Catalog) -> None:
    make_job(catalog, "F", 1)
    other = catalog.pools.ensure("Other", {"pool_type": "Backup"})
    assert catalog.chains.for_restore(1, "Set", FOREVER, pool_id=1) == [1]
    assert catalog.chains.for_restore(1, "Set", FOREVER, pool_id=other.pool_id) == []


def test_archives_have_a_chain_of_their_own(catalog: Catalog) -> None:
    archive = make_job(catalog, "F", 1, job_type=JobType.ARCHIVE)
    backup = make_job(catalog, "F", 2)
    chain = catalog.chains.for_restore
    assert chain(1, "Set", FOREVER) == [backup]
    assert chain(1, "Set", FOREVER, job_type=JobType.ARCHIVE) == [archive]
    assert catalog.chains.of_job(archive) == [archive]


def test_failed_jobs_are_in_no_chain(catalog: Catalog) -> None:
    make_job(catalog, "F", 1)
    make_job(catalog, "I", 2, status="f")
    make_job(catalog, "I", 3, status="W")
    assert catalog.chains.for_restore(1, "Set", FOREVER) == [1, 3]
    assert catalog.chains.job_ids(1, 1, FOREVER) == [1, 3]


def test_accurate_chain_needs_a_full_of_this_version_of_the_fileset(catalog: Catalog) -> None:
    make_job(catalog, "F", 1)
    make_job(catalog, "I", 2, md5="b")
    assert catalog.chains.job_ids(1, 1, FOREVER) == [1, 2]
    assert catalog.chains.job_ids(1, 2, FOREVER) == []


def test_accurate_chain_passes_over_empty_differentials(catalog: Catalog) -> None:
    make_job(catalog, "F", 1)
    make_job(catalog, "D", 2)
    make_job(catalog, "D", 3, files=0)
    make_job(catalog, "I", 4, files=0)
    assert catalog.chains.job_ids(1, 1, FOREVER) == [1, 2, 4]
    assert catalog.chains.job_ids(1, 1, FOREVER, limit=2) == [1, 2]
    assert catalog.chains.job_ids(1, 1, FOREVER, level="D") == [1]
    assert catalog.chains.empty([1, 2, 3, 4]) == [3, 4]


def test_unknown_job_has_no_chain(catalog: Catalog) -> None:
    assert catalog.chains.of_job(77) == []


def test_newest_versions_win_and_deleted_files_hide_older_ones(catalog: Catalog) -> None:
    with catalog.attributes(1) as full:
        full.add(1, b"/a/", b"kept", "1")
        full.add(2, b"/a/", b"changed", "1")
        full.add(3, b"/a/", b"gone", "1")
        full.add(4, b"/a/", b"", "1")
    with catalog.attributes(2) as first:
        first.add(1, b"/a/", b"changed", "2")
        first.add(0, b"/a/", b"gone", "2")
        first.add(2, b"/b/", b"new", "2")
    with catalog.attributes(3) as second:
        second.add(1, b"/a/", b"changed", "3")
        second.add(2, b"/a/", b"gone", "3")
    names = {
        (entry.path, entry.name): (entry.job_id, entry.file_index)
        for entry in catalog.chains.files([1, 2, 3])
    }
    assert names == {
        (b"/a/", b""): (1, 4),
        (b"/a/", b"kept"): (1, 1),
        (b"/a/", b"changed"): (3, 1),
        (b"/a/", b"gone"): (3, 2),
        (b"/b/", b"new"): (2, 2),
    }
    before = {entry.name for entry in catalog.chains.files([1, 2])}
    assert before == {b"", b"kept", b"changed", b"new"}


def test_all_parts_of_a_delta_are_needed_in_order(catalog: Catalog) -> None:
    for job_id, parts in enumerate([(0,), (1,), (2,), (0,), (1,)], start=1):
        with catalog.attributes(job_id) as batch:
            for delta in parts:
                batch.add(1, b"/", b"file", "A", delta_seq=delta)
    assert [entry.job_id for entry in catalog.chains.files([1, 2, 3])] == [1, 2, 3]
    assert [entry.job_id for entry in catalog.chains.files([1, 2, 3, 4])] == [4]
    assert [entry.job_id for entry in catalog.chains.files([1, 2, 3, 4, 5])] == [4, 5]


def test_names_of_any_bytes_are_merged_by_their_bytes(catalog: Catalog) -> None:
    names = [b"\xff", b"\xf0\x9f\x98\x80", b"a", b"\xc3\xa9", b"\x80", b"\xee\x80\x80"]
    for job_id in (1, 2):
        with catalog.attributes(job_id) as batch:
            for index, name in enumerate(names, start=1):
                batch.add(index, b"/", name, "A")
    entries = list(catalog.chains.files([1, 2]))
    assert [entry.name for entry in entries] == sorted(names)
    assert {entry.job_id for entry in entries} == {2}


def test_base_files_belong_to_the_job_that_refers_to_them(catalog: Catalog) -> None:
    with catalog.attributes(1) as base:
        base.add(1, b"/", b"same", "1")
        base.add(2, b"/", b"other", "1")
    catalog.store.run(
        "INSERT INTO basefiles (jobid, fileid, fileindex, basejobid) VALUES (2, 1, 5, 1)"
    )
    with catalog.attributes(2) as batch:
        batch.add(1, b"/", b"new", "2")
    found = [(entry.name, entry.job_id) for entry in catalog.chains.files([2])]
    assert found == [(b"new", 2), (b"same", 1)]


def test_frozen_chain_and_files(frozen: Catalog) -> None:
    client = frozen.clients.find("alpha-fd")
    assert client is not None
    assert frozen.chains.for_restore(client.client_id, "Tree", FOREVER) == [1, 3]
    assert frozen.chains.of_job(2) == [1, 2]
    files = list(frozen.chains.files([1, 3]))
    paths = {entry.path + entry.name for entry in files}
    assert b"/srv/golden/tree/docs/new.txt" in paths
    assert b"/srv/golden/tree/docs/zeros.bin" not in paths
    assert "Grüße.txt".encode() in {entry.name for entry in files}


def test_frozen_copies_and_extents(frozen: Catalog) -> None:
    assert frozen.chains.newest_copies([1, 2, 8]) == {1: 11, 8: 13}
    (extent,) = frozen.job_media.pieces(1)
    assert (extent.volume_name, extent.media_type, extent.first_index) == ("Full-0001", "File1", 1)
    assert extent.end_address > extent.start_address
    assert frozen.chains.count_files([1, 2]) > 29
    assert frozen.chains.have_files([4]) is False
    assert frozen.chains.have_files([4, 1]) is True


def test_one_file_is_found_by_date(frozen: Catalog) -> None:
    find = frozen.chains.find_file
    where = (2, b"/srv/golden/tree/docs/", b"chapter1.md")
    newest = find(*where, FOREVER)
    assert newest is not None
    assert newest[0] == 8
    first = frozen.jobs.get(1)
    assert first is not None
    assert find(*where, first.start_time) == (1, 25)
    assert find(*where, first.start_time - 1) is None
    assert find(2, b"/srv/golden/tree/docs/", b"nosuch", FOREVER) is None
    assert find(*where, FOREVER, job_ids=[1]) == (1, 25)


def test_directory_is_found_by_path(frozen: Catalog) -> None:
    found = frozen.chains.directory_files([1], b"/srv/golden/tree/docs/")
    assert [index for _job_id, index in found] == list(range(20, 28))
