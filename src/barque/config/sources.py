"""Where a configuration is read from: the directories, and the reader of real files.

Source: configuration, sections 1.3 and 8.
"""

import glob
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from barque.config.lexer import Source
from barque.errors import ConfigError

DEFAULT_DIRECTORY = "/etc/bareos"
"""Where a configuration is looked for when no path is given."""

type RunCommand = Callable[[str], str]
"""Runs a command through the shell and returns its standard output."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Names of a program's configuration."""

    program: str
    main_file: str
    include_directory: str


DIRECTOR = Layout("bareos-dir", "bareos-dir.conf", "bareos-dir.d")
FILE_DAEMON = Layout("bareos-fd", "bareos-fd.conf", "bareos-fd.d")
STORAGE_DAEMON = Layout("bareos-sd", "bareos-sd.conf", "bareos-sd.d")
CONSOLE = Layout("bconsole", "bconsole.conf", "bconsole.d")


@dataclass(frozen=True, slots=True)
class Found:
    """A configuration that was found."""

    include: str
    """Pattern of the files that it begins with."""
    path: str
    """What messages call it."""
    directory: Path
    """Directory that it lies in."""
    include_directory: Path | None
    """Directory with one file a resource; None for a single file."""


def find_configuration(path: str | os.PathLike[str] | None, layout: Layout) -> Found:
    """Return where the configuration at *path* begins: a file, a directory, or the default.

    Raises ConfigError when there is none; its exit code tells a wrong *path* (41) from a
    directory without a configuration (42).
    """
    directory = Path(path if path is not None else DEFAULT_DIRECTORY)
    if path is not None and not directory.exists():
        raise ConfigError(
            f"Path does not exist: {directory}", hint="give a file or directory", exit_code=41
        )
    if directory.is_file():
        return Found(glob.escape(str(directory)), str(directory), directory.parent, None)
    main_file = directory / layout.main_file
    if main_file.is_file():
        return Found(glob.escape(str(main_file)), str(main_file), directory, None)
    include_directory = directory / layout.include_directory
    if include_directory.is_dir():
        pattern = f"{glob.escape(str(include_directory))}/*/*.conf"
        return Found(pattern, str(include_directory), directory, include_directory)
    raise ConfigError(
        f'Failed to find configuration files under directory "{directory}". '
        f'Did look for "{main_file}" (config file path) and "{include_directory}" '
        "(config include directory)."
    )


def refuse_command(command: str) -> str:
    """Refuse to run *command*; for programs that allow none."""
    raise ConfigError(f"Cannot open included config file |{command}: commands are not allowed")


class FileReader:
    """Reads files from disk; commands are run by the function it is given."""

    def __init__(self, run_command: RunCommand = refuse_command) -> None:
        self._run_command = run_command

    def __call__(self, include: str) -> Sequence[Source]:
        """Return the files that *include* names, in the order of the names.

        Raises ConfigError when a path without wildcards cannot be read, or a command fails.
        """
        if include.startswith("|"):
            return [Source(include, self._run_command(include[1:]))]
        paths = sorted(glob.glob(include))  # noqa: PTH207  # patterns are absolute
        if not paths and not re.search(r"[*?]", include):
            paths = [include]
        return [Source(path, _read(path)) for path in paths]


def _read(path: str) -> str:
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(f"Cannot open included config file {path}: {error.strerror}") from error
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ConfigError(
            "Currently we cannot handle UTF-16 source files. Please convert the conf file to "
            f"UTF-8: {path}"
        )
    return data.decode("utf-8", "surrogateescape")


def expand_path(path: str) -> str:
    """Return *path* with the home directory and the variables of the environment filled in."""
    return os.path.expanduser(os.path.expandvars(path))  # noqa: PTH111  # also for patterns
