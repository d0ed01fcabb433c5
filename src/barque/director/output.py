"""What a console sees: text, records for old programs, or JSON, from the same calls.

A command describes its answer once: values with their text form, decorations, messages. The mode of
the session decides what becomes of them.

Source: console protocol, sections 1.2 and 3.6; console JSON, section 1.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum, IntEnum
from typing import Protocol

from barque.wire.framing import Signal

type JsonValue = str | int | bool | list["JsonValue"] | dict[str, "JsonValue"] | None
"""What an answer in JSON may hold."""

type Row = Sequence[str | None]
"""One row of a listing, as the catalog prints it."""


class ApiMode(IntEnum):
    """How a session wants its answers."""

    TEXT = 0
    RECORDS = 1
    JSON = 2


class Verdict(Enum):
    """What a filter says about a row."""

    SHOW = "show"
    SUPPRESS = "suppress"
    UNKNOWN = "unknown"


class RowFilter:
    """One reason for leaving rows out."""

    def __init__(self, check: Callable[[Row], Verdict], *, decides: bool = False) -> None:
        self.check = check
        """Verdict about a row."""
        self.decides = decides
        """True for access lists: when all of them say unknown, the row is left out."""


class Wire(Protocol):
    """Where frames and signals go."""

    def send(self, payload: bytes) -> None:
        """Send one frame."""

    def signal(self, signal: Signal) -> None:
        """Send a signal."""


class Output:
    """Collects one command's answer and sends it in the session's mode."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.mode = ApiMode.TEXT
        """Changed by the ``.api`` command in the middle of an answer."""
        self.compact = False
        """JSON without blanks; stays until changed."""
        self._text: list[str] = []
        self._reset()

    def _reset(self) -> None:
        self._result: dict[str, JsonValue] = {}
        self._stack: list[dict[str, JsonValue] | list[JsonValue]] = [self._result]
        self._messages: dict[str, JsonValue] = {}
        self._filters: list[RowFilter] = []
        self._range: dict[str, JsonValue] = {}
        self._ranged = False
        self._filtered = 0

    # -- values ----------------------------------------------------------------------------------

    def decoration(self, text: str) -> None:
        """Add *text* that only people need: headings, borders."""
        if self.mode is ApiMode.TEXT:
            self._text.append(text)

    def text(self, text: str) -> None:
        """Add *text* that belongs to no value, in both text modes."""
        if self.mode is not ApiMode.JSON:
            self._text.append(text)

    def pair(self, key: str, value: JsonValue, text: str = "") -> None:
        """Add a key with its value; *text* is what text modes show instead."""
        if self.mode is not ApiMode.JSON:
            self._text.append(text)
            return
        top = self._stack[-1]
        if isinstance(top, dict):
            top[key.lower()] = value

    def item(self, value: JsonValue, text: str = "") -> None:
        """Add one element to the array that is open."""
        if self.mode is not ApiMode.JSON:
            self._text.append(text)
            return
        top = self._stack[-1]
        if isinstance(top, list):
            top.append(value)

    @contextmanager
    def object(
        self, name: str | None = None, head: str = "", tail: str = "", *, keep_case: bool = False
    ) -> Iterator[None]:
        """Open an object; the text that was collected goes out when it closes.

        A name that exists already is continued. Without a name it is the next element of an array,
        or its keys join the object around it.
        """
        if self.mode is ApiMode.JSON:
            self._stack.append(self._opened_object(name, keep_case))
            yield
            self._stack.pop()
            return
        self._text.append(head)
        yield
        self._text.append(tail)
        self.flush()

    def _opened_object(
        self, name: str | None, keep_case: bool
    ) -> dict[str, JsonValue] | list[JsonValue]:
        top = self._stack[-1]
        new: dict[str, JsonValue] = {}
        if isinstance(top, list):
            top.append(new)
            return new
        if name is None:
            return top
        existing = top.setdefault(name if keep_case else name.lower(), new)
        return existing if isinstance(existing, dict | list) else new

    @contextmanager
    def array(self, name: str, head: str = "", tail: str = "") -> Iterator[None]:
        """Open an array; unlike an object it sends nothing when it closes."""
        if self.mode is ApiMode.JSON:
            top = self._stack[-1]
            new: list[JsonValue] = []
            if isinstance(top, dict):
                top.setdefault(name.lower(), new)
            self._stack.append(new)
            yield
            self._stack.pop()
            return
        self._text.append(head)
        yield
        self._text.append(tail)

    # -- rows ------------------------------------------------------------------------------------

    def page(self, limit: int | None, offset: int | None) -> None:
        """Remember that the answer was asked for in pages."""
        if limit is not None:
            self._range["limit"] = limit
        if offset is not None:
            self._range["offset"] = offset
        self._ranged = self._ranged or limit is not None or offset is not None

    def add_filter(self, row_filter: RowFilter) -> None:
        """Leave rows out of this answer from now on."""
        self._filters.append(row_filter)
        self._ranged = True

    def admits(self, row: Row) -> bool:
        """Tell whether *row* passes every filter, and count it when it does not."""
        verdicts = [(row_filter.check(row), row_filter.decides) for row_filter in self._filters]
        if any(verdict is Verdict.SUPPRESS for verdict, _ in verdicts):
            self._filtered += 1
            return False
        deciding = [verdict for verdict, decides in verdicts if decides]
        if Verdict.UNKNOWN in deciding and Verdict.SHOW not in deciding:
            self._filtered += 1
            return False
        return True

    # -- messages --------------------------------------------------------------------------------

    def plain(self, text: str) -> None:
        """Send *text* at once; JSON leaves it out."""
        self.flush()
        if self.mode is not ApiMode.JSON:
            self.raw(text)

    def info(self, text: str) -> None:
        """Send something worth knowing."""
        self._message(Signal.INFO_MSG, "info", text)

    def warning(self, text: str) -> None:
        """Send something that is probably wrong."""
        self._message(Signal.WARNING_MSG, "warning", text)

    def error(self, text: str) -> None:
        """Send what failed; in JSON the whole answer becomes an error."""
        self._message(Signal.ERROR_MSG, "error", text)

    def _message(self, signal: Signal, kind: str, text: str) -> None:
        self.flush()
        if self.mode is not ApiMode.TEXT:
            self._wire.signal(signal)
        if self.mode is not ApiMode.JSON:
            self.raw(text)
            return
        collected = self._messages.setdefault(kind, [])
        if isinstance(collected, list):
            collected.append(text)

    def raw(self, text: str) -> None:
        """Send *text* as it is, in every mode."""
        self._wire.send(text.encode("utf-8", "surrogateescape"))

    def flush(self) -> None:
        """Send the text that was collected."""
        text = "".join(self._text)
        self._text.clear()
        if text:
            self.raw(text)

    # -- end -------------------------------------------------------------------------------------

    def finish(self, ok: bool) -> None:
        """Send what is left; in JSON the document. Nothing of this answer stays."""
        if self.mode is ApiMode.JSON:
            self._text.clear()
            self.raw(self._document(ok))
        else:
            self.flush()
        self._reset()

    def _document(self, ok: bool) -> str:
        answer: dict[str, JsonValue] = {"jsonrpc": "2.0", "id": None}
        if ok and "error" not in self._messages:
            if self._ranged:
                self._result["meta"] = {"range": {**self._range, "filtered": self._filtered}}
            answer["result"] = self._result
        else:
            data: JsonValue = {"result": self._result, "messages": self._messages}
            answer["error"] = {"code": 1, "message": "failed", "data": data}
        return encode_json(answer, compact=self.compact)


def encode_json(value: JsonValue, *, compact: bool) -> str:
    """Return *value* as text; bytes that are no UTF-8 become U+FFFD."""
    if compact:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    else:
        text = json.dumps(value, ensure_ascii=False, indent=2)
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
