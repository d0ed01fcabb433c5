"""Long answers, page by page: in ``$PAGER``, or in less."""

import os
import shlex
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from rich.console import Console as Terminal
from rich.text import Text

LESS: Final = "less -FRX"
"""Ends by itself when all fits, shows colours, leaves the text on the screen."""


def show(lines: Iterable[Text], terminal: Terminal, *, paged: bool) -> None:
    """Print *lines*; what is higher than the screen goes through the pager from there on."""
    held: list[Text] = []
    source = iter(lines)
    room = terminal.height - 2 if paged else 0
    for line in source:
        if not paged:
            terminal.print(line, soft_wrap=True)
            continue
        held.append(line)
        if len(held) > room:
            _page(held, source, terminal)
            return
    for line in held:
        terminal.print(line, soft_wrap=True)


def _page(held: list[Text], source: Iterable[Text], terminal: Terminal) -> None:
    command = shlex.split(os.environ.get("PAGER") or LESS)
    try:
        pager = subprocess.Popen(command, stdin=subprocess.PIPE)
    except OSError:
        for line in (*held, *source):
            terminal.print(line, soft_wrap=True)
        return
    assert pager.stdin is not None
    with suppress(BrokenPipeError), pager.stdin as pipe:
        for line in held:
            pipe.write(_coloured(line, terminal))
        for line in source:
            pipe.write(_coloured(line, terminal))
    while True:
        with suppress(KeyboardInterrupt):
            pager.wait()
            return


def _coloured(line: Text, terminal: Terminal) -> bytes:
    with terminal.capture() as capture:
        terminal.print(line, soft_wrap=True)
    return capture.get().encode("utf-8", "surrogateescape")
