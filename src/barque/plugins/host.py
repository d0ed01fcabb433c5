"""One plugin from the daemon's side: requests to its process, and what comes back.

Source: plugin interface, sections 1 and 7.
"""

import json
import os
import select
import socket
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from barque.errors import PluginError
from barque.plugins.child import pipe
from barque.plugins.process import HostSettings, PluginProcess, find_interpreter


class Listener(Protocol):
    """Hears what a plugin says besides its answers."""

    def message(self, kind: int, text: str) -> None:
        """A job message; *kind* is a number of bJobMessageType."""

    def printed(self, line: str) -> None:
        """A line of its output; called from another thread."""

    def debug(self, level: int, text: str) -> None:
        """A debug message."""


class Process(Protocol):
    """What a plugin runs in."""

    main: socket.socket
    """For requests and files."""
    side: socket.socket
    """For what must not wait."""

    def kill(self) -> None:
        """End it at once; from any thread."""

    def close(self, *, patience: float = 5.0) -> None:
        """Let it end, or end it."""

    def how_it_ended(self) -> str:
        """Return how it ended, in words."""


type Frame = tuple[int, memoryview]
"""Kind and body; the body is valid until the next frame is asked for."""

type Sink = Callable[[int, memoryview], None]
"""Takes the frames of a backup."""

type Done = Callable[[dict[str, Any]], None]
"""Takes an answer that nobody waits for."""

type Calls = Mapping[str, Callable[..., object]]
"""What the plugin may ask of the daemon."""

_OUTPUT_KINDS: Final = frozenset(
    {
        pipe.ENTRY, pipe.DATA, pipe.END_DATA, pipe.DESCRIPTOR, pipe.ACL, pipe.XATTR,
        pipe.END_ENTRY, pipe.OBJECT,
    }
)  # fmt: skip


