"""The client for asyncio: the same calls, awaited.

Source: console protocol, sections 1.3, 2 and 3; console JSON.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from inspect import isawaitable
from typing import Self

from barque.console.account import Account, with_key_only
from barque.console.aio_channel import AsyncChannel
from barque.console.conversation import (
    CANCEL,
    JSON_MODE,
    TEXT_MODE,
    Conversation,
    Json,
    result_of,
)
from barque.console.login import RETRY_INTERVAL, PamSource, Welcome, login_steps
from barque.errors import ConnectionLostError, KeyUnusedError
from barque.wire.framing import Signal
from barque.wire.template import to_bytes

type AsyncAnswer = Callable[[str], str | Awaitable[str]]
"""Gets the text of a question and returns the answer, or awaits it; ``.`` cancels."""


class AsyncConsole:
    """One session. For one task at a time; see :class:`barque.console.client.Console`."""

    def __init__(
        self,
        channel: AsyncChannel,
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
    async def connect(
        cls, account: Account, *, patience: float = 0.0, pam: PamSource | None = None
    ) -> Self:
        """Connect and log in; *patience* is how long (seconds) to wait for a Director to listen.

        TLS is used unless the account says otherwise; there is no way back to clear text.
        Raises ConnectionLostError when nobody answers, AuthenticationError when a password or
        name is wrong.
        """
        channel, welcome = await _logged_in(account, patience, pam)
        return cls(channel, welcome, account=account, pam=pam)

    async def reconnect(self, *, patience: float = 0.0) -> None:
        """Log in anew; raises as :meth:`connect` does."""
        if self._account is None:
            raise ConnectionLostError(f"{self.channel.peer}: this session cannot be made anew")
        await self.channel.close()
        self.channel, self.welcome = await _logged_in(self._account, patience, self._pam)
        self._conversation = Conversation(self.channel.peer)

    @property
    def tls(self) -> str:
        """Cipher and version; empty in the clear."""
        return self.channel.tls

    @property
    def asked(self) -> bool:
        """Whether the last reply ended with a question, so that the next line answers it."""
        return self._conversation.asked

    # Text

    async def stream(self, command: str) -> AsyncIterator[str]:
        """Send *command* and yield its reply as it comes in, text as the Director cut it.

        A reply that is not read to its end is skipped by the next call.
        Raises ConnectionLostError when the Director goes away.
        """
        await self._send(command, TEXT_MODE)
        async for text in self._texts():
            yield text

    async def call(
        self,
        command: str,
        answer: AsyncAnswer | None = None,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - the same call as the blocking client's
    ) -> str:
        """Send *command* and return its whole reply.

        Each question goes to *answer* with the text since the last one; without it, questions are
        cancelled. Raises ConnectionLostError when the Director goes away, or *timeout* (seconds,
        for the whole reply) passes.
        """
        async with self._in_time(timeout):
            await self._send(command, TEXT_MODE)
            return await self._dialogue(answer)

    async def send_command(self, command: str) -> str:
        """Do what :meth:`call` does, under its name of old."""
        return await self.call(command)

    async def _dialogue(self, answer: AsyncAnswer | None) -> str:
        reply = ""
        while True:
            text = "".join([text async for text in self._texts()])
            reply += text
            if not self.asked:
                return reply
            said = answer(text) if answer else CANCEL
            await self._write(await said if isawaitable(said) else said)

    async def interactive(self, read: Callable[[str], str] = input) -> None:
        """Let a person type commands and answers until ``quit``, ``exit`` or the end of input."""
        while True:
            try:
                line = (await asyncio.to_thread(read, "" if self.asked else "*")).strip()
            except EOFError:
                return
            if line in {"quit", "exit"} and not self.asked:
                return
            async for text in self.stream(line):
                print(text, end="", flush=True)  # noqa: T201 - a person reads it

    # JSON

    async def json(
        self,
        command: str,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - the same call as the blocking client's
    ) -> dict[str, Json]:
        """Send *command* in JSON mode and return its result.

        Raises CommandError with the Director's messages when the command failed, and as
        :meth:`call` does.
        """
        async with self._in_time(timeout):
            await self._send(command, JSON_MODE)
            text = await self._dialogue(None)
        return result_of(command, text) if text.strip() else {}

    # Below

    def _in_time(self, timeout: float | None) -> "_Deadline":
        return _Deadline(self.channel.peer, self.timeout if timeout is None else timeout)

    async def _send(self, command: str, mode: int) -> None:
        await self._drain()
        if self._account is not None and self.channel.is_closed_by_peer:
            await self.reconnect()
        if self._conversation.mode != mode:
            self._conversation.mode = mode
            await self._write(f".api {mode}")
            await self._drain()
        await self._write(command)

    async def _drain(self) -> None:
        async for _ in self._texts():
            pass

    async def _write(self, line: str) -> None:
        self._conversation.sent()
        await self.channel.send(to_bytes(line))

    async def _texts(self) -> AsyncIterator[str]:
        while self._conversation.reading:
            text = self._conversation.take(await self.channel.receive())
            if text:
                yield text

    async def close(self) -> None:
        """Say goodbye and close; never raises."""
        with suppress(ConnectionLostError):
            await self.channel.signal(Signal.TERMINATE)
        await self.channel.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class _Deadline:
    """Ends what takes too long with ConnectionLostError."""

    def __init__(self, peer: str, seconds: float | None) -> None:
        self._peer = peer
        self._timeout = asyncio.timeout(seconds)

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()

    async def __aexit__(self, *details: object) -> None:
        try:
            await self._timeout.__aexit__(*details)  # type: ignore[arg-type]
        except TimeoutError:
            raise ConnectionLostError(f"{self._peer} did not answer in time") from None


async def _logged_in(
    account: Account, patience: float, pam: PamSource | None
) -> tuple[AsyncChannel, Welcome]:
    try:
        return await _try(account, patience, pam)
    except KeyUnusedError:
        return await _try(with_key_only(account), patience, pam)


async def _try(
    account: Account, patience: float, pam: PamSource | None
) -> tuple[AsyncChannel, Welcome]:
    channel = await _reach(account, patience)
    try:
        return channel, await log_in(channel, account, pam)
    except BaseException:
        await channel.close()
        raise


async def _reach(account: Account, patience: float) -> AsyncChannel:
    deadline = asyncio.get_running_loop().time() + patience
    while True:
        try:
            return await AsyncChannel.open(account)
        except ConnectionLostError:
            if asyncio.get_running_loop().time() + RETRY_INTERVAL > deadline:
                raise
        await asyncio.sleep(RETRY_INTERVAL)


async def log_in(channel: AsyncChannel, account: Account, pam: PamSource | None = None) -> Welcome:
    """Prove who we are and return the Director's welcome.

    Raises AuthenticationError when one side is not who it claims to be.
    """
    steps = login_steps(account, channel.tls, pam)
    step = next(steps)
    while True:
        try:
            if isinstance(step, bytes):
                await channel.send(step)
                step = next(steps)
                continue
            try:
                frame = await channel.receive(step)
            except ConnectionLostError as error:
                step = steps.throw(error)
            else:
                step = steps.send(frame)
        except StopIteration as end:
            welcome: Welcome = end.value
            return welcome
