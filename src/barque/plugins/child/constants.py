"""Dictionaries of constants as plugins expect them: names may be text or bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import abi


class Constants(dict[Any, Any]):
    """Names and numbers; asked for by text or by bytes."""

    def __missing__(self, name: Any) -> Any:
        if isinstance(name, bytes):
            return self[name.decode("utf-8", "replace")]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        if isinstance(name, bytes):
            name = name.decode("utf-8", "replace")
        return super().__contains__(name)

    def get(self, name: Any, default: Any = None) -> Any:
        """Return the number of *name*."""
        try:
            return self[name]
        except KeyError:
            return default


class _Letters(Constants):
    """Levels: text by the name as text, bytes by the name as bytes."""

    def __missing__(self, name: Any) -> Any:
        value = super().__missing__(name)
        return value.encode() if isinstance(name, bytes) else value


def dictionaries(tables: dict[str, abi.Table]) -> dict[str, Constants]:
    """Return the dictionaries of a module."""
    return {
        name: (_Letters if table is abi.LEVELS else Constants)(table)
        for name, table in tables.items()
    }


def flat(tables: dict[str, abi.Table]) -> dict[str, abi.Number]:
    """Return every constant of a module under its own name."""
    found: dict[str, abi.Number] = {}
    for table in tables.values():
        found.update(table)
    return found


def names(tables: dict[str, abi.Table]) -> Iterator[str]:
    """Yield the names of the constants of a module."""
    yield from flat(tables)
