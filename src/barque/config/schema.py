"""The tables of directives as JSON: what ``--export-schema`` prints.

Source: configuration, section 9.1; table of directives.
"""

from collections.abc import Iterable, Iterator

from barque.config.directive import Directive, Resource
from barque.config.tree import Json

FORMAT_VERSION = 2
"""Version of the shape below."""


def schema(program: str, version: str, kinds: Iterable[type[Resource]]) -> dict[str, Json]:
    """Return what a configuration of *program* may hold."""
    resources: dict[str, Json] = {
        kind.kind: dict(entry for row in kind.table for entry in _entries(row)) for kind in kinds
    }
    return {
        "format-version": FORMAT_VERSION,
        "component": program,
        "version": version,
        "resource": {program: resources},
    }


def _entries(row: Directive) -> Iterator[tuple[str, Json]]:
    yield row.name, _entry(row)
    for alias in row.aliases:
        entry = _entry(row)
        entry["alias"] = True
        entry["description"] = f'This is an alias for "{row.name}". {row.text}'
        yield alias, entry


def _entry(row: Directive) -> dict[str, Json]:
    entry: dict[str, Json] = {"datatype": row.datatype.schema, "equals": row.equals}
    if row.default is not None:
        entry["default_value"] = row.default
    if row.platform_specific:
        entry["platform_specific"] = True
    if row.deprecated:
        entry["deprecated"] = True
    if row.required:
        entry["required"] = True
    if row.since or row.deprecated:
        entry["versions"] = f"{row.since}-{row.deprecated}"
    entry["description"] = row.text
    return entry
