"""Which type of file system a path lies on."""

import os

from barque.errors import JobError

_MOUNTS = "/proc/self/mountinfo"


def filesystem_type(path: bytes) -> str:
    """Return the type of the file system of *path*, such as ``ext4``; empty when unknown."""
    try:
        device = os.lstat(path).st_dev
    except OSError:
        return ""
    return _types().get(f"{os.major(device)}:{os.minor(device)}", "")


def _types() -> dict[str, str]:
    """Return the types by device number."""
    types = {}
    try:
        with open(_MOUNTS) as mounts:
            for line in mounts:
                fields, _, rest = line.partition(" - ")
                types[fields.split(" ")[2]] = rest.split(" ", 1)[0]
    except OSError as error:
        raise JobError(f"Cannot read {_MOUNTS}: ERR={error.strerror}") from None
    return types
