"""The declared directives are those of the reference."""

import json
from pathlib import Path
from typing import Any

import pytest

from barque.config import console, director, filedaemon, storagedaemon
from barque.config.directive import Resource, attribute_name, directive_name

DAEMONS = json.loads(
    (Path(__file__).parents[2] / "golden" / "config" / "directives.json").read_text()
)["daemons"]

KINDS = {"Msgs": "Messages", "Fileset": "FileSet", "Jobdefs": "JobDefs"}

PROGRAMS: list[tuple[str, tuple[type[Resource], ...]]] = [
    ("bareos-dir", director.RESOURCES),
    ("bareos-fd", filedaemon.RESOURCES),
    ("bareos-sd", storagedaemon.RESOURCES),
    ("bconsole", console.RESOURCES),
]


def declared(resource: type[Resource]) -> dict[str, Any]:
    return {
        row.name: {
            "type": row.datatype.name,
            "datatype": row.datatype.schema,
            "default": row.default,
            "required": row.required,
            "aliases": list(row.aliases),
            "introduced_in": row.since,
            "deprecated_since": row.deprecated,
            "platform_specific": row.platform_specific,
            "equals": row.equals,
            "references": getattr(row.datatype, "kind", ""),
        }
        for row in resource.table
        if not row.extension
    }


def expected(rows: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {
            "type": row["type"],
            "datatype": row["datatype"],
            "default": row.get("default"),
            "required": row.get("required", False),
            "aliases": row.get("aliases", []),
            "introduced_in": row.get("introduced_in", ""),
            "deprecated_since": row.get("deprecated_since", ""),
            "platform_specific": row.get("platform_specific", False),
            "equals": row.get("equals", True),
            "references": KINDS.get(row.get("references", ""), row.get("references", "")),
        }
        for name, row in rows.items()
    }


@pytest.mark.parametrize(("program", "kinds"), PROGRAMS)
def test_resources_are_those_of_the_reference(
    program: str, kinds: tuple[type[Resource], ...]
) -> None:
    resources = DAEMONS[program]["resources"]
    assert [kind.kind for kind in kinds] == list(resources)
    for kind in kinds:
        row = resources[kind.kind]
        assert kind.group == row["group"]
        assert list(kind.aliases) == row.get("aliases", [])
        assert kind.deprecated == row.get("deprecated", False)


@pytest.mark.parametrize(("program", "kinds"), PROGRAMS)
def test_directives_are_those_of_the_reference_in_order(
    program: str, kinds: tuple[type[Resource], ...]
) -> None:
    for kind in kinds:
        rows = DAEMONS[program]["resources"][kind.kind]["directives"]
        assert list(declared(kind)) == list(rows), kind.kind
        assert declared(kind) == expected(rows), kind.kind


def test_every_directive_has_a_text() -> None:
    for _, kinds in PROGRAMS:
        for kind in kinds:
            assert kind.__doc__
            assert all(row.text.endswith(".") for row in kind.table), kind.kind


def test_names_of_directives_and_attributes_are_inverse() -> None:
    names = {row.name for _, kinds in PROGRAMS for kind in kinds for row in kind.table}
    assert len(names) > 250
    assert {directive_name(attribute_name(name)) for name in names} == names


def test_every_default_is_a_value_of_its_type() -> None:
    for _, kinds in PROGRAMS:
        for kind in kinds:
            resource = kind()
            for row in kind.table:
                assert resource.value(row) == row.datatype.initial(row.default)
