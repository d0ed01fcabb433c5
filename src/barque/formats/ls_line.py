"""One line about a file, in the manner of `ls -l`: listings of volumes, estimates and restores.

Source: daemon protocol, sections 4.2 and 4.4 (messages of type 13).
"""

import stat
from collections.abc import Callable
from datetime import datetime

from barque.formats.attributes import AttributeRecord, unpack_status
from barque.formats.filetypes import FileType

DELETED = "----------   - -        -                - ---------- --------"
"""Stands in place of the numbers of a file that is no longer there."""

type NameOf = Callable[[int], str]
"""Gives the name of a user or group, or its number as text."""


def show_mode(mode: int) -> str:
    """Return type and permissions in ten letters; a fifo is `f`."""
    letters = stat.filemode(mode)
    return "f" + letters[1:] if letters[0] == "p" else letters.replace("?", "-", 1)


def show_ls(record: AttributeRecord, name: str, user_of: NameOf, group_of: NameOf) -> str:
    """Return the line for *record* under the name it is to be shown with; times are local.

    Raises FormatError when the status of the record makes no sense.
    """
    line = DELETED
    if record.type != FileType.DELETED:
        status = unpack_status(record.status)
        when = datetime.fromtimestamp(status.changed).astimezone()
        line = (
            f"{show_mode(status.mode)}  {status.links:2d} {user_of(status.user_id):<8.8}"
            f" {group_of(status.group_id):<8.8}{status.size:12d} {when:%Y-%m-%d %H:%M:%S}"
        )
    link = record.link.decode("utf-8", "replace")
    return f"{line}  {name}" + (f" -> {link}" if record.type == FileType.LNK else "")
