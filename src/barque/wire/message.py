r"""Messages: dataclasses that know their line.

``class SetBandwidth(Message, line="setbandwidth={limit:int} Job={job:name}\\n")`` is all that there
is to write: encoder, decoder and the protocol reference come from it.
"""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, ClassVar, Self

from barque.errors import RemoteProtocolError
from barque.wire.template import Template, to_text


class Message:
    """One line of a dialogue. Subclasses are frozen dataclasses with the fields of their line."""

    templates: ClassVar[tuple[Template, ...]] = ()
    """Newest first: decoding tries each, encoding uses the first."""

    def __init_subclass__(cls, line: str | tuple[str, ...] = (), **kwargs: Any) -> None:
        """Compile the line."""
        super().__init_subclass__(**kwargs)
        lines = (line,) if isinstance(line, str) else line
        if lines:
            cls.templates = tuple(Template(text) for text in lines)

    @classmethod
    def keyword(cls) -> bytes:
        """Return the literal bytes that every form of the line begins with."""
        return cls.templates[0].keyword

    def encode(self) -> bytes:
        """Return the payload of the frame."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]  # each subclass is a dataclass
        return self.templates[0].encode(values)

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Return the message in *data*; raises RemoteProtocolError when it is none of this kind."""
        message = cls.match(data)
        if message is None:
            expected = cls.templates[0].line.strip()
            raise RemoteProtocolError(f"expected «{expected}», got «{shorten(data)}»")
        return message

    @classmethod
    def match(cls, data: bytes) -> Self | None:
        """Return the message in *data*, or None when it is another one."""
        for template in cls.templates:
            values = template.decode(data)
            if values is not None:
                return cls(**{name: value for name, value in values.items() if value is not None})
        return None


def shorten(data: bytes, limit: int = 120) -> str:
    """Return *data* as one printable line of at most *limit* characters, for error texts."""
    text = to_text(data[: 4 * limit]).rstrip("\n\0")
    shown = "".join(char if char.isprintable() else "?" for char in text[:limit])
    return shown + ("..." if len(text) > limit else "")


def first_match(data: bytes, kinds: Iterable[type[Message]]) -> Message | None:
    """Return *data* as the first of *kinds* that it is, or None."""
    for kind in kinds:
        message = kind.match(data)
        if message is not None:
            return message
    return None
