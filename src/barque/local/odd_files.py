"""A folder with everything that backups get wrong: for demonstrations and tests."""

import os
import shutil
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

ACCESS_ACL: Final = "system.posix_acl_access"
DEFAULT_ACL: Final = "system.posix_acl_default"

LONGEST: Final = 255
"""Byte; of a component on most file systems."""

SPARSE_SIZE: Final = 32 * 1024 * 1024
"""Byte; nearly all of it a hole."""

STRANGE_NAMES: Final = (
    b"a name with spaces",
    b" leading and trailing ",
    b"new\nline",
    b"tab\tand\x01control",
    b"not-utf-8-\xff\xfe",
    "grüße-ω-📁".encode(),
    b"quotes \"' and \\ backslash",
    b"*?[pattern]",
    b"-rf",
    b"x" * LONGEST,
)

MODES: Final = (0o400, 0o600, 0o640, 0o755, 0o777, 0o4755, 0o2755)


def make_odd_files(root: Path) -> list[str]:
    """Fill the new folder *root* and return what this file system, or this user, cannot have."""
    root.mkdir(parents=True)
    missing = []
    for name, make in MAKERS:
        try:
            make(root)
        except OSError as error:
            missing.append(f"{name} ({error.strerror})")
    return missing


def change_odd_files(root: Path) -> None:
    """Change the folder as its users would: new, longer, renamed, touched and removed files."""
    (root / "new file").write_text("made after the Full backup\n")
    with (root / "plain").open("a") as file:
        file.write("one more line\n")
    (root / "mode-640").chmod(0o604)
    (root / "empty-folder" / "no longer").mkdir()
    os.utime(root / "old", (981173106, 981173106))
    (root / "link-relative").unlink()
    (root / "link-relative").symlink_to("new file")


def remove_odd_files(root: Path) -> None:
    """Remove and rename some: what only an accurate Incremental notices."""
    (root / "mode-777").unlink()
    (root / "mode-755").rename(root / "renamed")


def _plain(root: Path) -> None:
    (root / "plain").write_text("an ordinary file\n")
    (root / "empty").touch()
    (root / "empty-folder").mkdir()
    (root / "old").write_text("from another century\n")
    os.utime(root / "old", (86400, 86400))
    deep = root.joinpath(*(f"level-{number}" for number in range(20)))
    deep.mkdir(parents=True)
    (deep / "bottom").write_bytes(os.urandom(1000))


def _hard_links(root: Path) -> None:
    (root / "hard-1").write_text("one file with two names\n")
    os.link(root / "hard-1", root / "hard-2")


def _symbolic_links(root: Path) -> None:
    (root / "link-relative").symlink_to("plain")
    (root / "link-absolute").symlink_to("/etc/hostname")
    (root / "link-dangling").symlink_to("nowhere/at all")
    (root / "link-folder").symlink_to("empty-folder")


def _sparse(root: Path) -> None:
    with (root / "sparse").open("wb") as file:
        file.write(b"begin")
        file.seek(SPARSE_SIZE // 2)
        file.write(os.urandom(4096))
        file.truncate(SPARSE_SIZE)


def _fifo(root: Path) -> None:
    os.mkfifo(root / "fifo", 0o622)


def _names(root: Path) -> None:
    (root / "names").mkdir()
    folder = os.fsencode(root / "names")
    for name in STRANGE_NAMES:
        path = os.path.join(folder, name)  # noqa: PTH118  # bytes, which pathlib does not know
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
        os.write(handle, name)
        os.close(handle)


def _modes(root: Path) -> None:
    for mode in MODES:
        path = root / f"mode-{mode:o}"
        path.write_text(f"{mode:o}\n")
        path.chmod(mode)
    (root / "sticky").mkdir()
    (root / "sticky").chmod(0o1777)


def _owner(root: Path) -> None:
    path = root / "owner"
    path.write_text("belongs to nobody we know\n")
    os.chown(path, 54321, 12345)


def _attributes(root: Path) -> None:
    path = root / "attributes"
    path.write_text("has extended attributes\n")
    os.setxattr(path, "user.comment", b"kept by barque")
    os.setxattr(path, "user.binary", bytes(range(256)))
    os.setxattr(path, "user.empty", b"")


def _access_list(root: Path) -> None:
    path = root / "acl"
    path.write_text("more people may read this\n")
    os.setxattr(path, ACCESS_ACL, _acl(user=54321))
    folder = root / "acl-folder"
    folder.mkdir()
    os.setxattr(folder, DEFAULT_ACL, _acl(user=54321))


def _acl(user: int) -> bytes:
    """Return an ACL in the kernel's form: owner, one more user, group, mask, others."""
    nobody = 0xFFFFFFFF
    entries = ((1, 6, nobody), (2, 4, user), (4, 4, nobody), (0x10, 4, nobody), (0x20, 0, nobody))
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


MAKERS: Final[tuple[tuple[str, Callable[[Path], None]], ...]] = (
    ("plain files", _plain),
    ("hard links", _hard_links),
    ("symbolic links", _symbolic_links),
    ("a sparse file", _sparse),
    ("a FIFO", _fifo),
    ("strange names", _names),
    ("modes", _modes),
    ("extended attributes", _attributes),
    ("access control lists", _access_list),
    ("foreign owners", _owner),
)
"""What a folder should hold, and how it is made."""


def remove_tree(root: Path) -> None:
    """Remove a folder with whatever modes its files have."""
    with suppress(OSError):
        for folder, _, _ in os.walk(os.fsencode(root)):
            os.chmod(folder, 0o700)  # noqa: PTH101  # bytes
    shutil.rmtree(os.fsencode(root), ignore_errors=True)
