"""Estimates: what a backup would save.

Source: daemon protocol, section 4.4.
"""

import os
import stat

from barque.filedaemon.backup import changes_of
from barque.filedaemon.fileset import FileSet
from barque.filedaemon.job import Job
from barque.filedaemon.plugins import JobPlugins
from barque.filedaemon.saving import is_unchanged
from barque.filedaemon.walker import Found, Walker
from barque.formats.attributes import FileStatus, status_of
from barque.formats.filetypes import FileType
from barque.plugins.child import pipe
from barque.restoring import show_listing
from barque.wire.messages.job import MessageType

_NEVER_SAVED = frozenset({FileType.NOSTAT, FileType.NOOPEN})
_UNCHANGED = frozenset({*_NEVER_SAVED, FileType.NOCHG, FileType.DIRNOCHG, FileType.DIRBEGIN})


def run_estimate(job: Job, *, listing: bool) -> tuple[int, int]:
    """Return files and bytes that a backup would save; with *listing*, tell each file."""
    counted = _Counted(job, listing)
    changes = changes_of(job)
    for include in job.fileset.includes:
        for found in Walker(FileSet([include], job.fileset.excluded), job.report.info):
            job.check_canceled()
            status = found.status
            if status is None or found.type in _NEVER_SAVED or stat.S_ISSOCK(status.st_mode):
                continue
            if is_unchanged(changes, found, status) or not _fits(found, status):
                continue
            counted.add(status_of(status), found.path, _target(found))
        if isinstance(job.plugins, JobPlugins):
            for definition in include.plugins:
                text = definition.decode("utf-8", "surrogateescape")
                job.plugins.estimate(text, include.options, counted.add_packed)
    return counted.files, counted.size


class _Counted:
    """What was found."""

    def __init__(self, job: Job, listing: bool) -> None:
        self._job = job
        self._listing = listing
        self.files = 0
        self.size = 0

    def add(self, status: FileStatus, path: bytes, target: bytes | None) -> None:
        """Count a file."""
        self.files += 1
        if stat.S_ISREG(status.mode):
            self.size += max(0, status.size)
        if self._listing:
            line = show_listing(status, path, target)
            self._job.report.send(MessageType.RESTORED, line.removesuffix("\n"))

    def add_packed(self, body: memoryview) -> None:
        """Count the file of a plugin."""
        kind, _, _, _, _, numbers, name, link, _ = pipe.decode_entry(body)
        if kind in _UNCHANGED:
            return
        device, inode, mode, links, user, group, rdev, size, *times, block, blocks = numbers
        size = 0 if size >> 63 else size
        status = FileStatus(
            device, inode, mode, links, user, group, rdev, size, block, blocks, *times
        )
        self.add(status, name, link if kind == FileType.LNK else None)


def _fits(found: Found, status: os.stat_result) -> bool:
    rule = found.block.options.size
    return rule is None or not stat.S_ISREG(status.st_mode) or rule.allows(status.st_size)


def _target(found: Found) -> bytes | None:
    if found.type is not FileType.LNK:
        return None
    try:
        return os.readlink(found.name, dir_fd=found.directory)
    except OSError:
        return b""
