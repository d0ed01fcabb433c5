"""Rows as typed values: dataclasses whose fields are columns.

A field is the column of the same name without underscores (`vol_session_id` is `volsessionid`).
Times are seconds since 1970 (0: none), NULL numbers are 0 and NULL texts are empty.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from barque.catalog.schema import TABLE, Kind
from barque.catalog.store import Row, Store, Value
from barque.catalog.times import from_sql, to_sql
from barque.errors import CatalogError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def column_name(field: str) -> str:
    """Return the column that the attribute *field* stands for."""
    return field.replace("_", "")


class Mapper[Item: "DataclassInstance"]:
    """Reads and writes one dataclass as rows of one table."""

    def __init__(self, item: type[Item], table: str) -> None:
        """Map the fields of *item* to columns of *table*; KeyError for a field without column."""
        self._item = item
        self.table = table
        declared = TABLE[table]
        self._kinds = {
            field.name: declared.column(column_name(field.name)).kind
            for field in dataclasses.fields(item)
        }
        self._loaders = [_loader(kind) for kind in self._kinds.values()]
        self.columns = ", ".join(f"{table}.{column_name(name)}" for name in self._kinds)
        """Column list for a SELECT."""
        self.select = f"SELECT {self.columns} FROM {table}"
        """SELECT without conditions."""

    def load(self, row: Row) -> Item:
        """Return the item of a row that was read with `columns`."""
        return self._item(*(load(value) for load, value in zip(self._loaders, row, strict=True)))

    def one(self, store: Store, condition: str, *values: Value) -> Item | None:
        """Return the first item that fits *condition* (what follows the SELECT), or None."""
        row = store.one(f"{self.select} {condition}", values)
        return self.load(row) if row else None

    def all(self, store: Store, condition: str = "", *values: Value) -> list[Item]:
        """Return all items that fit *condition*."""
        return [self.load(row) for row in store.rows(f"{self.select} {condition}", values)]

    def insert(self, store: Store, fields: Mapping[str, object]) -> int:
        """Insert a row of *fields* and return its number."""
        columns = [column_name(name) for name in fields]
        return store.insert(self.table, columns, self._values(fields))

    def update(self, store: Store, row_id: int, fields: Mapping[str, object]) -> None:
        """Change *fields* of the row numbered *row_id*.

        Raises CatalogError for a field that the table does not have.
        """
        if not fields:
            return
        changes = ", ".join(f"{column_name(name)} = ?" for name in fields)
        serial = TABLE[self.table].serial
        values = [*self._values(fields), row_id]
        store.run(f"UPDATE {self.table} SET {changes} WHERE {serial} = ?", values)

    def _values(self, fields: Mapping[str, object]) -> list[Value]:
        try:
            return [_bound(self._kinds[name], value) for name, value in fields.items()]
        except KeyError as error:
            raise CatalogError(f"The table {self.table} has no field {error}") from error


def _bound(kind: Kind, value: object) -> Value:
    """Return *value* as the engine takes it."""
    if kind is Kind.TIME:
        return to_sql(value) if isinstance(value, int | float) else None
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, int | float | bytes):
        return value
    raise CatalogError(f"A catalog cannot hold {value!r}")


def _loader(kind: Kind) -> Callable[[Value], object]:
    """Return the conversion of a column's value to a field's."""
    if kind is Kind.TIME:
        return from_sql
    if kind is Kind.BYTES:
        return lambda value: value or b""
    if kind.is_number:
        return lambda value: value or 0
    return lambda value: value or ""
