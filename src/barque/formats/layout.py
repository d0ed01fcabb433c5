"""Layouts: the fields of a structure, in order, are its bytes.

A subclass of :class:`Layout` declares its fields once; packing, unpacking, the size and the
manual's table are read from that declaration. Everything is big-endian; a text ends with one NUL
byte.
Source: volume format, sections 2 to 4.
"""

import struct
from dataclasses import dataclass
from typing import Any, ClassVar, Self, dataclass_transform

from barque.errors import TruncatedError

type Bytes = bytes | bytearray | memoryview
"""What can be unpacked: anything that holds contiguous bytes."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a layout."""

    code: str
    """Format of :mod:`struct` without byte order; empty for a text that ends with NUL."""
    doc: str
    """What the field holds, for the manual."""


def _field(code: str, doc: str) -> Any:
    return Field(code, doc)


def u16(doc: str) -> int:
    """Declare an unsigned number of 2 bytes."""
    return _field("H", doc)  # type: ignore[no-any-return]  # replaced by the value


def u32(doc: str) -> int:
    """Declare an unsigned number of 4 bytes."""
    return _field("I", doc)  # type: ignore[no-any-return]  # replaced by the value


def i32(doc: str) -> int:
    """Declare a signed number of 4 bytes."""
    return _field("i", doc)  # type: ignore[no-any-return]  # replaced by the value


def u64(doc: str) -> int:
    """Declare an unsigned number of 8 bytes."""
    return _field("Q", doc)  # type: ignore[no-any-return]  # replaced by the value


def i64(doc: str) -> int:
    """Declare a signed number of 8 bytes."""
    return _field("q", doc)  # type: ignore[no-any-return]  # replaced by the value


def f64(doc: str) -> float:
    """Declare a floating point number of 8 bytes, IEEE 754."""
    return _field("d", doc)  # type: ignore[no-any-return]  # replaced by the value


def tag(size: int, doc: str) -> bytes:
    """Declare exactly *size* bytes."""
    return _field(f"{size}s", doc)  # type: ignore[no-any-return]  # replaced by the value


def text(doc: str) -> str:
    """Declare a text: bytes up to a NUL, decoded as UTF-8 with surrogate escapes."""
    return _field("", doc)  # type: ignore[no-any-return]  # replaced by the value


@dataclass_transform(
    frozen_default=True, field_specifiers=(u16, u32, i32, u64, i64, f64, tag, text)
)
class Layout:
    """Base of all structures; a subclass becomes a frozen dataclass of its fields."""

    FIELDS: ClassVar[dict[str, Field]]
    """Name to field, in the order of the bytes."""
    codec: ClassVar[struct.Struct | None]
    """All fields at once; None when the structure holds a text, so that its size varies."""
    size: ClassVar[int]
    """Bytes of the structure; without the texts, when there are any."""

    def __init_subclass__(cls) -> None:
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Field)}
        inherited: dict[str, Field] = getattr(cls, "FIELDS", {})
        cls.FIELDS = inherited | own
        for name in own:
            delattr(cls, name)
        codes = [field.code for field in cls.FIELDS.values()]
        cls.size = struct.calcsize(">" + "".join(codes))
        cls.codec = struct.Struct(">" + "".join(codes)) if all(codes) else None
        dataclass(frozen=True)(cls)

    @classmethod
    def fixed_codec(cls) -> struct.Struct:
        """Return the codec of all fields at once, for hot loops.

        Raises:
            TypeError: the structure holds a text, so it has none.
        """
        if cls.codec is None:
            raise TypeError(f"{cls.__name__} holds texts and has no fixed size")
        return cls.codec

    def pack(self) -> bytes:
        """Return the bytes of this structure."""
        parts = [
            _pack_text(getattr(self, name))
            if not field.code
            else struct.pack(">" + field.code, getattr(self, name))
            for name, field in self.FIELDS.items()
        ]
        return b"".join(parts)

    @classmethod
    def unpack(cls, data: Bytes, offset: int = 0) -> Self:
        """Read the structure that begins at *offset*; what follows it is not looked at.

        Raises:
            TruncatedError: *data* ends before the structure does.
        """
        values: dict[str, Any] = {}
        for name, field in cls.FIELDS.items():
            values[name], offset = _unpack_field(cls.__name__, name, field, data, offset)
        return cls(**values)


def _pack_text(value: str) -> bytes:
    return value.encode("utf-8", "surrogateescape") + b"\0"


def _unpack_field(
    layout: str, name: str, field: Field, data: Bytes, offset: int
) -> tuple[Any, int]:
    if field.code:
        end = offset + struct.calcsize(">" + field.code)
        if end > len(data):
            raise TruncatedError(f"{layout} ends within {name}")
        return struct.unpack_from(">" + field.code, data, offset)[0], end
    raw = bytes(data[offset:])
    length = raw.find(b"\0")
    if length < 0:
        raise TruncatedError(f"{layout} ends within {name}")
    return raw[:length].decode("utf-8", "surrogateescape"), offset + length + 1