class PluginHost:
    """A plugin in its process; used by one thread at a time, but for :meth:`aside`."""

    def __init__(
        self,
        kind: str,
        name: str,
        settings: HostSettings,
        listener: Listener,
        *,
        calls: Calls | None = None,
        module_path: str = "",
        debug_level: int = 0,
        process: Process | None = None,
    ) -> None:
        """Start the process; *kind* is ``fd``, ``dir`` or ``sd``.  Raises PluginError.

        *process* is used instead of a new one: a thread of this program, for debuggers.
        """
        self.name = name
        """For messages."""
        self.events: frozenset[int] = frozenset()
        """Numbers of the events that the plugin wants."""
        self.loaded = False
        """Whether there is a module."""
        self.dead = False
        """Whether the process is gone."""
        self._listener = listener
        self._calls = calls or {}
        self._settings = settings
        self._inbox = pipe.FrameInbox()
        self._later: deque[Done] = deque()
        self._what = "its start"
        self._process: Process = process or PluginProcess(
            find_interpreter(settings, module_path), listener.printed
        )
        self._process.main.settimeout(settings.timeout or None)
        try:
            self.request(
                "begin",
                kind=kind,
                directories=list(settings.directories),
                limits=settings.limits,
                trace=settings.trace,
                debug=debug_level,
            )
        except PluginError:
            self.kill()
            raise

    # --- requests

    def request(self, op: str, sink: Sink | None = None, **words: Any) -> dict[str, Any]:
        """Ask the plugin for something and return its answer; files go to *sink*.

        Raises PluginError when the process ends, hangs or talks nonsense.
        """
        self._ask(op, words)
        self.settle()
        return self.answer(sink)

    def request_later(self, op: str, done: Done, **words: Any) -> None:
        """Ask for something and go on; *done* gets the answer before that of the next request."""
        self._ask(op, words)
        self._later.append(done)

    def settle(self) -> None:
        """Wait for the answers that nobody has waited for yet; raises PluginError."""
        while self._later:
            self._later.popleft()(self.answer())

    def _ask(self, op: str, words: dict[str, Any]) -> None:
        self._what = words.get("event_name") or op
        self.send(pipe.encode_json(pipe.REQUEST, {"op": op, **words}))

    def answer(self, sink: Sink | None = None) -> dict[str, Any]:
        """Return the answer to what was sent; raises PluginError."""
        try:
            while True:
                kind, body = self._next()
                if kind == pipe.RESULT:
                    answer: dict[str, Any] = pipe.decode_json(body)
                    self.events = frozenset(answer.get("events", ()))
                    return answer
                if kind in _OUTPUT_KINDS and sink is not None:
                    sink(kind, body)
                else:
                    self._dispatch(kind, body)
        except pipe.PipeError as error:
            raise self._died(f"sent nonsense: {error}") from None

    def send(self, *parts: pipe.Buffer) -> None:
        """Send frames; raises PluginError.  What the plugin says meanwhile is heard later."""
        if self.dead:
            raise PluginError(f"plugin {self.name} is not running any more")
        left = [memoryview(part) for part in parts if len(part)]
        try:
            while left:
                sent = self._send_some(left)
                while left and sent >= len(left[0]):
                    sent -= len(left.pop(0))
                if left:
                    left[0] = left[0][sent:]
        except TimeoutError:
            raise self._timed_out() from None
        except OSError:
            raise self._died(self._process.how_it_ended()) from None

    def _send_some(self, views: Sequence[memoryview]) -> int:
        """Send what fits; the plugin must not wait for us while we wait for it."""
        end = self._process.main
        try:
            return end.sendmsg(views, (), socket.MSG_DONTWAIT)
        except BlockingIOError:
            pass
        timeout = self._settings.timeout or None
        readable, writable, _ = select.select([end], [end], [], timeout)
        if not readable and not writable:
            raise TimeoutError
        if readable and not writable:
            self._fill()
        return 0

    def reply(self, value: object) -> None:
        """Answer a question of the plugin."""
        self.send(pipe.encode_json(pipe.REPLY, value))

    def aside(self, op: str) -> None:
        """Tell the process something that does not wait for its turn; from any thread."""
        try:
            self._process.side.send(json.dumps({"op": op}).encode())
        except OSError:
            return

    def receive_descriptor(self) -> int:
        """Return the open file that the plugin passed; the caller closes it."""
        self._process.side.settimeout(self._settings.timeout or None)
        try:
            _, descriptors, _, _ = socket.recv_fds(self._process.side, 1, 1)
        except OSError as error:
            raise PluginError(f"plugin {self.name} passed no open file: {error}") from None
        if not descriptors:
            raise PluginError(f"plugin {self.name} passed no open file")
        os.set_inheritable(descriptors[0], False)
        return descriptors[0]

    # --- frames

    def _next(self) -> Frame:
        while (frame := self._inbox.next()) is None:
            self._fill()
        return frame

    def _fill(self) -> None:
        try:
            got = self._process.main.recv_into(self._inbox.room())
        except TimeoutError:
            raise self._timed_out() from None
        except OSError:
            got = 0
        if not got:
            raise self._died(self._process.how_it_ended())
        self._inbox.filled(got)

    def _dispatch(self, kind: int, body: memoryview) -> None:
        """Do what does not belong to an answer."""
        if kind == pipe.MESSAGE:
            severity, text = pipe.decode_json(body)
            self._listener.message(int(severity), str(text))
        elif kind == pipe.DEBUG:
            level, text = pipe.decode_json(body)
            self._listener.debug(int(level), str(text))
        elif kind == pipe.CALL:
            name, *arguments = pipe.decode_json(body)
            function = self._calls.get(name)
            self.reply(2 if function is None else function(*arguments))
        else:
            raise pipe.PipeError(f"a frame of kind {kind} at the wrong time")

    # --- the end

    def _timed_out(self) -> PluginError:
        return self._died(
            f"gave no sign of life for {self._settings.timeout:g} seconds and was ended"
        )

    def _died(self, how: str) -> PluginError:
        self.kill()
        return PluginError(f"plugin {self.name} {how} in {self._what}")

    def kill(self) -> None:
        """End the process at once."""
        self.dead = True
        self._later.clear()
        self._process.kill()
        self._process.close(patience=0.1)

    def end_process(self) -> None:
        """End the process from another thread; who waits for an answer hears that it is gone."""
        self._process.kill()

    def close(self) -> None:
        """Say goodbye to the process."""
        if self.dead:
            return
        try:
            self.request("end")
        except PluginError:
            return
        self.dead = True
        self._process.close()
