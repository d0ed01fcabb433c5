"""The commands that bconsole carries out itself: lines that begin with ``@``.

Source: console protocol, section 2.10.
"""

import os
import shlex
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from barque import __version__
from barque.console.sink import Sink
from barque.console.words import keywords_of

SEPARATORS: Final = "!$%&'()*+,-/:;<>?[]^`{|}~"
"""Characters that ``@separator`` accepts."""

TIME_FORMAT: Final = "%d-%b-%Y %H:%M:%S"
"""What ``@time`` prints."""


class Shell(Protocol):
    """What the commands see of the running console."""

    sink: Sink
    separator: str

    def run_file(self, path: Path) -> None:
        """Read commands from *path*; raises OSError when it cannot be opened."""


type Arguments = Sequence[str]
"""The words behind the command."""

type Action = Callable[[Shell, Arguments], bool]
"""Carries a command out; False ends the present input."""


@dataclass(frozen=True, slots=True)
class AtCommand:
    """One row."""

    name: str
    action: Action
    help: str
    unsafe: bool = False
    """Whether root is refused: a file of commands must not make root write files."""


def _input(shell: Shell, arguments: Arguments) -> bool:
    if len(arguments) > 1:
        shell.sink.write("Too many arguments on input command.\n")
    elif not arguments:
        shell.sink.write("First argument to input command must be a filename.\n")
    else:
        try:
            shell.run_file(Path(arguments[0]))
        except OSError as error:
            shell.sink.write(f"Cannot open file {arguments[0]} for input. ERR={error.strerror}\n")
    return True


def _turn(shell: Shell, arguments: Arguments, *, tee: bool) -> bool:
    if len(arguments) > 2:
        shell.sink.write("Too many arguments on output/tee command.\n")
    elif not arguments:
        shell.sink.turn_back()
    else:
        mode = arguments[1] if len(arguments) == 2 else "a+"
        try:
            shell.sink.turn(Path(arguments[0]), mode, tee=tee)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            shell.sink.write(f"Cannot open file {arguments[0]} for output. ERR={reason}\n")
    return True


def _output(shell: Shell, arguments: Arguments) -> bool:
    return _turn(shell, arguments, tee=False)


def _tee(shell: Shell, arguments: Arguments) -> bool:
    return _turn(shell, arguments, tee=True)


def _exec(shell: Shell, arguments: Arguments) -> bool:
    if len(arguments) > 2:
        shell.sink.write("Too many arguments. Enclose command in double quotes.\n")
        return True
    if not arguments:
        return True
    seconds = int(arguments[1]) if len(arguments) == 2 and arguments[1].isdecimal() else 0
    try:
        done = subprocess.run(
            shlex.split(arguments[0]),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=seconds or None,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        shell.sink.write(f'Cannot run "{arguments[0]}": {error}\n')
        return True
    shell.sink.write(done.stdout)
    if done.returncode:
        shell.sink.write(f'"{arguments[0]}" ended with status {done.returncode}\n')
    return True


def _quit(_shell: Shell, _arguments: Arguments) -> bool:
    return False


def _sleep(_shell: Shell, arguments: Arguments) -> bool:
    with suppress(ValueError, IndexError):
        time.sleep(max(0, int(arguments[0])))
    return True


def _time(shell: Shell, _arguments: Arguments) -> bool:
    shell.sink.write(time.strftime(TIME_FORMAT) + "\n")
    return True


def _version(shell: Shell, _arguments: Arguments) -> bool:
    shell.sink.write(f"Version: {__version__} (barque) {os.uname().sysname}\n")
    return True


def _echo(shell: Shell, arguments: Arguments) -> bool:
    shell.sink.write("".join(f"{word} " for word in arguments) + "\n")
    return True


def _help(shell: Shell, _arguments: Arguments) -> bool:
    for command in AT_COMMANDS:
        shell.sink.write(f"  {command.name:<10} {command.help}\n")
    return True


def _separator(shell: Shell, arguments: Arguments) -> bool:
    if not arguments:
        shell.separator = ""
    elif arguments[0][0] in SEPARATORS:
        shell.separator = arguments[0][0]
    else:
        shell.sink.write("Illegal separator character.\n")
    return True


AT_COMMANDS: Final = (
    AtCommand("input", _input, "input from file", unsafe=True),
    AtCommand("output", _output, "output to file", unsafe=True),
    AtCommand("tee", _tee, "output to file and terminal", unsafe=True),
    AtCommand("exec", _exec, "execute an external command", unsafe=True),
    AtCommand("quit", _quit, "quit"),
    AtCommand("sleep", _sleep, "sleep specified time"),
    AtCommand("time", _time, "print current time"),
    AtCommand("version", _version, "print Console's version"),
    AtCommand("echo", _echo, "echo command string"),
    AtCommand("exit", _quit, "exit = quit"),
    AtCommand("help", _help, "help listing"),
    AtCommand("separator", _separator, "set command separator"),
)
"""In the order in which abbreviations are looked up."""


def run_at_command(shell: Shell, line: str, *, privileged: bool) -> bool:
    """Carry out the command in *line*, which begins with ``@``; False ends the present input."""
    words = keywords_of(line)
    word = words[0][1:].lower() if words else ""
    if not words or word.startswith("#"):
        return True
    for command in AT_COMMANDS:
        if command.name.startswith(word):
            if command.unsafe and privileged:
                shell.sink.write(f"@{command.name} command is not allowed as privileged user.\n")
                return True
            return command.action(shell, words[1:])
    shell.sink.write(f"{line}: is an invalid command\n")
    return True
