"""Browsing answers as Bareos does, and restore lists hold the newest version of each file."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from barque.catalog import Catalog, Source, open_catalog, path_tables
from barque.catalog.bvfs import NO_ATTRIBUTES, Directory
from barque.catalog.path_tables import parent_of
from barque.domain.ids import JobId
from barque.errors import CatalogError, NotFoundError
from barque.testing.catalog import load_dump, make_job

DUMP = Path(__file__).parents[2] / "golden" / "catalog" / "catalog.sql"
TREE = b"/srv/golden/tree/"


@pytest.fixture
def browsed(source: Source) -> Iterator[Catalog]:
    """The frozen catalog, to be changed."""
    with open_catalog(source) as opened:
        load_dump(opened.store, DUMP.read_text())
        yield opened


def names(directories: list[Directory]) -> list[bytes]:
    return [directory.path for directory in directories]


def path_id(catalog: Catalog, path: bytes) -> int:
    found = catalog.bvfs.path_id(path)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("path", "parent"),
    [
        ("/tmp/a/", "/tmp/"),
        ("/tmp/", "/"),
        ("/", ""),
        ("c:/x/", "c:/"),
        ("c:/", ""),
        ("@p@/x", "@p@/"),
        ("@p@/", ""),
        ("", ""),
    ],
)
def test_parent_of_a_path(path: str, parent: str) -> None:
    assert parent_of(path) == parent


def test_frozen_tree_is_browsed(frozen: Catalog) -> None:
    found = frozen.bvfs.directories([1, 3], path_id(frozen, TREE), limit=2000)
    assert names(found) == [
        b".",
        b"..",
        TREE + b"deep/",
        TREE + b"docs/",
        TREE + b"unicode/",
        TREE + b"with space/",
    ]
    assert found[0].lstat.startswith("P4A ")
    files = frozen.bvfs.files([1, 3], path_id(frozen, TREE), limit=2000)
    assert [entry.name for entry in files] == [b"empty.txt", b"numbers.txt", b"readme.txt"]


def test_roots_are_below_the_empty_path(frozen: Catalog) -> None:
    top = frozen.bvfs.directories([1, 3], path_id(frozen, b""), limit=10)
    assert names(top) == [b".", b"/"]
    assert top[1] == Directory(b"/", path_id(frozen, b"/"), 0, 0, NO_ATTRIBUTES)


def test_pages_count_all_rows(frozen: Catalog) -> None:
    whole = frozen.bvfs.directories([1, 3], path_id(frozen, TREE), limit=2000)
    pages = [
        row
        for offset in range(0, 9, 3)
        for row in frozen.bvfs.directories([1, 3], path_id(frozen, TREE), limit=3, offset=offset)
    ]
    assert pages == whole
    files = frozen.bvfs.files([1, 3], path_id(frozen, TREE), limit=1, offset=1)
    assert [entry.name for entry in files] == [b"numbers.txt"]


def test_pages_of_files_are_cut_from_the_newest_versions(catalog: Catalog) -> None:
    names = [b"a", b"b\xff", b"b", "日".encode(), b"z", b"deleted"]
    for day, deleted in ((1, False), (2, True)):
        make_job(catalog, "I", day)
        with catalog.attributes(day) as batch:
            batch.add(1, b"/", b"", "A")
            for number, name in enumerate(names, 2):
                batch.add(0 if deleted and name == b"deleted" else number, b"/", name, "A")
    top = path_id(catalog, b"/")
    whole = catalog.bvfs.files([1, 2], top, limit=99)
    assert [entry.name for entry in whole] == [b"a", b"b", b"b\xff", b"z", "日".encode()]
    for offset in range(7):
        page = catalog.bvfs.files([1, 2], top, limit=2, offset=offset)
        assert page == whole[offset : offset + 2]


def test_pattern_is_a_regular_expression(frozen: Catalog) -> None:
    docs = path_id(frozen, TREE + b"docs/")
    found = frozen.bvfs.files([1, 3], docs, limit=9, pattern=r"\.md$")
    assert [entry.name for entry in found] == [b"chapter1.md", b"chapter2.md"]
    with pytest.raises(CatalogError, match="regular expression"):
        frozen.bvfs.files([1, 3], docs, limit=9, pattern="(")


def test_unknown_places_are_empty(frozen: Catalog) -> None:
    assert frozen.bvfs.path_id(b"/nosuch/") is None
    assert names(frozen.bvfs.directories([1], 9999, limit=9)) == [b"."]
    assert frozen.bvfs.directories([], 1, limit=9) == []
    assert frozen.bvfs.files([], 1, limit=9) == []
    assert frozen.bvfs.files([1], 9999, limit=9) == []


def test_versions_of_a_file(frozen: Catalog) -> None:
    docs = path_id(frozen, TREE + b"docs/")
    found = frozen.bvfs.versions(docs, b"chapter1.md", "alpha-fd", limit=100)
    assert [version.job_id for version in found] == [1, 2, 3, 8]
    assert found[0].volume_name == "Full-0001"
    with_copies = frozen.bvfs.versions(
        docs, b"chapter1.md", "alpha-fd", with_copies=True, limit=100
    )
    assert [version.job_id for version in with_copies] == [1, 2, 3, 8, 11, 13]
    assert frozen.bvfs.versions(docs, b"chapter1.md", "beta-fd", limit=9) == []


def test_cache_is_the_same_when_it_is_built_again(browsed: Catalog) -> None:
    def cache() -> list[list[tuple[object, ...]]]:
        tables = ("pathhierarchy ORDER BY pathid", "pathvisibility ORDER BY jobid, pathid")
        return [list(browsed.store.rows(f"SELECT * FROM {table}")) for table in tables]

    recorded = cache()
    browsed.bvfs.clear()
    assert cache() == [[], []]
    browsed.bvfs.update([1, 2, 3, 3])
    assert cache() == recorded
    browsed.bvfs.update()
    caches = browsed.store.rows("SELECT jobid FROM job WHERE hascache = 1 ORDER BY jobid")
    assert [job_id for (job_id,) in caches] == [1, 2, 3, 5, 8, 16]


def test_half_built_cache_is_built_anew(browsed: Catalog) -> None:
    browsed.jobs.update(1, has_cache=-1)
    browsed.store.run("DELETE FROM pathvisibility WHERE jobid = 1 AND pathid > 3")
    browsed.bvfs.update([1])
    assert len(browsed.bvfs.directories([1], path_id(browsed, TREE), limit=99)) == 6


def many_directories(catalog: Catalog) -> JobId:
    """A job that needs several changes to become browsable."""
    job_id = make_job(catalog, "F", 1)
    with catalog.attributes(job_id) as batch:
        for number in range(9):
            batch.add(number + 1, b"/top/%d/below/" % number, b"file", "A")
    return job_id


def seen(catalog: Catalog, job_id: JobId) -> list[bytes]:
    rows = catalog.store.rows(
        "SELECT path.path FROM pathvisibility AS seen JOIN path ON path.pathid = seen.pathid "
        "WHERE seen.jobid = ? ORDER BY path.path",
        (job_id,),
    )
    return [str(path).encode() for (path,) in rows]


EVERYTHING = sorted(
    [b"", b"/", b"/top/"]
    + [b"/top/%d/%s" % (number, below) for number in range(9) for below in (b"", b"below/")]
)


def has_cache(catalog: Catalog, job_id: JobId) -> int:
    record = catalog.jobs.get(job_id)
    assert record is not None
    return record.has_cache


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(path_tables, "BATCH_PATHS", 2)


@pytest.mark.usefixtures("small_batches")
def test_update_that_was_interrupted_goes_on_the_next_time(catalog: Catalog) -> None:
    job_id = many_directories(catalog)
    answers = iter([True, True, False])
    catalog.bvfs.update([job_id, job_id], lambda: next(answers))
    assert has_cache(catalog, job_id) == -1
    half = seen(catalog, job_id)
    assert half[:3] == [b"", b"/", b"/top/"]
    assert len(half) == 3 + 2 * 6
    catalog.bvfs.update()
    assert has_cache(catalog, job_id) == 1
    assert seen(catalog, job_id) == EVERYTHING


@pytest.mark.usefixtures("small_batches")
def test_tables_that_are_emptied_during_an_update_are_filled_again(catalog: Catalog) -> None:
    job_id = many_directories(catalog)
    steps = iter(range(99))

    def empty_once() -> bool:
        if next(steps) == 2:
            catalog.bvfs.clear()
        return True

    catalog.bvfs.update([job_id], empty_once)
    assert has_cache(catalog, job_id) == 1
    assert seen(catalog, job_id) == EVERYTHING


@pytest.mark.usefixtures("small_batches")
def test_several_updates_of_one_job_at_once_do_it_together(catalog: Catalog) -> None:
    jobs = [many_directories(catalog), many_directories(catalog)]
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(catalog.bvfs.update, jobs) for _ in range(4)]:
            done.result()
    for job_id in jobs:
        assert has_cache(catalog, job_id) == 1
        assert seen(catalog, job_id) == EVERYTHING


@pytest.mark.usefixtures("small_batches")
def test_job_that_is_deleted_during_an_update_leaves_nothing(catalog: Catalog) -> None:
    job_id = many_directories(catalog)
    steps = iter(range(99))

    def delete_once() -> bool:
        if next(steps) == 2:
            catalog.retention.purge_jobs([job_id])
        return True

    catalog.bvfs.update([job_id], delete_once)
    assert catalog.jobs.get(job_id) is None
    assert seen(catalog, job_id) == []


def test_deleted_directory_is_left_out(catalog: Catalog) -> None:
    for job_id, index in ((1, 1), (2, 0)):
        make_job(catalog, "I", job_id)
        with catalog.attributes(job_id) as batch:
            batch.add(1, b"/a/", b"", "A")
            batch.add(index, b"/a/gone/", b"", "A")
            batch.add(2, b"/a/kept/", b"", f"{job_id}")
    catalog.bvfs.update()
    top = path_id(catalog, b"/a/")
    assert names(catalog.bvfs.directories([1], top, limit=9))[2:] == [b"/a/gone/", b"/a/kept/"]
    newest = catalog.bvfs.directories([1, 2], top, limit=9)
    assert names(newest)[2:] == [b"/a/kept/"]
    assert (newest[2].job_id, newest[2].lstat) == (2, "2")


def test_newest_file_wins_by_start_of_its_job(catalog: Catalog) -> None:
    make_job(catalog, "F", 5)
    make_job(catalog, "F", 3)
    for job_id in (1, 2):
        with catalog.attributes(job_id) as batch:
            batch.add(1, b"/", b"file \xff", "A")
            batch.add(2, b"/", b"", "A")
    found = catalog.bvfs.files([1, 2], 1, limit=9)
    assert [(entry.name, entry.job_id) for entry in found] == [(b"file \xff", 1)]


def test_restore_list_holds_what_was_chosen(browsed: Catalog) -> None:
    bvfs = browsed.bvfs
    docs = path_id(browsed, TREE + b"docs/")
    single = bvfs.files([1, 3], path_id(browsed, TREE), limit=1)[0]
    bvfs.make_restore_list(
        "b2001", [1, 3], file_ids=[single.file_id], path_ids=[docs], hard_links=[(1, 1)]
    )
    rows = list(bvfs.restore_list("b2001"))
    assert (1, single.file_index) in rows
    assert (1, 1) in rows
    chosen = set(bvfs.files([1, 3], docs, limit=99))
    assert {(entry.job_id, entry.file_index) for entry in chosen} <= set(rows)
    bvfs.make_restore_list("b2001", [1], path_ids=[docs])
    assert len(list(bvfs.restore_list("b2001"))) == 8
    bvfs.drop_restore_list("b2001")
    with pytest.raises(NotFoundError, match="b2001"):
        list(bvfs.restore_list("b2001"))


def test_restore_list_of_a_whole_catalog(browsed: Catalog) -> None:
    browsed.bvfs.make_restore_list("b29", [1], path_ids=[path_id(browsed, b"")])
    assert len(list(browsed.bvfs.restore_list("b29"))) == 29


def test_restore_list_takes_what_was_deleted_out(catalog: Catalog) -> None:
    for job_id, index in ((1, 1), (2, 0)):
        make_job(catalog, "I", job_id)
        with catalog.attributes(job_id) as batch:
            batch.add(index, b"/a/", b"gone", "A")
            batch.add(2, b"/a/b/", b"kept", "A")
    catalog.bvfs.make_restore_list("b21", [1, 2], path_ids=[path_id(catalog, b"/a/")])
    assert list(catalog.bvfs.restore_list("b21")) == [(2, 2)]


@pytest.mark.parametrize("table", ["", "job", "b2", "b2x", "b21; DROP TABLE job", "B21", "b21\n"])
def test_other_tables_are_no_restore_lists(browsed: Catalog, table: str) -> None:
    with pytest.raises(CatalogError):
        browsed.bvfs.make_restore_list(table, [1], file_ids=[1])
    with pytest.raises(CatalogError):
        list(browsed.bvfs.restore_list(table))
    browsed.bvfs.drop_restore_list(table)
    assert browsed.jobs.get(1) is not None


def test_empty_choice_is_refused(browsed: Catalog) -> None:
    with pytest.raises(CatalogError, match="fileid"):
        browsed.bvfs.make_restore_list("b21", [1])


def test_rows_are_those_that_were_recorded(frozen: Catalog) -> None:
    recorded = json.loads((DUMP.parent / "bvfs.json").read_text())
    for command in recorded:
        place = command["pathid"]
        jobs, limit, offset = command["jobids"], command["limit"], command["offset"]
        if command["command"] == ".bvfs_lsdirs":
            directories = frozen.bvfs.directories(jobs, place, limit=limit, offset=offset)
            rows = [[d.path_id, d.file_id, d.job_id, d.lstat] for d in directories]
        else:
            files = frozen.bvfs.files(jobs, place, limit=limit, offset=offset)
            rows = [[f.path_id, f.file_id, f.job_id, f.lstat, f.name.decode()] for f in files]
        assert rows == command["rows"], command
