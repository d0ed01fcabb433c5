import sqlite3

from barque.catalog.ddl import postgresql_statements, sqlite_statements
from barque.catalog.schema import STATUS_ROWS, TABLES, VOLUME_STATUSES
from barque.domain.job import JobStatus


def test_there_are_as_many_tables_as_in_bareos() -> None:
    assert len(TABLES) == 28


def test_every_status_of_a_job_has_its_words() -> None:
    assert {letter for letter, _words, _severity in STATUS_ROWS} == set(JobStatus)


def test_keys_and_indexes_name_columns_that_exist() -> None:
    for table in TABLES:
        names = {column.name for column in table.columns}
        assert len(names) == len(table.columns)
        assert set(table.key) <= names
        for index in table.indexes:
            assert set(index.columns) <= names


def test_names_are_lower_case_and_index_names_unique() -> None:
    indexes = [index.name for table in TABLES for index in table.indexes]
    assert len(set(indexes)) == len(indexes)
    for table in TABLES:
        for name in (table.name, *(column.name for column in table.columns)):
            assert name == name.lower()


def test_history_has_the_columns_of_a_job() -> None:
    job, history = (
        [column.name for column in table.columns]
        for table in TABLES
        if table.name in {"job", "jobhisto"}
    )
    assert job == history


def test_sqlite_takes_every_statement() -> None:
    connection = sqlite3.connect(":memory:")
    for statement in sqlite_statements():
        connection.execute(statement)
    tables = connection.execute(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    )
    assert tables.fetchone() == (28,)
    connection.close()


def test_postgresql_spells_types_keys_and_checks() -> None:
    text = "\n".join(postgresql_statements())
    assert "fileid BIGSERIAL NOT NULL" in text
    assert "fhinfo NUMERIC(20) DEFAULT 0 NOT NULL" in text
    assert "starttime TIMESTAMP WITHOUT TIME ZONE" in text
    assert "CONSTRAINT pathvisibility_pkey PRIMARY KEY (jobid, pathid)" in text
    assert "CREATE UNIQUE INDEX path_name_idx ON path (path)" in text
    assert "WHERE fileindex = 0 AND name = ''" in text
    assert all(f"'{status}'" in text for status in VOLUME_STATUSES)
