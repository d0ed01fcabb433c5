"""Compares file trees: the test of a backup is the tree that its restore leaves.

Compared are names, types, contents, modes, owners, times of change in seconds, hard-link structure,
targets of links, device numbers, extended attributes with ACLs, and whether holes stayed holes.
"""

import hashlib
import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

_SLACK = 64 * 1024
"""byte; allocated space may differ by so much before a hole counts as lost."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a tree holds under one name."""

    type: str
    """First letter of a listing: - d l p c b s."""
    mode: int
    owner: tuple[int, int]
    modified: int
    """s since 1970."""
    content: str = ""
    """SHA-256 of a regular file, target of a link, numbers of a device."""
    size: int = 0
    allocated: int = 0
    """byte; only compared to find lost holes."""
    links: tuple[bytes, ...] = ()
    """All names inside the tree of a file that has several, sorted."""
    xattrs: tuple[tuple[str, bytes], ...] = ()
    """Extended attributes, ACLs among them."""


type Tree = dict[bytes, Entry]
"""Entries by path relative to the root; the root is ``.``."""


def read_tree(root: str | bytes | os.PathLike[str]) -> Tree:
    """Return everything below *root*, sockets left out."""
    top = os.fsencode(root)
    tree: Tree = {}
    names: dict[tuple[int, int], list[bytes]] = {}
    for name, path in _walk(top):
        status = os.lstat(path)
        if stat.S_ISSOCK(status.st_mode):
            continue
        tree[name] = _entry(path, status)
        if status.st_nlink > 1 and not stat.S_ISDIR(status.st_mode):
            names.setdefault((status.st_dev, status.st_ino), []).append(name)
    for group in names.values():
        for name in group if len(group) > 1 else []:
            tree[name] = replace(tree[name], links=tuple(sorted(group)))
    return tree


def differences(
    expected: Tree, actual: Tree, *, ignore: Collection[str] = (), without: Collection[bytes] = ()
) -> list[str]:
    """Return one line for each difference.

    *ignore* names fields of Entry that do not count, such as ``owner``; *without* are paths that do
    not count.
    """
    lines = []
    for name in sorted(expected.keys() | actual.keys()):
        if name in without:
            continue
        shown = os.fsdecode(name)
        if name not in actual:
            lines.append(f"{shown}: missing")
        elif name not in expected:
            lines.append(f"{shown}: should not be there")
        else:
            lines += _compare(shown, expected[name], actual[name], ignore)
    return lines


def assert_same_tree(
    expected: str | bytes | os.PathLike[str] | Tree,
    actual: str | bytes | os.PathLike[str] | Tree,
    *,
    ignore: Collection[str] = (),
    without: Collection[bytes] = (),
) -> None:
    """Raise AssertionError that lists the differences; trees may be given read or as paths."""
    lines = differences(
        expected if isinstance(expected, dict) else read_tree(expected),
        actual if isinstance(actual, dict) else read_tree(actual),
        ignore=ignore,
        without=without,
    )
    if lines:
        raise AssertionError("the trees differ:\n" + "\n".join(lines[:100]))


def _walk(top: bytes) -> Iterator[tuple[bytes, bytes]]:
    yield b".", top
    for directory, directories, files in os.walk(top):
        for name in directories + files:
            path = os.path.join(directory, name)
            yield path[len(top.rstrip(b"/")) + 1 :], path


def _entry(path: bytes, status: os.stat_result) -> Entry:
    return Entry(
        stat.filemode(status.st_mode)[0],
        stat.S_IMODE(status.st_mode),
        (status.st_uid, status.st_gid),
        int(status.st_mtime),
        _content(path, status),
        status.st_size if stat.S_ISREG(status.st_mode) else 0,
        status.st_blocks * 512 if stat.S_ISREG(status.st_mode) else 0,
        (),
        _xattrs(path),
    )


def _content(path: bytes, status: os.stat_result) -> str:
    if stat.S_ISREG(status.st_mode):
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    if stat.S_ISLNK(status.st_mode):
        return os.fsdecode(os.readlink(path))
    if stat.S_ISBLK(status.st_mode) or stat.S_ISCHR(status.st_mode):
        return f"{os.major(status.st_rdev)}:{os.minor(status.st_rdev)}"
    return ""


def _xattrs(path: bytes) -> tuple[tuple[str, bytes], ...]:
    names = sorted(os.listxattr(path, follow_symlinks=False))
    return tuple((name, os.getxattr(path, name, follow_symlinks=False)) for name in names)


def _compare(shown: str, expected: Entry, actual: Entry, ignore: Collection[str]) -> list[str]:
    lines = []
    for field in ("type", "mode", "owner", "modified", "size", "content", "links", "xattrs"):
        wanted, found = getattr(expected, field), getattr(actual, field)
        if field not in ignore and wanted != found:
            if field == "mode":
                wanted, found = oct(wanted), oct(found)
            lines.append(f"{shown}: {field} is {found!r} instead of {wanted!r}")
    has_hole = expected.allocated + _SLACK < expected.size
    if "allocated" not in ignore and has_hole and actual.allocated > expected.allocated + _SLACK:
        lines.append(
            f"{shown}: takes {actual.allocated} bytes instead of {expected.allocated}: holes lost"
        )
    return lines
