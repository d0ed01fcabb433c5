"""Line templates: one declaration that both encodes and decodes a message.

A template is literal text with ``{name:type}`` fields; a part in square brackets is optional and is
sent only when its fields are not None. When decoding, a blank matches any run of white space
(also none), and text behind the last field is ignored, as Bareos's own readers do.
Source: daemon protocol, section 1, "Scanning conventions".
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from barque.errors import LocalProtocolError

type Value = int | str | bool | None
"""What a field holds."""


def _one_line(text: str) -> str:
    if "\n" in text:
        raise LocalProtocolError(f"a line break does not fit into a field: {text!r}")
    return text


def bash(text: str) -> str:
    """Return *text* with each blank as 0x01, as names travel."""
    return _one_line(text.replace(" ", "\x01"))


def unbash(text: str) -> str:
    """Return *text* with its blanks again."""
    return text.replace("\x01", " ")


def to_bytes(text: str) -> bytes:
    """Return *text* as it travels: UTF-8, foreign bytes unchanged."""
    return text.encode("utf-8", "surrogateescape")


def to_text(data: bytes) -> str:
    """Return *data* as text; bytes that are not UTF-8 survive a round trip."""
    return data.decode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class FieldType:
    """How one kind of field looks on a line."""

    pattern: str
    """Regular expression for the bytes, decoded as Latin-1."""
    decode: Callable[[str], Value]
    encode: Callable[[str], str]


def _number(text: str) -> int:
    return int(text) if text and text not in "+-" else 0


FIELD_TYPES: Final[Mapping[str, FieldType]] = {
    "int": FieldType(r"[+-]?[0-9]{0,20}", _number, str),
    "flag": FieldType(r"[0-9]{0,20}", lambda text: bool(_number(text)), str),
    "name": FieldType(r"[^ \t\r\n]*", unbash, bash),
    "word": FieldType(r"[^ \t\r\n]*", str, _one_line),
    "rest": FieldType(r"[^\n]*", str, _one_line),
    "block": FieldType(r"(?s:.*)", str, str),
    "quoted": FieldType(r'[^"\n]*', str, _one_line),
}
"""Every field type.

``name`` travels with blanks as 0x01, ``rest`` runs to the end of the line, ``block`` to the end of
the message.
"""

_PIECE = re.compile(r"\{(?P<name>\w+):(?P<type>\w+)\}|\[(?P<optional>[^\]]*)\]|(?P<text>[^{\[]+)")


@dataclass(frozen=True, slots=True)
class _Text:
    text: str


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    type: FieldType


@dataclass(frozen=True, slots=True)
class _Optional:
    pieces: tuple["_Piece", ...]


type _Piece = _Text | _Field | _Optional


def _parse(line: str) -> tuple[_Piece, ...]:
    return tuple(_piece(match) for match in _PIECE.finditer(line))


def _piece(match: re.Match[str]) -> _Piece:
    if match["name"]:
        return _Field(match["name"], FIELD_TYPES[match["type"]])
    if match["optional"] is not None:
        return _Optional(_parse(match["optional"]))
    return _Text(match["text"])


def _pattern(piece: _Piece) -> str:
    match piece:
        case _Text(text):
            return "".join(
                r"[ \t\r\n]*" if part.isspace() else re.escape(part)
                for part in re.split(r"([ \n]+)", text)
            )
        case _Field(name, field_type):
            return f"(?P<{name}>{field_type.pattern})"
        case _Optional(pieces):
            return f"(?:{''.join(map(_pattern, pieces))})?"


def _fields(pieces: tuple[_Piece, ...]) -> dict[str, FieldType]:
    found: dict[str, FieldType] = {}
    for piece in pieces:
        match piece:
            case _Field(name, field_type):
                found[name] = field_type
            case _Optional(inner):
                found |= _fields(inner)
            case _Text():
                pass
    return found


def _encode(piece: _Piece, values: Mapping[str, Value]) -> str:
    match piece:
        case _Text(text):
            return text
        case _Field(name, field_type):
            return field_type.encode(_printable(name, values[name]))
        case _Optional(pieces):
            if any(values[name] is None for name in _fields(pieces)):
                return ""
            return "".join(_encode(inner, values) for inner in pieces)


def _printable(name: str, value: Value) -> str:
    if value is None:
        raise LocalProtocolError(f"the field {name} has no value")
    return str(int(value)) if isinstance(value, bool) else str(value)


class Template:
    """A compiled line."""

    def __init__(self, line: str) -> None:
        self.line = line
        self._pieces = _parse(line)
        self.fields = _fields(self._pieces)
        """Name to type, in order."""
        self._regex = re.compile("".join(map(_pattern, self._pieces)))
        first = self._pieces[0]
        self.keyword = to_bytes(first.text.rstrip("\n")) if isinstance(first, _Text) else b""
        """The literal bytes before the first field."""

    def encode(self, values: Mapping[str, Value]) -> bytes:
        """Return the line with *values*; raises LocalProtocolError on a line break in one."""
        return to_bytes("".join(_encode(piece, values) for piece in self._pieces))

    def decode(self, data: bytes) -> dict[str, Value] | None:
        """Return the values of the fields, or None when *data* is another line."""
        found = self._regex.match(data.decode("latin-1"))
        if found is None:
            return None
        return {name: self._value(name, text) for name, text in found.groupdict().items()}

    def _value(self, name: str, text: str | None) -> Value:
        if text is None:
            return None
        return self.fields[name].decode(to_text(text.encode("latin-1")))
