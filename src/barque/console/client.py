"""A blocking connection to a Director on which commands are called.

Knows where a reply ends, prompts, and the JSON mode; not what the commands mean.
Source: console protocol, sections 1.3 and 3; console JSON.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final, Self

from barque.console.account import Account
from barque.console.login import Welcome, log_in, reach
from barque.console.pam import PamAnswers
from barque.errors import CommandError, ConnectionLostError, RemoteProtocolError
from barque.transport.channel import Channel
from barque.wire.framing import Signal
from barque.wire.template import to_bytes, to_text

END_OF_REPLY: Final = frozenset(
    {Signal.EOD, Signal.EOD_POLL, Signal.MAIN_PROMPT, Signal.SUB_PROMPT}
)
"""Signals after which the Director reads."""

TEXT_MODE: Final = 0
"""Value of ``.api``: answers for people."""
JSON_MODE: Final = 2
"""Value of ``.api``: answers for programs."""

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None
"""A value of a JSON document."""

type Answer = Callable[[str], str]
"""Gets the text of a question and returns the answer; ``.`` cancels."""

_ENVELOPE: Final = re.compile(r'\{\s*"jsonrpc"')


class Console:
    """One session. Not for use by several threads at once."""

    def __init__(self, channel: Channel, welcome: Welcome) -> None:
        self.channel = channel
        """The connection."""
        self.welcome = welcome
        """What the Director said at login."""
        self.asked = False
        """Whether the last reply ended with a question, so that the next call answers it."""
        self._mode = TEXT_MODE
        self._reading = False

    @classmethod
    def connect(
        cls,
        account: Account,
        *,
        patience: float = 0.0,
        pam: Callable[[Channel], PamAnswers] | None = None,
    ) -> Self:
        """Connect and log in; *patience* is how long (seconds) to wait for a Director to listen.

        Raises ConnectionLostError when nobody answers, AuthenticationError when a password or
        name is wrong.
        """
        channel = reach(account, patience=patience)
        try:
            return cls(channel, log_in(channel, account, pam))
        except BaseException:
            channel.close()
            raise

    # Text

    def stream(self, command: str) -> Iterator[str]:
        """Send *command* and yield its reply as it comes in, text as the Director cut it.

        A reply that is not read to its end is skipped by the next call.
        Raises ConnectionLostError when the Director goes away.
        """
        self._send(command, TEXT_MODE)
        yield from self._texts()

    def call(self, command: str, answer: Answer | None = None) -> str:
        """Send *command* and return its whole reply.

        Each question goes to *answer* with the text since the last one; without it, questions are
        cancelled.
        """
        self._send(command, TEXT_MODE)
        return self._dialogue(answer)

    def _dialogue(self, answer: Answer | None) -> str:
        reply = ""
        while True:
            text = "".join(self._texts())
            reply += text
            if not self.asked:
                return reply
            self._write(answer(text) if answer else ".")

    # JSON

    def json(self, command: str) -> dict[str, Json]:
        """Send *command* in JSON mode and return its result.

        Raises CommandError with the Director's messages when the command failed.
        """
        self._send(command, JSON_MODE)
        text = self._dialogue(None)
        if not text.strip():
            return {}
        return result_of(command, text)

    # Below

    def _send(self, command: str, mode: int) -> None:
        if self._reading:
            for _ in self._texts():
                pass
        if self._mode != mode:
            self._mode = mode
            self._write(f".api {mode}")
            for _ in self._texts():
                pass
        self._write(command)

    def _write(self, line: str) -> None:
        self.channel.send(to_bytes(line))
        self._reading = True

    def _texts(self) -> Iterator[str]:
        while True:
            frame = self.channel.receive()
            if isinstance(frame, bytes):
                yield to_text(frame).rstrip("\0")
            elif frame is Signal.TERMINATE:
                raise ConnectionLostError(f"{self.channel.peer} ended the session")
            elif frame in END_OF_REPLY:
                self._reading = False
                self.asked = frame is Signal.SUB_PROMPT
                return

    def close(self) -> None:
        """Say goodbye and close; never raises."""
        with suppress(ConnectionLostError):
            self.channel.signal(Signal.TERMINATE)
        self.channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


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
