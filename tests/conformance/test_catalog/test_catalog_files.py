"""The files of running jobs reach the catalog whole, from any number of jobs at once."""

import threading

import pytest

from barque.catalog import Catalog
from barque.catalog.files import AttributeBatch
from barque.errors import CatalogError

AWKWARD = [
    b"tab\there",
    b"new\nline",
    b"return\r",
    b"back\\slash",
    b"\\.",
    b"\\N",
    b"quote'\"",
    b"\xff\xfe latin",
    "Grüße 日本 😀".encode(),
    b" leading and trailing ",
    b"%s ? :x $1",
    b"-",
]


def rows_of(catalog: Catalog, job_id: int) -> list[tuple[object, ...]]:
    return list(
        catalog.store.rows(
            "SELECT file.fileindex, path.path, file.name, file.lstat, file.md5, file.deltaseq "
            "FROM file JOIN path ON path.pathid = file.pathid WHERE file.jobid = ? "
            "ORDER BY file.fileid",
            (job_id,),
        )
    )


def text(raw: bytes) -> str:
    return raw.decode(errors="surrogateescape")


def test_names_of_any_bytes_arrive(catalog: Catalog) -> None:
    with catalog.attributes(1) as batch:
        for index, name in enumerate(AWKWARD, start=1):
            batch.add(index, b"/" + name + b"/", name, "A B", name.hex(), index)
    assert rows_of(catalog, 1) == [
        (index, text(b"/" + name + b"/"), text(name), "A B", name.hex(), index)
        for index, name in enumerate(AWKWARD, start=1)
    ]


def test_lstat_and_digest_cannot_smuggle_rows(catalog: Catalog) -> None:
    with catalog.attributes(1) as batch:
        batch.add(1, b"/", b"a", "A\n2\t2\t2", "d\tx\\")
    assert rows_of(catalog, 1) == [(1, "/", "a", "A\n2\t2\t2", "d\tx\\", 0)]


def test_defaults_are_those_of_a_file_without_digest(catalog: Catalog) -> None:
    with catalog.attributes(1) as batch:
        batch.add(1, b"/", b"", "A")
    columns = "md5, deltaseq, markid, fhinfo, fhnode"
    assert catalog.store.rows(f"SELECT {columns} FROM file") == [("0", 0, 0, 0, 0)]


@pytest.mark.parametrize("batch_rows", [1, 7, 50, 51, 1000])
def test_batches_of_any_size_keep_the_order(catalog: Catalog, batch_rows: int) -> None:
    count = 120
    with AttributeBatch(catalog.store, 1, batch_rows=batch_rows, path_cache=3) as batch:
        for index in range(1, count + 1):
            batch.add(index, b"/%d/" % (index % 11), b"%d" % index, "A")
        assert batch.count == count
    indexes = [row[0] for row in rows_of(catalog, 1)]
    assert indexes == list(range(1, count + 1))
    assert catalog.store.one("SELECT count(*) FROM path") == (11,)


def test_jobs_that_meet_share_their_paths(catalog: Catalog) -> None:
    failures: list[BaseException] = []
    barrier = threading.Barrier(4)

    def run(job_id: int) -> None:
        try:
            barrier.wait()
            with AttributeBatch(catalog.store, job_id, batch_rows=20) as batch:
                for index in range(1, 201):
                    number = index if job_id % 2 else 201 - index
                    batch.add(index, b"/dir%d/" % number, b"file", "A")
        except BaseException as error:  # noqa: BLE001 - the thread's failure is the test's
            failures.append(error)

    threads = [threading.Thread(target=run, args=(job_id,)) for job_id in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert catalog.store.one("SELECT count(*), count(DISTINCT path) FROM path") == (200, 200)
    per_job = catalog.store.rows("SELECT jobid, count(*) FROM file GROUP BY jobid ORDER BY jobid")
    assert per_job == [(job_id, 200) for job_id in range(1, 5)]


def test_batch_that_fails_leaves_nothing_and_can_be_tried_again(catalog: Catalog) -> None:
    batch = catalog.attributes(1)
    batch.add(1, b"/", b"a", "A")
    catalog.store.run("ALTER TABLE file RENAME TO elsewhere")
    with pytest.raises(CatalogError):
        batch.flush()
    catalog.store.run("ALTER TABLE elsewhere RENAME TO file")
    assert catalog.bvfs.path_id(b"/") is None
    batch.flush()
    batch.flush()
    assert len(rows_of(catalog, 1)) == 1


def test_exception_in_the_block_writes_nothing_more(catalog: Catalog) -> None:
    with pytest.raises(KeyError), catalog.attributes(1) as batch:
        batch.add(1, b"/", b"a", "A")
        raise KeyError
    assert rows_of(catalog, 1) == []
