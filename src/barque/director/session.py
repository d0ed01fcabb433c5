"""One console session: reads lines, finds and runs commands, sends what ends an answer.

Source: console protocol, sections 3.1 to 3.4 and 3.7.
"""

import logging
from typing import TYPE_CHECKING

from barque.director.access import Acl
from barque.director.audit import ConsoleAudit
from barque.director.commands.command import Command, find_named
from barque.director.commands.table import COMMANDS
from barque.director.output import ApiMode, Output
from barque.director.parsing import CommandLine
from barque.errors import BarqueError, CommandError, ConnectionLostError, PromptDeclinedError
from barque.wire.framing import Signal

if TYPE_CHECKING:
    from barque.catalog import Catalog
    from barque.config.director import Catalog as CatalogResource
    from barque.director.services import ConsoleIdentity, DirectorServices, Peer

log = logging.getLogger(__name__)

_ALWAYS_ALLOWED = frozenset({"exit", "quit", "whoami"})


class ConsoleSession:
    """A console that is logged in."""

    def __init__(
        self,
        director: "DirectorServices",
        peer: "Peer",
        console: "ConsoleIdentity",
        *,
        in_script: bool = False,
    ) -> None:
        self.director = director
        """The rest of the Director."""
        self.peer = peer
        """The connection."""
        self.console = console
        """Who is at the other end."""
        self.rights = console.rights
        """What that console may do."""
        self.audit = ConsoleAudit(director, console.name, peer.peer)
        """Notes what the console does."""
        self.out = Output(peer)
        """Where answers go."""
        self.in_script = in_script
        """True for commands of a run script: nobody answers questions, few commands are allowed."""
        self.gui = False
        """A program reads the tables: no commas, no notices."""
        self.autodisplay = False
        """Send waiting messages after each command."""
        self.automount = True
        """Mount a Volume after it was labelled."""
        self.quit = False
        """Set by the command that ends the session."""
        self.catalog_resource: CatalogResource | None = None
        """The Catalog that is used."""
        self.catalog: Catalog | None = None
        """It, opened."""
        self.announced: set[bool] = set()
        """Which connections to it were announced: the shared one (False), the private one."""
        self._notified = False

    @property
    def commands(self) -> tuple[Command, ...]:
        """Every command there is, allowed or not."""
        return COMMANDS

    @property
    def api(self) -> bool:
        """Tell whether a program is at the other end."""
        return self.out.mode is not ApiMode.TEXT

    @property
    def batch(self) -> bool:
        """Tell whether questions are out of place."""
        return self.out.mode is ApiMode.JSON

    # -- main loop -------------------------------------------------------------------------------

    def run(self) -> None:
        """Serve the console until it leaves. A lost connection is an end like any other."""
        try:
            while not self.quit:
                self._turn()
        except ConnectionLostError:
            self.quit = True

    def _turn(self) -> None:
        if self.api:
            self.peer.signal(Signal.MAIN_PROMPT)
        frame = self.peer.receive()
        if isinstance(frame, Signal):
            if frame is Signal.TERMINATE:
                self.quit = True
            else:
                self.peer.signal(Signal.POLL)
            return
        self.execute(frame.decode("utf-8", "surrogateescape"))
        if not self.quit:
            self._mention_messages()
            if not self.api:
                self.peer.signal(Signal.EOD)

    def _mention_messages(self) -> None:
        """Send waiting messages, or say once that there are some."""
        if not self.director.messages_pending() or not self.may_run("messages"):
            return
        if self.autodisplay:
            self.send_messages()
        elif not self.gui and not self._notified:
            if self.api:
                self.peer.signal(Signal.MSGS_PENDING)
            else:
                self.out.raw("You have messages.\n")
            self._notified = True

    def send_messages(self) -> None:
        """Send the waiting messages as they are, and forget them."""
        for line in self.director.take_messages():
            self.peer.send(line)
        self._notified = False

    # -- commands --------------------------------------------------------------------------------

    def may_run(self, command: str) -> bool:
        """Tell whether the console has the right to *command*."""
        return self.rights.allows(Acl.COMMAND, command)

    def permits(self, kind: Acl, item: str) -> bool:
        """Tell whether the console has a right that it asked for; a refusal is noted."""
        if self.rights.allows(kind, item):
            return True
        self.audit.refusal(kind, item)
        return False

    def execute(self, text: str) -> bool:
        """Run the command in *text* and finish its answer; True when it succeeded.

        Raises ConnectionLostError when the console goes away meanwhile.
        """
        line = CommandLine.parse(text)
        if not line.words:
            return False
        command = find_named(COMMANDS, line.name)
        if command is None or not self._permitted(command):
            ok = self._refuse(line)
        elif self.in_script and not command.in_scripts:
            self.out.error(f"Can't use {command.name} command in a runscript")
            ok = self._refuse(line)
        else:
            ok = self._execute(command, line)
        self.out.finish(ok)
        return ok

    def _permitted(self, command: Command) -> bool:
        return command.name in _ALWAYS_ALLOWED or self.permits(Acl.COMMAND, command.name)

    def _refuse(self, line: CommandLine) -> bool:
        self.out.error(f"{line.name}: is an invalid command.\n")
        return False

    def _execute(self, command: Command, line: CommandLine) -> bool:
        if command.audited:
            self.audit.command(command.name, line.text)
        if self.api:
            self.peer.signal(Signal.CMD_BEGIN)
        ok = self._call(command, line)
        if self.api:
            self.peer.signal(Signal.CMD_OK if ok else Signal.CMD_FAILED)
        return ok

    def _call(self, command: Command, line: CommandLine) -> bool:
        try:
            return command.handler(self, line)
        except PromptDeclinedError:
            return command.declined_ok
        except CommandError as error:
            if str(error) and error.plain:
                self.out.plain(f"{error}\n")
            elif str(error):
                self.out.error(f"{error}\n")
            return False
        except ConnectionLostError:
            raise
        except BarqueError as error:
            self.out.error(f"{error}\n")
            return False
        except Exception:
            log.exception("console command %s", line.text)
            self.out.error(f"{line.name}: failed by a mistake in barque; its log says more.\n")
            return False

    # -- questions -------------------------------------------------------------------------------

    def ask(self, prompt: str, *, sub_prompt: bool = False) -> str:
        """Send *prompt* and return the answer without trailing blanks.

        Raises PromptDeclinedError when there is nobody to ask, or the answer is a lone dot.
        """
        if self.in_script or (self.batch and not sub_prompt):
            raise PromptDeclinedError
        if self.api and not sub_prompt:
            self.peer.signal(Signal.TEXT_INPUT)
        self.out.flush()
        self.out.raw(prompt)
        if not self.api or sub_prompt:
            self.peer.signal(Signal.SUB_PROMPT)
        answer = self._answer()
        if answer == ".messages" and self.autodisplay:
            self.send_messages()
        if answer == ".":
            raise PromptDeclinedError
        return answer

    def _answer(self) -> str:
        while True:
            frame = self.peer.receive()
            if frame is Signal.TERMINATE:
                raise ConnectionLostError("the console left in the middle of a command")
            if isinstance(frame, bytes):
                return frame.decode("utf-8", "surrogateescape").rstrip(" \r\n\0")
