"""A resource as text, made of what a console typed.

Source: configuration, section 9.5.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from barque.errors import CommandError

if TYPE_CHECKING:
    from barque.config.directive import Directive, Resource

_QUOTED: Final = frozenset(
    {
        "AUTOPASSWORD",
        "CLEARPASSWORD",
        "DIR",
        "DIR_OR_CMD",
        "LABEL",
        "MD5PASSWORD",
        "NAME",
        "RES",
        "SHRTRUNSCRIPT",
        "STDSTR",
        "STDSTRDIR",
        "STR",
        "STRNAME",
    }
)
"""Datatypes whose values stand in quotes; those of others are written as they were typed."""

_FORBIDDEN: Final = (("@", "'@' (include)"), (";", "';' (end of directive)"))


def resource_text(kind: "type[Resource]", values: Sequence[tuple[str, str | None]]) -> str:
    """Return the text of a resource with these directives, in this order. Raises CommandError."""
    lines = [_line(kind, keyword, value) for keyword, value in values]
    return f"{kind.kind} {{\n{''.join(lines)}}}\n"


def _line(kind: "type[Resource]", keyword: str, value: str | None) -> str:
    if value is None:
        raise CommandError(f'Missing value for directive "{keyword}"')
    row = kind.find(keyword)
    if row is None:
        raise CommandError(f'Resource "{kind.kind}" does not permit directive "{keyword}".')
    for letter, words in _FORBIDDEN:
        if letter in value:
            raise CommandError(
                f'Could not add directive "{keyword}": character {words} is forbidden.'
            )
    if not value.isprintable() and any(letter < " " for letter in value):
        raise CommandError(
            f'Could not add directive "{keyword}": line breaks and control characters'
            " are forbidden."
        )
    return f"  {row.name} = {_written(row, value)}\n"


def _written(row: "Directive", value: str) -> str:
    if row.datatype.name not in _QUOTED:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
