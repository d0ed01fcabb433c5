"""Reads access control lists and extended attributes of files.

Source: file attributes, sections 5 and 6.
"""

import os
from collections.abc import Iterable, Iterator

from barque.errors import FormatError
from barque.formats.acl import XATTR_ACCESS, XATTR_DEFAULT, is_trivial, show_acl
from barque.formats.streams import Stream
from barque.formats.xattr import MAX_RECORD, pack_xattrs
from barque.restoring.accounts import name_of

_ACLS = (
    (os.fsdecode(XATTR_ACCESS), Stream.ACL_LINUX_ACCESS),
    (os.fsdecode(XATTR_DEFAULT), Stream.ACL_LINUX_DEFAULT),
)
"""Access lists come before default lists."""


def list_names(file: int | bytes) -> list[str]:
    """Return the names of the extended attributes of *file*, a descriptor or a path.

    Links are not followed.  Raises OSError; file systems without attributes have none.
    """
    try:
        if isinstance(file, int):
            return os.listxattr(file)
        return os.listxattr(file, follow_symlinks=False)
    except OSError as error:
        if error.errno in _NONE:
            return []
        raise


_NONE = frozenset({95, 38, 1})
"""ENOTSUP, ENOSYS and EPERM: there are no attributes here."""


def acl_streams(file: int | bytes, names: Iterable[str]) -> Iterator[tuple[Stream, bytes]]:
    """Yield the ACL streams of *file* that say more than its mode; raises OSError, FormatError."""
    for name, stream in _ACLS:
        if name in names:
            binary = _value(file, name)
            if binary and not (stream is Stream.ACL_LINUX_ACCESS and is_trivial(binary)):
                yield stream, show_acl(binary, name_of)


def xattr_stream(file: int | bytes, names: Iterable[str], *, with_acls: bool) -> bytes:
    """Return the extended attributes of *file*, those of ACLs only *with_acls*; empty when none.

    Raises OSError, and FormatError when they do not fit into a record.
    """
    acls = () if with_acls else tuple(name for name, _ in _ACLS)
    chosen = [name for name in names if name not in acls]
    record = pack_xattrs((os.fsencode(name), _value(file, name)) for name in chosen)
    if len(record) > MAX_RECORD:
        raise FormatError(f"extended attributes of {len(record)} bytes do not fit into a record")
    return record


def _value(file: int | bytes, name: str) -> bytes:
    if isinstance(file, int):
        return os.getxattr(file, name)
    return os.getxattr(file, name, follow_symlinks=False)
