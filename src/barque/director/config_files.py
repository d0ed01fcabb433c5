"""Files of the configuration that the Director writes itself.

Nothing is ever half written, and nobody but the Director's user may read what is written: there
are passwords in it.
Source: configuration, section 9.5.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from barque.errors import ConfigError


def write_new(path: Path, text: str) -> None:
    """Write *text* to *path*, which must not exist yet. Raises ConfigError."""
    with _temporary(path, text) as temporary:
        try:
            os.link(temporary, path)
        except FileExistsError as error:
            raise ConfigError(f"Resource config file {path} already exists.") from error
    _keep(path.parent)


def replace(path: Path, text: str) -> None:
    """Write *text* to *path*, whatever is there. Raises ConfigError."""
    with _temporary(path, text) as temporary:
        temporary.replace(path)
    _keep(path.parent)


@contextmanager
def _temporary(path: Path, text: str) -> Iterator[Path]:
    """Make a complete file beside *path*, only readable to its owner; it is gone afterwards."""
    temporary: Path | None = None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp gives mode 0600; the name does not end as those that are read as configuration
        number, name = tempfile.mkstemp(prefix=".new-", suffix=".tmp", dir=path.parent)
        temporary = Path(name)
        with os.fdopen(number, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    except OSError as error:
        raise ConfigError(f"Cannot write {path}: {error.strerror or error}") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _keep(directory: Path) -> None:
    """Have the new name survive a loss of power."""
    try:
        number = os.open(directory, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(number)
    except OSError:
        pass
    finally:
        os.close(number)
