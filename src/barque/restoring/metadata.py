"""Sets owner, mode, access control lists, extended attributes and times of restored files.

The order matters: a change of owner takes away set-user-id bits and capabilities, and everything
changes times.
"""

import errno
import os
import stat
from collections.abc import Callable, Iterable

from barque.errors import FormatError
from barque.formats.acl import XATTR_ACCESS, XATTR_DEFAULT, parse_acl
from barque.formats.attributes import FileStatus
from barque.formats.streams import ACL_STREAMS, Stream
from barque.formats.xattr import unpack_xattrs
from barque.restoring.accounts import number_of

_REFUSALS = (OSError, OverflowError, ValueError)

type Complain = Callable[[str], None]
"""Takes one line about something that could not be set."""

_ACL_NAMES = {
    Stream.ACL_LINUX_ACCESS: XATTR_ACCESS,
    Stream.ACL_LINUX_DEFAULT: XATTR_DEFAULT,
}


def set_metadata(
    fd: int,
    status: FileStatus,
    extras: Iterable[tuple[int, bytes]],
    shown: str,
    complain: Complain,
) -> None:
    """Set everything on the open file or directory *fd*.

    *extras* are the stored ACL and extended attribute streams; *shown* is the name for messages.
    """
    # written out: this is done for each file, and must cost no more than it has to
    try:
        os.chown(fd, status.user_id, status.group_id)
    except _REFUSALS as error:
        _tell(error, "owner", shown, complain)
    try:
        os.chmod(fd, stat.S_IMODE(status.mode))
    except _REFUSALS as error:
        _tell(error, "modes", shown, complain)
    if extras:
        set_extras(fd, extras, shown, complain)
    try:
        os.utime(fd, (status.accessed, status.modified))
    except _REFUSALS as error:
        _tell(error, "times", shown, complain)


def set_node_metadata(
    directory: int,
    name: bytes,
    status: FileStatus,
    extras: Iterable[tuple[int, bytes]],
    shown: str,
    complain: Complain,
) -> None:
    """Set everything on *name* in *directory*: a symbolic link, a device or a FIFO, not opened."""
    _try(
        lambda: os.chown(
            name, status.user_id, status.group_id, dir_fd=directory, follow_symlinks=False
        ),
        "owner",
        shown,
        complain,
    )
    if not stat.S_ISLNK(status.mode):
        mode = stat.S_IMODE(status.mode)
        _try(lambda: os.chmod(name, mode, dir_fd=directory), "modes", shown, complain)
    set_extras(b"/proc/self/fd/%d/%b" % (directory, name), extras, shown, complain)
    times = (status.accessed, status.modified)
    _try(
        lambda: os.utime(name, times, dir_fd=directory, follow_symlinks=False),
        "times",
        shown,
        complain,
    )


def set_extras(
    file: int | bytes, extras: Iterable[tuple[int, bytes]], shown: str, complain: Complain
) -> None:
    """Set stored ACL and extended attribute streams on *file*, a descriptor or a path."""
    for stream, data in extras:
        try:
            if stream in ACL_STREAMS:
                _set_acl(file, stream, data)
            else:
                _set_xattrs(file, stream, data)
        except OSError as error:
            if os.geteuid() == 0 or error.errno not in (errno.EPERM, errno.EACCES):
                what = "access control list" if stream in ACL_STREAMS else "extended attributes"
                complain(f"Unable to set {what} of {shown}: ERR={error.strerror}")
        except FormatError as error:
            complain(f"{shown}: {error}")


def _set_acl(file: int | bytes, stream: int, data: bytes) -> None:
    name = _ACL_NAMES.get(Stream(stream)) if stream in _ACL_NAMES else None
    if name is None:
        raise FormatError(f"access control lists of stream {stream} are not for this system")
    _set_xattr(file, name, parse_acl(data, number_of))


def _set_xattrs(file: int | bytes, stream: int, data: bytes) -> None:
    if stream != Stream.XATTR_LINUX:
        raise FormatError(f"extended attributes of stream {stream} are not for this system")
    for name, value in unpack_xattrs(data):
        _set_xattr(file, name, value)


def _set_xattr(file: int | bytes, name: bytes, value: bytes) -> None:
    if isinstance(file, int):
        os.setxattr(file, name, value)
    else:
        os.setxattr(file, name, value, follow_symlinks=False)


def _try(set_it: Callable[[], None], what: str, shown: str, complain: Complain) -> None:
    """Set one thing."""
    try:
        set_it()
    except _REFUSALS as error:
        _tell(error, what, shown, complain)


def _tell(error: Exception, what: str, shown: str, complain: Complain) -> None:
    """Tell what could not be set; who is not root is not told that he may not."""
    if os.geteuid() == 0 or not isinstance(error, PermissionError):
        reason = error.strerror if isinstance(error, OSError) else error
        complain(f"Unable to set file {what} {shown}: ERR={reason}")
