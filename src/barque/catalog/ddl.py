"""Spells the declared tables in the SQL of each engine.

SQLite differs where PostgreSQL's way has no counterpart: serial columns are AUTOINCREMENT keys
(numbers are never used twice), times are text that sorts, NUMERIC(20) columns have no affinity
(small numbers stay integers, larger ones than 63 bit stay text), and each sequence is a view with
`last_value`. Source: catalog, sections 2 and 10.
"""

from collections.abc import Iterator
from typing import Final

from barque.catalog.schema import STATUS_ROWS, TABLES, VERSION, Column, Index, Kind, Table

_POSTGRESQL: Final = {
    Kind.SERIAL: "SERIAL",
    Kind.BIG_SERIAL: "BIGSERIAL",
    Kind.SMALL: "SMALLINT",
    Kind.INTEGER: "INTEGER",
    Kind.BIG: "BIGINT",
    Kind.WIDE: "NUMERIC(20)",
    Kind.LETTER: "CHAR(1)",
    Kind.TEXT: "TEXT",
    Kind.BYTES: "BYTEA",
    Kind.TIME: "TIMESTAMP WITHOUT TIME ZONE",
}

_SQLITE: Final = {
    Kind.SERIAL: "INTEGER PRIMARY KEY AUTOINCREMENT",
    Kind.BIG_SERIAL: "INTEGER PRIMARY KEY AUTOINCREMENT",
    Kind.SMALL: "INTEGER",
    Kind.INTEGER: "INTEGER",
    Kind.BIG: "INTEGER",
    Kind.WIDE: "",
    Kind.LETTER: "TEXT",
    Kind.TEXT: "TEXT",
    Kind.BYTES: "BLOB",
    Kind.TIME: "TEXT",
}

_DIGITS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

_LSTAT_FIELDS: Final = (
    "st_dev",
    "st_ino",
    "st_mode",
    "st_nlink",
    "st_uid",
    "st_gid",
    "st_rdev",
    "st_size",
    "st_blksize",
    "st_blocks",
    "st_atime",
    "st_mtime",
    "st_ctime",
    "linkfi",
    "st_flags",
    "data",
)

_FROM_BASE64: Final = f"""
CREATE FUNCTION bareos_frombase64(field text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $body$
  SELECT CASE WHEN left(field, 1) = '-' THEN -1 ELSE 1 END * COALESCE(sum(
    (strpos('{_DIGITS}', substr(digits, place, 1)) - 1)::bigint << (6 * (length(digits) - place))
  ), 0)::bigint
  FROM ltrim(field, '-') AS digits, generate_series(1, length(ltrim(field, '-'))) AS place
$body$
"""


def _decode_lstat() -> str:
    """Spell the function that makes one row of the fields of an LStat, or of those wanted."""
    names = ",".join(f"'{name}'" for name in _LSTAT_FIELDS)
    columns = ", ".join(f"{name} bigint" for name in _LSTAT_FIELDS)
    fields = ", ".join(
        f"CASE WHEN '{name}' = ANY(params) THEN bareos_frombase64(field[{place}]) END"
        for place, name in enumerate(_LSTAT_FIELDS, start=1)
    )
    return (
        f"CREATE FUNCTION decode_lstat(lst text, params text[] DEFAULT ARRAY[{names}]) "
        f"RETURNS TABLE ({columns}) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$ "
        f"SELECT {fields} FROM string_to_array(lst, ' ') AS field $body$"
    )


def postgresql_statements() -> Iterator[str]:
    """Yield the statements that make the catalog in an empty PostgreSQL database."""
    for table in TABLES:
        yield _create_table(table, _POSTGRESQL, key_of_serial=True)
        yield from (_create_index(table, index) for index in table.indexes)
    yield "ALTER TABLE path ALTER COLUMN path SET STATISTICS 1000"
    yield _FROM_BASE64
    yield _decode_lstat()
    yield from _rows()


def sqlite_statements() -> Iterator[str]:
    """Yield the statements that make the catalog in an empty SQLite file."""
    for table in TABLES:
        yield _create_table(table, _SQLITE, key_of_serial=False)
        yield from (_create_index(table, index) for index in table.indexes)
        if table.serial:
            yield _create_sequence(table)
    yield from _rows()


def _create_table(table: Table, spelling: dict[Kind, str], *, key_of_serial: bool) -> str:
    """Spell one table; *key_of_serial*: a counting column still needs PRIMARY KEY spelled."""
    parts = [_column(column, spelling) for column in table.columns]
    spelled = bool(table.serial) and not key_of_serial
    if table.key and not spelled:
        parts.append(f"CONSTRAINT {table.name}_pkey PRIMARY KEY ({', '.join(table.key)})")
    clustered = " WITHOUT ROWID" if len(table.key) > 1 and not key_of_serial else ""
    return f"CREATE TABLE {table.name} ({', '.join(parts)}){clustered}"


def _column(column: Column, spelling: dict[Kind, str]) -> str:
    words = [column.name, spelling[column.kind]]
    if column.default:
        words.append(f"DEFAULT {column.default}")
    if column.required and "PRIMARY KEY" not in words[1]:
        words.append("NOT NULL")
    if column.allowed:
        texts = ", ".join(f"'{text}'" for text in column.allowed)
        words.append(f"CHECK ({column.name} IN ({texts}))")
    return " ".join(word for word in words if word)


def _create_index(table: Table, index: Index) -> str:
    unique = "UNIQUE " if index.unique else ""
    where = f" WHERE {index.where}" if index.where else ""
    return f"CREATE {unique}INDEX {index.name} ON {table.name} ({', '.join(index.columns)}){where}"


def _create_sequence(table: Table) -> str:
    """Spell the view that answers for PostgreSQL's sequence of *table*."""
    return (
        f"CREATE VIEW {table.name}_{table.serial}_seq AS SELECT "
        f"COALESCE((SELECT seq FROM sqlite_sequence WHERE name = '{table.name}'), 1) "
        f"AS last_value, "
        f"EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = '{table.name}') AS is_called"
    )


def _rows() -> Iterator[str]:
    """Yield the statements that fill the tables `status` and `version`."""
    for letter, words, severity in STATUS_ROWS:
        yield f"INSERT INTO status VALUES ('{letter}', '{words}', {severity})"
    yield f"INSERT INTO version (versionid) VALUES ({VERSION})"
