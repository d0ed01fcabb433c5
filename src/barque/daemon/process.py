"""The life of a daemon's process: configuration, background, user, signals, end.

Source: configuration, sections 1.4, 8 and 9.
"""

import argparse
import grp
import json
import logging
import os
import pwd
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from barque.config.directive import Resource
from barque.config.load import Configuration
from barque.config.report import format_config_errors, format_warnings
from barque.config.schema import schema
from barque.config.show import show_all_text, show_text
from barque.daemon.version import VERSION
from barque.errors import BarqueError, ConfigError

log = logging.getLogger(__name__)

CANNOT_START: Final = 1
"""Exit code when the daemon cannot listen, or write where it must."""

LOOK_UP: Final = 1.0
"""s; a signal is handled within this time, whenever it comes."""

COMMAND_TIMEOUT: Final = 60.0
"""Second; a command that a configuration includes must end by then."""


class Daemon(Protocol):
    """What runs in the process."""

    def start(self) -> list[int]:
        """Begin to serve and return the ports; raises BarqueError."""

    def stop(self) -> None:
        """End everything and return."""

    def reload(self) -> bool:
        """Read the configuration again (SIGHUP); False when it has mistakes."""


@dataclass(frozen=True, slots=True)
class Program[C: Configuration]:
    """One daemon's program."""

    name: str
    """Of the reference, such as ``bareos-dir``; error texts and the schema name it."""
    kinds: tuple[type[Resource], ...]
    """Resources of its configuration, in the order of ``show``."""
    load: Callable[[str | None], C]
    """Reads the configuration; raises ConfigError."""
    make: Callable[[C, argparse.Namespace], Daemon]
    """Wires the daemon together; raises BarqueError."""
    working_directory: Callable[[C], str]
    """Where the log of a daemon in the background goes."""


def run_command(command: str) -> str:
    """Return what a command that a configuration includes prints."""
    try:
        done = subprocess.run(  # noqa: S602 - the administrator's own command
            command, shell=True, stdout=subprocess.PIPE, check=True, timeout=COMMAND_TIMEOUT
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ConfigError(f"the included command failed: {error}") from None
    return done.stdout.decode("utf-8", "surrogateescape")


def run_program[C: Configuration](program: Program[C], options: argparse.Namespace) -> int:
    """Do what *options* say and return the exit code."""
    if options.export_schema:
        print(json.dumps(schema(program.name, VERSION, program.kinds), indent=2))  # noqa: T201 - a program
        return 0
    try:
        config = program.load(options.config)
    except ConfigError as error:
        # on standard output, where scripts look for it
        sys.stdout.write(format_config_errors(error, program.name))
        return error.exit_code
    if config.warnings:
        sys.stderr.write(format_warnings(config.warnings))
    if options.export_config is not None:
        return _export(config, options.export_config)
    try:
        daemon = program.make(config, options)
    except BarqueError as error:
        return _complain(program.name, error)
    if options.test_config:
        return 0
    return _serve(program, config, daemon, options)


class _UnknownNameError(BarqueError):
    """No such user or group; told on standard output, where scripts look for it."""


def _complain(name: str, error: BarqueError) -> int:
    stream = sys.stdout if isinstance(error, _UnknownNameError) else sys.stderr
    print(f"{name}: {error}", file=stream, flush=True)
    return getattr(error, "exit_code", CANNOT_START)


def _export(config: Configuration, wanted: list[str]) -> int:
    tables = config.tables()
    if not wanted:
        sys.stdout.write(show_all_text(tables, complete=True))
        return 0
    table: Mapping[str, Resource] | None = next(
        (table for kind, table in tables.items() if kind.lower() == wanted[0].lower()), None
    )
    if table is None:
        print(f'"{wanted[0]}" is no resource type: use one of {", ".join(tables)}', file=sys.stderr)  # noqa: T201 - a program
        return CANNOT_START
    # an empty name means all of them, none is a mistake like a name that is not there
    name = "".join(wanted[1:2])
    found = [resource for key, resource in table.items() if key == name or not name]
    if not found:
        print(f'There is no {wanted[0]} "{name}"', file=sys.stderr)  # noqa: T201 - a program
        return CANNOT_START
    for resource in found:
        sys.stdout.write(show_text(resource, complete=True))
    return 0


def _serve[C: Configuration](
    program: Program[C], config: C, daemon: Daemon, options: argparse.Namespace
) -> int:
    background = not options.foreground
    report = _to_background() if background else None
    try:
        _become(options.user, options.group)
        _start_log(program, config, options, background=background)
        stopped = threading.Event()
        if not options.no_signals:
            _handle_signals(daemon, stopped)
        ports = daemon.start()
        if options.pid_file:
            _write_pid(options.pid_file)
    except BarqueError as error:
        code = _complain(program.name, error)
        _report(report, code)
        return code
    log.info("%s listens on %s", program.name, ", ".join(str(port) for port in ports))
    _report(report, 0)
    if background:
        _leave_terminal()
    while not stopped.wait(LOOK_UP):
        pass  # a signal that came in the moment before the wait is handled after it
    daemon.stop()
    if options.pid_file:
        with suppress(OSError):
            Path(options.pid_file).unlink()
    return 0


def _to_background() -> int:
    """Fork; the parent waits for the child's word and leaves with it."""
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            word = pipe.read(1)
        os._exit(word[0] if word else CANNOT_START)
    os.close(reader)
    os.setsid()
    return writer


def _report(writer: int | None, code: int) -> None:
    if writer is not None:
        with suppress(OSError):
            os.write(writer, bytes([code]))
        os.close(writer)


def _leave_terminal() -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    if nothing > 2:
        os.close(nothing)


def _become(user: str | None, group: str | None) -> None:
    """Change to *user* and *group*; raises _UnknownNameError when there is none of that name."""
    try:
        account = pwd.getpwnam(user) if user else None
    except KeyError:
        raise _UnknownNameError(f"Could not find userid={user}") from None
    try:
        group_id = grp.getgrnam(group).gr_gid if group else (account.pw_gid if account else None)
    except KeyError:
        raise _UnknownNameError(f"Could not find group={group}") from None
    if group_id is not None:
        if account is not None:
            os.initgroups(account.pw_name, group_id)
        os.setgid(group_id)
    if account is not None:
        os.setuid(account.pw_uid)


def _start_log[C: Configuration](
    program: Program[C], config: C, options: argparse.Namespace, *, background: bool
) -> None:
    level = logging.DEBUG if options.debug_level > 0 else logging.INFO
    layout = f"%(asctime)s {program.name}: %(message)s"
    if not background:
        logging.basicConfig(level=level, format=layout, stream=sys.stderr, force=True)
        return
    path = Path(program.working_directory(config)) / f"{program.name}.log"
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    except OSError as error:
        raise BarqueError(
            f"WorkingDirectory {path.parent} cannot be written: {error.strerror}"
        ) from None
    logging.basicConfig(level=level, format=layout, filename=path, force=True)


def _handle_signals(daemon: Daemon, stopped: threading.Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    signal.signal(
        signal.SIGHUP,
        lambda *_: threading.Thread(target=daemon.reload, name="reload", daemon=True).start(),
    )
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)


def _write_pid(path: str) -> None:
    try:
        Path(path).write_text(f"{os.getpid()}\n", encoding="ascii")
    except OSError as error:
        raise BarqueError(f"Cannot open pid file. {path} ERR={error.strerror}") from None
