"""Estimates: what a backup would save.

Source: daemon protocol, section 4.4.
"""

import os
import stat

from barque.filedaemon.backup import changes_of
from barque.filedaemon.job import Job
from barque.filedaemon.saving import is_unchanged
from barque.filedaemon.walker import Found, Walker
from barque.formats.attributes import status_of
from barque.formats.filetypes import FileType
from barque.restoring import show_listing
from barque.wire.messages.job import MessageType

_NEVER_SAVED = frozenset({FileType.NOSTAT, FileType.NOOPEN})


def run_estimate(job: Job, *, listing: bool) -> tuple[int, int]:
    """Return files and bytes that a backup would save; with *listing*, tell each file."""
    files = size = 0
    changes = changes_of(job)
    for found in Walker(job.fileset, job.report.info):
        job.check_canceled()
        status = found.status
        if status is None or found.type in _NEVER_SAVED or stat.S_ISSOCK(status.st_mode):
            continue
        if is_unchanged(changes, found, status) or not _fits(found, status):
            continue
        files += 1
        if stat.S_ISREG(status.st_mode):
            size += status.st_size
        if listing:
            line = show_listing(status_of(status), found.path, _target(found))
            job.report.send(MessageType.RESTORED, line.removesuffix("\n"))
    return files, size


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
