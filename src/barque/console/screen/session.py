"""The loop at the keyboard: read a line, send it, show the reply."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.formatted_text import HTML
from prompt_toolkit.history import FileHistory
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output
from prompt_toolkit.shortcuts import CompleteStyle
from rich.console import Console as Terminal
from rich.text import Text

from barque.console.at_commands import run_at_command
from barque.console.client import Console
from barque.console.screen.completion import DirectorCompleter, Names
from barque.console.screen.pager import show
from barque.console.screen.painter import Painter
from barque.console.screen.restore_tree import RestoreTree
from barque.console.screen.tree_view import mark_files
from barque.console.screen.watch import watch
from barque.console.sink import Sink
from barque.errors import BarqueError, CommandError, ConnectionLostError

PROMPT: Final = "*"
LEAVE: Final = frozenset({"quit", "exit", ".quit", ".exit", "q"})

_TREE_HINT: Final = "Type tree for a full screen to mark files on."


class Session:
    """One person at one Director."""

    def __init__(
        self,
        console: Console,
        terminal: Terminal,
        history: Path,
        *,
        director: str,
        source: Input | None = None,
        output: Output | None = None,
    ) -> None:
        self.sink = Sink(sys.stdout.buffer)
        """Where the commands that begin with @ write."""
        self.separator = ""
        """Cuts a typed line into several commands; empty for none."""
        self._console = console
        self._terminal = terminal
        self._director = director
        self._paged = True
        self._question = ""
        self._names = Names(lambda: self._console)
        self._completer = DirectorCompleter(self._names, self._browse)
        self._prompt: PromptSession[str] = PromptSession(
            history=FileHistory(str(history)),
            auto_suggest=AutoSuggestFromHistory(),
            completer=self._completer,
            complete_style=CompleteStyle.MULTI_COLUMN,
            complete_while_typing=False,
            bottom_toolbar=self._toolbar,
            input=source,
            output=output,
        )
        self._source, self._output = source, output

    def run(self) -> None:
        """Carry out what the person types, until the end of input or ``quit``."""
        while True:
            try:
                line = self._read()
            except KeyboardInterrupt:
                if self._question and not self._console.in_tree:
                    self._carry_out(".")
                continue
            except EOFError:
                return
            asked = self._console.asked
            parts = line.split(self.separator) if self.separator and not asked else [line]
            for part in parts:
                if not asked and part.strip() in LEAVE:
                    return
                if not self._guarded(part.strip()):
                    return

    def run_file(self, path: Path) -> None:
        """Carry out the lines of the file *path*; raises OSError when it cannot be opened."""
        for line in path.read_text(encoding="utf-8").splitlines():
            self._terminal.print(Text(f"{PROMPT}{line}", style="bold"))
            self._guarded(line.strip())

    def _read(self) -> str:
        console = self._console
        self._completer.in_tree = console.in_tree
        self._completer.asked = console.asked
        message = self._question if console.asked else PROMPT
        return self._prompt.prompt(message)

    def _toolbar(self) -> HTML:
        where = self._console.channel.peer
        tls = self._console.tls.rpartition(" ")[2] or "NOT ENCRYPTED"
        hint = "  Tab completes"
        if self._console.in_tree:
            hint = "  tree: full screen  done  abort"
        elif self._console.asked:
            hint = "  . cancels"
        return HTML(" {} at {}  {}{}").format(self._director, where, tls, hint)

    def _guarded(self, line: str) -> bool:
        """Carry *line* out; returns False when the session is over."""
        try:
            return self._carry_out(line)
        except KeyboardInterrupt:
            self._terminal.print("stopped looking; the Director may go on", style="yellow")
            return self._again()
        except CommandError as error:
            self._terminal.print(Text(str(error), style="red"))
        except ConnectionLostError as error:
            self._terminal.print(Text(str(error), style="red"))
            return self._again()
        except BarqueError as error:
            self._terminal.print(Text(str(error), style="red"))
        return True

    def _again(self) -> bool:
        try:
            self._console.reconnect()
        except BarqueError as error:
            self._terminal.print(Text(str(error), style="red"))
            return False
        self._question = ""
        self._terminal.print("connected again", style="dim")
        return True

    def _carry_out(self, line: str) -> bool:
        word, _, rest = line.partition(" ")
        if line.startswith("@") and not self._console.asked:
            return run_at_command(self, line, privileged=os.geteuid() == 0)
        if self._console.in_tree:
            self._in_tree(line)
        elif self._console.asked or word not in self._local:
            self._send(line)
        else:
            self._local[word](rest.strip())
        return True

    @property
    def _local(self) -> dict[str, Callable[[str], None]]:
        return {"watch": self._watch, "json": self._json, "pager": self._pager}

    def _in_tree(self, line: str) -> None:
        if line != "tree":
            self._send(line)
            return
        tree = RestoreTree(self._browse)
        tree.load()
        told = mark_files(tree, self._source, self._output)
        if told:
            self._send(told)

    def _send(self, line: str) -> None:
        was_in_tree = self._console.in_tree
        painter = Painter(lambda: self._terminal.width, line)
        show(painter.paint(self._console.stream(line)), self._terminal, paged=self._paged)
        self._question = painter.rest if self._console.asked else ""
        if painter.rest and not self._console.asked:
            self._terminal.print(Text(painter.rest))
        if self._console.in_tree and not was_in_tree:
            self._terminal.print(_TREE_HINT, style="cyan")

    def _browse(self, command: str) -> list[str]:
        """Carry out a command of the tree browser in silence."""
        text = "".join(self._console.stream(command))
        return [line for line in text.removesuffix("$ ").splitlines() if line.strip()]

    def _watch(self, rest: str) -> None:
        watch(self._console, self._terminal, int(rest) if rest.isdecimal() else None)

    def _json(self, rest: str) -> None:
        self._terminal.print_json(json.dumps(self._console.json(rest)))

    def _pager(self, rest: str) -> None:
        self._paged = rest != "off"
        self._terminal.print(f"pager is {'on' if self._paged else 'off'}", style="dim")
