"""A blocking connection to a Director on which commands are called.

Source: console protocol, sections 1.3 and 3; console JSON.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Self

from barque.console.account import Account, with_key_only
from barque.console.conversation import (
    CANCEL,
    END_OF_REPLY,
    JSON_MODE,
    TEXT_MODE,
    Conversation,
    Json,
    result_of,
)
from barque.console.login import PamSource, Welcome, log_in, reach
from barque.errors import ConnectionLostError, KeyUnusedError
from barque.transport.channel import Channel
from barque.wire.framing import Signal
from barque.wire.template import to_bytes

__all__ = ["END_OF_REPLY", "Answer", "Console", "Json", "result_of"]

type Answer = Callable[[str], str]
"""Gets the text of a question and returns the answer; ``.`` cancels."""


class Console:
    """One session. Not for use by several threads at once.

    A session that :meth:`connect` made is made anew when the Director has gone away between two
    commands. A command is never sent twice: one whose reply breaks off raises ConnectionLostError.
    """

    def __init__(
        self,
        channel: Channel,
        welcome: Welcome,
        *,
        account: Account | None = None,
        pam: PamSource | None = None,
    ) -> None:
        self.channel = channel
        """The connection."""
        self.welcome = welcome
        """What the Director said at login."""
        self.timeout: float | None = None
        """Second; how long a whole reply may take, unless a call says otherwise; None for ever."""
        self._account = account
        self._pam = pam
        self._conversation = Conversation(channel.peer)

    @classmethod
    def connect(
        cls, account: Account, *, patience: float = 0.0, pam: PamSource | None = None
    ) -> Self:
        """Connect and log in; *patience* is how long (seconds) to wait for a Director to listen.

        TLS is used unless the account says otherwise; there is no way back to clear text.
        Raises ConnectionLostError when nobody answers, AuthenticationError when a password or
        name is wrong.
        """
        channel, welcome = _logged_in(account, patience, pam)
        return cls(channel, welcome, account=account, pam=pam)

    def reconnect(self, *, patience: float = 0.0) -> None:
        """Log in anew; raises as :meth:`connect` does."""
        if self._account is None:
            raise ConnectionLostError(f"{self.channel.peer}: this session cannot be made anew")
        self.channel.close()
        self.channel, self.welcome = _logged_in(self._account, patience, self._pam)
        self._conversation = Conversation(self.channel.peer)

    @property
    def tls(self) -> str:
        """Cipher and version; empty in the clear."""
        return self.channel.tls

    @property
    def asked(self) -> bool:
        """Whether the last reply ended with a question, so that the next line answers it."""
        return self._conversation.asked

    @property
    def in_tree(self) -> bool:
        """Whether the Director browses the files of a restore."""
        return self._conversation.in_tree

    # Text

    def stream(self, command: str, *, timeout: float | None = None) -> Iterator[str]:
        """Send *command* and yield its reply as it comes in, text as the Director cut it.

        A reply that is not read to its end is skipped by the next call.
        Raises ConnectionLostError when the Director goes away, or *timeout* (seconds, for the
        whole reply) passes.
        """
        deadline = self._deadline(timeout)
        self._send(command, TEXT_MODE, deadline)
        yield from self._texts(deadline)

    def call(
        self, command: str, answer: Answer | None = None, *, timeout: float | None = None
    ) -> str:
        """Send *command* and return its whole reply.

        Each question goes to *answer* with the text since the last one; without it, questions are
        cancelled. Raises as :meth:`stream` does.
        """
        deadline = self._deadline(timeout)
        self._send(command, TEXT_MODE, deadline)
        return self._dialogue(answer, deadline)

    def send_command(self, command: str) -> str:
        """Do what :meth:`call` does, under its name of old."""
        return self.call(command)

    def _dialogue(self, answer: Answer | None, deadline: float | None) -> str:
        reply = ""
        while True:
            text = "".join(self._texts(deadline))
            reply += text
            if not self.asked:
                return reply
            self._write(answer(text) if answer else CANCEL)

    def interactive(self, read: Callable[[str], str] = input) -> None:
        """Let a person type commands and answers until ``quit``, ``exit`` or the end of input."""
        while True:
            try:
                line = read("" if self.asked else "*").strip()
            except EOFError:
                return
            if line in {"quit", "exit"} and not self.asked:
                return
            for text in self.stream(line):
                sys.stdout.write(text)
            sys.stdout.flush()

    # JSON

    def json(self, command: str, *, timeout: float | None = None) -> dict[str, Json]:
        """Send *command* in JSON mode and return its result.

        Raises CommandError with the Director's messages when the command failed, and as
        :meth:`stream` does.
        """
        deadline = self._deadline(timeout)
        self._send(command, JSON_MODE, deadline)
        text = self._dialogue(None, deadline)
        return result_of(command, text) if text.strip() else {}

    # Below

    def _deadline(self, timeout: float | None) -> float | None:
        seconds = self.timeout if timeout is None else timeout
        return None if seconds is None else time.monotonic() + seconds

    def _send(self, command: str, mode: int, deadline: float | None) -> None:
        self._drain(deadline)
        if self._account is not None and self.channel.is_closed_by_peer():
            self.reconnect()
        if self._conversation.mode != mode:
            self._conversation.mode = mode
            self._write(f".api {mode}")
            self._drain(deadline)
        self._write(command)

    def _drain(self, deadline: float | None) -> None:
        for _ in self._texts(deadline):
            pass

    def _write(self, line: str) -> None:
        self.channel.send(to_bytes(line))
        self._conversation.sent()

    def _texts(self, deadline: float | None) -> Iterator[str]:
        while self._conversation.reading:
            text = self._conversation.take(self.channel.receive(self._left(deadline)))
            if text:
                yield text

    def _left(self, deadline: float | None) -> float | None:
        if deadline is None:
            return None
        left = deadline - time.monotonic()
        if left <= 0:
            raise ConnectionLostError(f"{self.channel.peer} did not answer in time")
        return left

    def close(self) -> None:
        """Say goodbye and close; never raises."""
        with suppress(ConnectionLostError):
            self.channel.signal(Signal.TERMINATE)
        self.channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _logged_in(account: Account, patience: float, pam: PamSource | None) -> tuple[Channel, Welcome]:
    try:
        return _try(account, patience, pam)
    except KeyUnusedError:
        return _try(with_key_only(account), patience, pam)


def _try(account: Account, patience: float, pam: PamSource | None) -> tuple[Channel, Welcome]:
    channel = reach(account, patience=patience)
    try:
        return channel, log_in(channel, account, pam)
    except BaseException:
        channel.close()
        raise
