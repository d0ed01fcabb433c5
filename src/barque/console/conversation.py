"""Where a reply ends, and what its bytes say: the console's half of a dialogue, without a socket.

Source: console protocol, sections 1.3 and 3; console JSON.
"""

import codecs
import json
import re
from contextlib import suppress
from typing import Final

from barque.errors import CommandError, ConnectionLostError, RemoteProtocolError
from barque.wire.framing import Frame, Signal

END_OF_REPLY: Final = frozenset(
    {Signal.EOD, Signal.EOD_POLL, Signal.MAIN_PROMPT, Signal.SUB_PROMPT}
)
"""Signals after which the Director reads."""

TEXT_MODE: Final = 0
"""Value of ``.api``: answers for people."""
JSON_MODE: Final = 2
"""Value of ``.api``: answers for programs."""

CANCEL: Final = "."
"""The answer that calls a command off."""

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None
"""A value of a JSON document."""

_ENVELOPE: Final = re.compile(r'\{\s*"jsonrpc"')


class Conversation:
    """The state of one session: its mode, and whether a reply is still coming in."""

    def __init__(self, peer: str) -> None:
        self.peer = peer
        """The Director's address, for messages."""
        self.mode = TEXT_MODE
        """What the Director was last told by ``.api``."""
        self.reading = False
        """Whether a reply has not been read to its end."""
        self.asked = False
        """Whether the last reply ended with a question."""
        self.in_tree = False
        """Whether the Director browses the files of a restore."""
        self._letters = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def sent(self) -> None:
        """Take note that a line went out: a reply will come."""
        self.reading = True

    def take(self, frame: Frame) -> str:
        """Return the text of *frame*; a signal has none, but may end the reply.

        A letter that was cut in two by the end of a frame comes with the next one.
        Raises ConnectionLostError when the Director ends the session.
        """
        if isinstance(frame, bytes):
            return self._letters.decode(frame.rstrip(b"\0"))
        if frame is Signal.TERMINATE:
            raise ConnectionLostError(f"{self.peer} ended the session")
        if frame in {Signal.START_RTREE, Signal.END_RTREE}:
            self.in_tree = frame is Signal.START_RTREE
        if frame not in END_OF_REPLY:
            return ""
        self.reading = False
        self.asked = frame is Signal.SUB_PROMPT
        return self._letters.decode(b"", final=True)


def result_of(command: str, text: str) -> dict[str, Json]:
    """Return the result in the JSON document of a reply; raw text before it is ignored.

    Raises CommandError for the error of a command, RemoteProtocolError when there is no document.
    """
    document = _document(text)
    if document is None:
        raise RemoteProtocolError(f"the Director's answer to «{command}» is not JSON: {text[:80]}")
    if "error" in document:
        raise CommandError(_error_text(command, document["error"]))
    result = document.get("result")
    return result if isinstance(result, dict) else {}


def _document(text: str) -> dict[str, Json] | None:
    """Return the JSON document in a reply, behind whatever text came before it."""
    decoder = json.JSONDecoder(strict=False)
    for found in _ENVELOPE.finditer(text):
        with suppress(ValueError):
            document = decoder.raw_decode(text, found.start())[0]
            return document if isinstance(document, dict) else None
    return None


def _error_text(command: str, error: Json) -> str:
    """Return what the Director said about a command that failed, on one line."""
    data = error.get("data") if isinstance(error, dict) else None
    messages = data.get("messages") if isinstance(data, dict) else None
    texts: list[str] = []
    if isinstance(messages, dict):
        for kind in ("error", "warning", "info"):
            lines = messages.get(kind)
            texts += [str(line).strip() for line in lines] if isinstance(lines, list) else []
    said = " ".join(text for text in texts if text) or "no reason given"
    return f"{command.split(maxsplit=1)[0]} failed: {said}"
