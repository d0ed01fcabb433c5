"""Every engine keeps the contract of Store."""

import threading
from collections import Counter

import pytest

from barque.catalog import Catalog, Source, open_catalog
from barque.catalog.schema import TABLES, VERSION
from barque.errors import CatalogError, ConflictError, SchemaVersionError, StatementError

FOREIGN = "caf\udce9 \udcff\udc80'\"\\\t\n%s?"
"""A name in Latin-1 and worse."""


def test_new_catalog_has_every_table_and_the_version(catalog: Catalog) -> None:
    for table in TABLES:
        names = ", ".join(column.name for column in table.columns)
        expected = {"status": 26, "version": 1}.get(table.name, 0)
        assert len(catalog.store.rows(f"SELECT {names} FROM {table.name}")) == expected
    assert catalog.store.one("SELECT versionid FROM version") == (VERSION,)


def test_catalog_is_kept_when_it_is_opened_again(source: Source) -> None:
    with open_catalog(source) as first:
        first.log.add(1, 1_700_000_000, FOREIGN)
    with open_catalog(source, create=False) as second:
        assert [record.log_text for record in second.log.of_job(1)] == [FOREIGN]


def test_other_version_is_refused_in_one_line(source: Source) -> None:
    with open_catalog(source) as opened:
        opened.store.run("UPDATE version SET versionid = 2240")
    with pytest.raises(SchemaVersionError) as caught:
        open_catalog(source)
    assert "2240" in str(caught.value)
    assert "2250" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_texts_of_any_bytes_survive(catalog: Catalog) -> None:
    catalog.store.run("INSERT INTO path (path) VALUES (?)", (FOREIGN,))
    found = catalog.store.one("SELECT pathid, path FROM path WHERE path = ?", (FOREIGN,))
    assert found == (1, FOREIGN)


def test_numbers_wider_than_63_bits_survive(catalog: Catalog) -> None:
    values = (1, 1, 1, "", "", "", 2**64 - 1)
    catalog.store.run(
        "INSERT INTO file (fileindex, jobid, pathid, name, lstat, md5, fhinfo) "
        "VALUES (?, ?, ?, ?, ?, ?, CAST(? AS TEXT))"
        if catalog.store.engine == "sqlite"
        else "INSERT INTO file (fileindex, jobid, pathid, name, lstat, md5, fhinfo) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*values[:-1], str(values[-1])),
    )
    row = catalog.store.one("SELECT fhinfo, fhnode FROM file")
    assert row is not None
    assert [int(str(value)) for value in row] == [2**64 - 1, 0]


def test_error_inside_a_transaction_undoes_it(catalog: Catalog) -> None:
    with pytest.raises(CatalogError), catalog.transaction():
        catalog.log.add(1, 1, "gone")
        catalog.store.run("INSERT INTO nowhere VALUES (1)")
    assert catalog.log.of_job(1) == []


def test_inner_transaction_belongs_to_the_outer_one(catalog: Catalog) -> None:
    with pytest.raises(KeyError), catalog.transaction():
        with catalog.transaction():
            catalog.log.add(1, 1, "gone")
        raise KeyError
    assert catalog.log.of_job(1) == []


def test_other_threads_see_a_transaction_only_when_it_ends(catalog: Catalog) -> None:
    seen: list[int] = []

    def look() -> None:
        seen.append(len(catalog.log.of_job(1)))

    with catalog.transaction():
        catalog.log.add(1, 1, "text")
        outside = threading.Thread(target=look)
        outside.start()
        outside.join()
    look()
    assert seen == [0, 1]


