"""Where the calls of plugins are written down, for `barque plugin trace`.

The files are private, hold no secrets (see the child's trace), and only the latest are kept.
"""

from pathlib import Path
from typing import Final

FOLDER: Final = "plugin-traces"
"""Below the WorkingDirectory of each daemon."""

KEPT: Final = 200
"""Files; older ones are removed when a new one begins."""


def trace_folder(working_directory: str | Path) -> Path:
    """Return the folder of the traces of a daemon."""
    return Path(working_directory) / FOLDER


def new_trace(
    working_directory: str | Path, job_id: int, daemon: str, number: int, name: str
) -> str:
    """Return the path of a plugin's trace, such as ``7-fd-1-ldap.jsonl``.

    *daemon* is ``dir``, ``fd`` or ``sd``. Empty when nothing can be written there.
    """
    if not working_directory or not job_id:
        return ""
    folder = trace_folder(working_directory)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        _drop_old(folder)
    except OSError:
        return ""
    return str(folder / f"{job_id}-{daemon}-{number}-{name.replace('/', '_')}.jsonl")


def _drop_old(folder: Path) -> None:
    files = sorted(folder.glob("*.jsonl"), key=lambda path: path.stat().st_mtime)
    for path in files[: max(0, len(files) - KEPT + 1)]:
        path.unlink(missing_ok=True)
