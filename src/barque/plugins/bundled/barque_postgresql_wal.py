# mypy: ignore-errors
"""The WAL archive of a PostgreSQL server: which files there are, and what their names mean.

Source: the server's manual, "WAL Internals" and "Setting Up WAL Archiving".
"""

import os
import re

from barque_sdk import Directory, File, PluginFailure

_SEGMENT = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})(?![0-9A-Fa-f])")
"""Begins the name of a segment, whatever compresses it, and of the label of a backup."""
_TIMELINE = re.compile(r"[0-9A-F]{8}\.history")
_NOT_WHOLE = (".backup", ".partial")
"""Ends the names of labels of backups, and of the last segment before a change of timelines."""
_XLOG = 1 << 32
"""byte; the first half of a segment's number counts in them."""


def parse_lsn(text):
    """Return a log sequence number such as ``0/3000148`` as a number of bytes."""
    high, _, low = text.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


def format_lsn(number):
    """Return a number of bytes as a log sequence number."""
    return "%X/%X" % (number >> 32, number & 0xFFFFFFFF)


class Archive:
    """The folder that the server's archive_command copies to."""

    def __init__(self, folder):
        """Look into *folder*; raises PluginFailure when that is not possible."""
        self.folder = folder
        self.segment_size = 16 << 20
        self._names()

    def _names(self):
        try:
            return sorted(os.listdir(self.folder))
        except OSError as error:
            text = "wal_archive_dir %s cannot be read: %s"
            raise PluginFailure(text % (self.folder, error.strerror)) from None

    def segment(self, lsn):
        """Return the number of the segment that the byte *lsn* lies in."""
        return lsn // self.segment_size

    def name(self, timeline, number):
        """Return the name of a segment."""
        high, low = divmod(number, _XLOG // self.segment_size)
        return "%08X%08X%08X" % (timeline, high, low)

    def number(self, name):
        """Return the number of the segment that a file is of; -1 for other files."""
        found = _SEGMENT.match(name)
        if found is None:
            return -1
        return int(found[2], 16) * (_XLOG // self.segment_size) + int(found[3], 16)

    def files(self, first, last):
        """Yield the folder, the segments from *first* to *last*, and the histories of timelines.

        Raises PluginFailure when a segment is missing or incomplete: without it nothing behind it
        can be recovered.
        """
        numbers = {name: self.number(name) for name in self._names()}
        wanted = [name for name, number in numbers.items() if first <= number <= last]
        self._check_complete({numbers[name] for name in wanted if _whole(name)}, first, last)
        yield Directory(self.folder, **_status(self.folder))
        for name in (*wanted, *(one for one in numbers if _TIMELINE.match(one))):
            path = os.path.join(self.folder, name)
            self._check_size(path)
            yield File(path, path, changed=True)

    def _check_complete(self, there, first, last):
        for number in range(first, last + 1):
            if number not in there:
                text = "WAL ...%s is not in %s: is it where archive_command copies to? Run a Full"
                raise PluginFailure(text % (self.name(0, number)[8:], self.folder))

    def _check_size(self, path):
        size = os.path.getsize(path)
        if _SEGMENT.fullmatch(os.path.basename(path)) and size != self.segment_size:
            raise PluginFailure(
                "%s is incomplete: %d of %d bytes" % (path, size, self.segment_size)
            )


def _whole(name):
    """Return whether a file of a segment has all of it, compressed or not."""
    return not name.endswith(_NOT_WHOLE)


def _status(path):
    found = os.stat(path)
    return {
        "mode": found.st_mode, "uid": found.st_uid, "gid": found.st_gid, "mtime": found.st_mtime,
    }  # fmt: skip
