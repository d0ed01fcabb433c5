"""A restore is browsed in the catalog as it is in memory: what is newest, deleted, linked, in parts."""

from pathlib import Path
from typing import Any

import pytest

from barque.catalog import Catalog
from barque.catalog.path_tables import PathTables
from barque.director.big_restore_tree import BigRestoreTree
from barque.director.commands.restore_files import CatalogFiles
from barque.director.restore_tree import Place, RestoreTree, Tree
from barque.domain.ids import JobId
from barque.errors import NotFoundError
from barque.testing.catalog import load_dump, make_job

DUMP = Path(__file__).parents[2] / "golden" / "catalog" / "catalog.sql"
PLAIN = "P4A A IGk B A A A M BAA I BpVzWl BpVzWl BrAzfj A A d"
FIRST = PLAIN.replace("IGk B", "IGk C")
LINK = FIRST.replace("BrAzfj A", "BrAzfj B")


def trees(catalog: Catalog, job_ids: list[int], few: int) -> tuple[Tree[Any], Tree[Any]]:
    files = CatalogFiles(catalog, job_ids)
    small, big = RestoreTree(), BigRestoreTree(files, few=few)
    for entry in catalog.chains.files(job_ids):
        small.insert(entry)
    big.load(files.entries())
    return small, big


def everything(place: Place) -> list[object]:
    return [
        [child.name, child.path, child.tag, child.job_id, everything(child)]
        for child in place.sorted()
    ]


def same(small: Tree[Any], big: Tree[Any]) -> None:
    """Compare all that consoles see, and what would be restored."""
    assert big.inserted == small.inserted
    assert everything(big.root) == everything(small.root)
    assert big.count() == small.count()
    assert big.estimate() == small.estimate()
    chosen, wanted = big.chosen().selection(), small.chosen().selection()
    assert (dict(chosen.files), chosen.count) == (dict(wanted.files), wanted.count)


def mark_alike(small: Tree[Any], big: Tree[Any], pattern: str, *, marked: bool = True) -> int:
    count = big.mark(pattern, big.root, marked=marked)
    assert count == small.mark(pattern, small.root, marked=marked)
    same(small, big)
    return count


@pytest.mark.parametrize("few", [0, 64])
def test_frozen_jobs(catalog: Catalog, few: int) -> None:
    load_dump(catalog.store, DUMP.read_text())
    for job_ids in ([1], [1, 2], [1, 2, 3], [16]):
        small, big = trees(catalog, job_ids, few)
        same(small, big)
        mark_alike(small, big, "**/*.md")
        assert mark_alike(small, big, "/srv")
        mark_alike(small, big, "**/*1*", marked=False)


def chain(catalog: Catalog) -> list[int]:
    """A Full and an Incremental that deletes, replaces, continues, and knows of hard links."""
    full, newer = (make_job(catalog, level, day) for day, level in enumerate("FI", 1))
    with catalog.attributes(full) as batch:
        batch.add(1, b"/top/", b"first \xff", FIRST)
        batch.add(2, b"/top/links/", b"second", LINK)
        batch.add(3, b"/top/gone/", b"file", PLAIN)
        batch.add(4, b"/top/gone/", b"", PLAIN)
        batch.add(5, b"/top/", b"database", PLAIN)
        batch.add(6, b"/top/", b"replaced", PLAIN)
        batch.add(7, b"C:/windows/", b"file", PLAIN)
    with catalog.attributes(newer) as batch:
        batch.add(0, b"/top/gone/", b"file", PLAIN)
        batch.add(0, b"/top/gone/", b"", PLAIN)
        batch.add(1, b"/top/", b"database", PLAIN, delta_seq=1)
        batch.add(2, b"/top/", b"replaced", PLAIN)
    return [full, newer]


@pytest.mark.parametrize("few", [0, 64])
def test_chain_of_jobs(catalog: Catalog, few: int) -> None:
    small, big = trees(catalog, chain(catalog), few)
    same(small, big)
    assert big.find("/top/gone", big.root) is None
    assert mark_alike(small, big, "/top/*a*") == 2
    assert mark_alike(small, big, "/top/r*", marked=False) == 1
    assert [place.tag for place in big.root.sorted()] == ["", "+"]
    assert mark_alike(small, big, "/top/d*", marked=False) == 1
    assert [place.tag for place in big.root.sorted()] == ["", ""]
    assert mark_alike(small, big, "/top/links/second") == 2
    assert mark_alike(small, big, "/top/data*") == 1
    assert big.chosen().count == 4
    assert mark_alike(small, big, "*") == 2
    assert mark_alike(small, big, "/top/*", marked=False) == 4


def test_base_files_are_found(catalog: Catalog) -> None:
    base, full = (make_job(catalog, level, day) for day, level in enumerate("BF", 1))
    with catalog.attributes(base) as batch:
        batch.add(1, b"/kept/", b"unchanged", PLAIN)
    with catalog.attributes(full) as batch:
        batch.add(1, b"/new/", b"file", PLAIN)
    rows = catalog.store.rows("SELECT fileid FROM file WHERE jobid = ?", (base,))
    catalog.store.run(
        "INSERT INTO basefiles (basejobid, jobid, fileid, fileindex) VALUES (?, ?, ?, 1)",
        (base, full, rows[0][0]),
    )
    small, big = trees(catalog, [full], 0)
    same(small, big)
    assert mark_alike(small, big, "/") == 2


def test_directory_that_is_not_noted_is_no_loss(catalog: Catalog) -> None:
    job_id = JobId(chain(catalog)[0])
    catalog.bvfs.update([job_id])
    links = catalog.bvfs.path_id(b"/top/links/")
    catalog.store.run("DELETE FROM pathvisibility WHERE pathid = ?", [links])
    with pytest.raises(NotFoundError, match=f"PathId {links} "):
        trees(catalog, [job_id], 0)
    catalog.bvfs.renew([job_id])
    same(*trees(catalog, [job_id], 0))


def test_paths_come_in_the_order_of_their_bytes(catalog: Catalog) -> None:
    job_id = make_job(catalog, "F", 1)
    paths = [b"/a/", b"/a-b/", b"/a/b/", b"/A/", b"/\xff/", "/日/".encode(), b"/a/b/c/"]
    with catalog.attributes(job_id) as batch:
        for number, path in enumerate(paths, 1):
            batch.add(number, path, b"file", PLAIN)
    PathTables(catalog.store).update([job_id])
    found = [path for path, _path_id in catalog.bvfs.paths([job_id])]
    assert found == sorted({*paths, b"", b"/"})
