import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from barque.catalog import SQLiteSource, open_catalog
from barque.catalog.sqlite import SQLiteStore
from barque.errors import CatalogError, ConflictError

WRITER = """
import sys
from pathlib import Path
from barque.catalog import SQLiteSource, open_catalog
from barque.catalog.files import AttributeBatch
catalog = open_catalog(SQLiteSource(Path(sys.argv[1])))
batch = AttributeBatch(catalog.store, 1, batch_rows=100)
for index in range(1, 100_000):
    batch.add(index, b"/%d/" % (index // 10), b"%d" % index, "A")
    if index == 550:
        print("written", flush=True)
        sys.stdin.read()
"""


def test_foreign_database_is_no_catalog(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE something (x)")
    connection.close()
    with pytest.raises(CatalogError, match="not a catalog"):
        SQLiteStore(path)


def test_other_file_is_no_catalog(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("this is not a database, but it is long enough to be looked at" * 20)
    with pytest.raises(CatalogError, match="text"):
        SQLiteStore(path)


def test_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="nowhere"):
        SQLiteStore(tmp_path / "nowhere" / "catalog.db")


def test_missing_file_is_named_when_it_may_not_be_made(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="create it first"):
        SQLiteStore(tmp_path / "catalog.db", create=False)
    assert list(tmp_path.iterdir()) == []


def test_statement_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    with open_catalog(SQLiteSource(tmp_path / "c.db")) as catalog:
        with pytest.raises(CatalogError, match="UTF-8"):
            catalog.query("SELECT '\udcff'")


def test_conflict_of_an_undecodable_text_is_a_conflict(tmp_path: Path) -> None:
    with open_catalog(SQLiteSource(tmp_path / "c.db")) as catalog:
        insert = "INSERT INTO path (path) VALUES (?)"
        catalog.store.run(insert, ("\udcff",))
        with pytest.raises(ConflictError):
            catalog.store.run(insert, ("\udcff",))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    st.lists(st.binary(max_size=20).filter(lambda raw: b"\0" not in raw), max_size=5),
)
def test_texts_of_any_bytes_are_stored_as_text(tmp_path: Path, raws: list[bytes]) -> None:
    with open_catalog(SQLiteSource(tmp_path / "c.db")) as catalog:
        catalog.store.run("DELETE FROM log")
        texts = [raw.decode(errors="surrogateescape") for raw in raws]
        for text in texts:
            catalog.store.run("INSERT INTO log (jobid, logtext) VALUES (?, ?)", (1, text))
        found = catalog.store.rows("SELECT logtext, typeof(logtext) FROM log ORDER BY logid")
    assert found == [(text, "text") for text in texts]


def test_killed_process_leaves_whole_batches(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"written\n"
        writer.kill()
    with open_catalog(SQLiteSource(path)) as catalog:
        assert catalog.store.rows("PRAGMA integrity_check") == [("ok",)]
        assert catalog.store.one("SELECT count(*), max(fileindex) FROM file") == (500, 500)
        assert catalog.store.one("SELECT count(*) FROM path") == (51,)


def test_other_process_that_writes_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    with open_catalog(SQLiteSource(path)) as catalog:
        other = sqlite3.connect(path, autocommit=True, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        writer = threading.Thread(target=catalog.log.add, args=(1, 1, "text"))
        writer.start()
        other.execute("COMMIT")
        writer.join()
        other.close()
        assert len(catalog.log.of_job(1)) == 1


def test_numbers_of_an_arbitrary_query_are_known_by_their_values(tmp_path: Path) -> None:
    with open_catalog(SQLiteSource(tmp_path / "c.db")) as catalog:
        result = catalog.query("SELECT 1 AS a, 'x' AS B, NULL AS c UNION SELECT 2, 'y', 3.5")
        assert [column.name for column in result.columns] == ["a", "b", "c"]
        assert [column.is_number for column in result.columns] == [True, False, True]
        assert len(list(result.rows)) == 2
