"""The line that says how a file looks, as restores and estimates print it.

Source: daemon protocol, dialogue of a restore.
"""

import stat
import time
from functools import lru_cache

from barque.formats.attributes import FileStatus
from barque.restoring.accounts import name_of


def show_listing(status: FileStatus, name: bytes, target: bytes | None = None) -> str:
    """Return mode, links, owner, group, size, time of change and name in fixed columns, and LF.

    *target* is what a symbolic link points to.  Bytes of names that are not UTF-8 come out as
    surrogates; encode with ``surrogateescape``.
    """
    mode = stat.filemode(status.mode)
    if mode.startswith("p"):
        mode = "f" + mode[1:]
    user = name_of("user", status.user_id) or str(status.user_id)
    group = name_of("group", status.group_id) or str(status.group_id)
    shown = name if target is None else name + b" -> " + target
    return (
        f"{mode}  {status.links:2} {user[:8]:8} {group[:8]:8}{status.size:12} "
        f"{_show_time(status.changed)}  {shown.decode('utf-8', 'surrogateescape')}\n"
    )


@lru_cache(maxsize=4096)
def _show_time(at: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))