def test_threads_write_at_once(catalog: Catalog) -> None:
    def write(job_id: int) -> None:
        for number in range(20):
            with catalog.transaction():
                catalog.log.add(job_id, 1, f"{number}")
                catalog.log.add(job_id, 1, f"{number}")

    threads = [threading.Thread(target=write, args=(job_id,)) for job_id in range(1, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    jobs = Counter(job_id for (job_id,) in catalog.store.rows("SELECT jobid FROM log"))
    assert jobs == dict.fromkeys(range(1, 6), 40)


def test_numbers_are_never_used_twice(catalog: Catalog) -> None:
    first = catalog.store.insert("location", ("location",), ("a",))
    catalog.store.run("DELETE FROM location")
    assert catalog.store.insert("location", ("location",), ("a",)) > first


def test_sequences_can_be_asked(catalog: Catalog) -> None:
    sequence = "SELECT last_value, is_called FROM location_locationid_seq"
    assert catalog.store.one(sequence) in {(1, False), (1, 0)}
    catalog.store.insert("location", ("location",), ("a",))
    catalog.store.insert("location", ("location",), ("b",))
    assert catalog.store.one(sequence) in {(2, True), (2, 1)}


def test_broken_rule_is_a_conflict(catalog: Catalog) -> None:
    catalog.store.run("INSERT INTO path (path) VALUES ('/')")
    with pytest.raises(ConflictError):
        catalog.store.run("INSERT INTO path (path) VALUES ('/')")


def test_stream_can_be_left_early_and_while_writing(catalog: Catalog) -> None:
    catalog.log.add_many(1, [(1, f"{number}") for number in range(30_000)])
    rows = catalog.store.stream("SELECT logtext FROM log ORDER BY logid")
    assert next(rows) == ("0",)
    catalog.log.add(2, 1, "meanwhile")
    assert next(rows) == ("1",)
    rows.close()
    assert sum(1 for _ in catalog.store.stream("SELECT logid FROM log")) == 30_001


def test_stream_works_inside_a_transaction(catalog: Catalog) -> None:
    with catalog.transaction():
        catalog.log.add_many(1, [(1, "a"), (1, "b")])
        rows = list(catalog.store.stream("SELECT logtext FROM log WHERE jobid = ?", (1,)))
    assert rows == [("a",), ("b",)]


def test_any_query_says_which_columns_are_numbers(catalog: Catalog) -> None:
    catalog.log.add(7, 1_700_000_000, "words 100% ?")
    result = catalog.query("SELECT LogId, jobid AS Job, Time, logtext FROM log;")
    assert [(column.name, column.is_number) for column in result.columns] == [
        ("logid", True),
        ("job", True),
        ("time", False),
        ("logtext", False),
    ]
    assert list(result.rows) == [(1, 7, "2023-11-14 22:13:20", "words 100% ?")]


def test_query_that_changes_rows_has_no_columns(catalog: Catalog) -> None:
    catalog.log.add(7, 1, "words")
    result = catalog.query("UPDATE log SET logtext = 'a ? b % c'")
    assert (result.columns, list(result.rows)) == ((), [])
    assert catalog.log.of_job(7)[0].log_text == "a ? b % c"


@pytest.mark.parametrize("sql", ["", "SELEC 1", "SELECT * FROM nowhere", "DELETE FROM nowhere"])
def test_wrong_query_is_answered_in_the_words_of_the_engine(catalog: Catalog, sql: str) -> None:
    if not sql:
        assert list(catalog.query(sql).rows) == []
        return
    with pytest.raises(StatementError, match=r"^ERROR:  (?s:.*)\n$"):
        catalog.query(sql)
    assert list(catalog.query("SELECT 1 AS one").rows) == [(1,)]


def test_closed_catalog_says_so(source: Source) -> None:
    opened = open_catalog(source)
    opened.close()
    with pytest.raises(CatalogError, match="closed"):
        opened.log.of_job(1)


def test_lstat_fields_are_decoded(catalog: Catalog) -> None:
    for text, number in (("BA", 64), ("IGk", 33188), ("BlU/EA", 1_700_000_000), ("A", 0)):
        assert catalog.store.one("SELECT bareos_frombase64(?)", (text,)) == (number,)
