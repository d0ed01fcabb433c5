"""Texts with variables: ``$Year``, ``${Client}``, ``${Month:p/2/0/r}``, ``${Tapes+}``.

Source: configuration, section 7 (LabelFormat); console commands, ``var``.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from barque.errors import CommandError

type Lookup = Callable[[str, bool], str | None]
"""Returns the value of a variable, None for an unknown one; True moves a counter on."""

_VARIABLE: Final = re.compile(
    r"\\(?P<escaped>.)"
    r"|\$(?P<plain>\w+)"
    r"|\$\{(?P<name>\w+)(?P<increment>\+?)(?P<operations>(?::[^}]*)?)\}",
    re.DOTALL,
)
_PADDING: Final = re.compile(
    r"p(?P<mark>.)(?P<width>\d+)(?P=mark)(?P<fill>.*?)(?P=mark)(?P<side>[lrc])"
)
_PART: Final = re.compile(r"o(?P<first>\d+)(?P<kind>[,-])(?P<last>\d*)")
_REPLACEMENT: Final = re.compile(
    r"s(?P<mark>.)(?P<old>.*?)(?P=mark)(?P<new>.*?)(?P=mark)(?P<flags>[gi]*)"
)


def expand_variables(text: str, lookup: Lookup) -> str:
    """Return *text* with its variables replaced. Raises CommandError for one that is unknown."""

    def value(found: re.Match[str]) -> str:
        if found["escaped"] is not None:
            return found["escaped"]
        name = found["plain"] or found["name"]
        known = lookup(name, bool(found["increment"]))
        operations = (found["operations"] or "").split(":")[1:]
        if known is None and not any(operation.startswith("-") for operation in operations):
            raise CommandError(f"There is no variable {name}.")
        result = known or ""
        for operation in operations:
            result = _apply(operation, result)
        return result

    return _VARIABLE.sub(value, text)


def _apply(operation: str, value: str) -> str:
    match operation[:1]:
        case "l" if operation == "l":
            return value.lower()
        case "u" if operation == "u":
            return value.upper()
        case "#" if operation == "#":
            return str(len(value))
        case "-":
            return value or operation[1:]
        case "+":
            return operation[1:] if value else ""
        case "p" if found := _PADDING.fullmatch(operation):
            return _padded(value, int(found["width"]), found["fill"] or " ", found["side"])
        case "o" if found := _PART.fullmatch(operation):
            return _part(value, int(found["first"]), found["kind"], found["last"])
        case "s" if found := _REPLACEMENT.fullmatch(operation):
            return _replaced(value, found["old"], found["new"], found["flags"])
    raise CommandError(f'"{operation}" is nothing that can be done with a variable.')


def _padded(value: str, width: int, fill: str, side: str) -> str:
    """Return *value* at the left, right or in the centre of *width* letters."""
    missing = max(0, min(width, 127) - len(value))
    before = {"l": 0, "r": missing, "c": missing // 2}[side]
    endless = fill * (missing + 1)
    return endless[:before] + value + endless[: missing - before]


def _part(value: str, first: int, kind: str, last: str) -> str:
    """Return letters from *first*: so many (``,``), or up to one of them (``-``)."""
    if not last:
        return value[first:]
    return value[first : first + int(last)] if kind == "," else value[first : int(last) + 1]


def _replaced(value: str, old: str, new: str, flags: str) -> str:
    try:
        pattern = re.compile(old, re.IGNORECASE if "i" in flags else 0)
    except re.error as error:
        raise CommandError(f'"{old}" is not a regular expression: {error}') from error
    return pattern.sub(lambda _found: new, value, count=0 if "g" in flags else 1)


def time_variable(name: str, now: datetime) -> str | None:
    """Return the value of a variable about the time *now*; None for any other."""
    match name.lower():
        case "year" | "month" | "day" | "hour" | "minute" | "second" as part:
            return str(getattr(now, part))
        case "weekday":
            return str(now.isoweekday() % 7)
    return None
