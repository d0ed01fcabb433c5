# mypy: ignore-errors
"""Saves the files that a list names, with everything below directories.

Options: ``filename``, a text file with one path a line; ``allow`` and ``deny``, regular expressions
that paths must and must not match; ``do_io_in_core`` is taken and means nothing here.
"""

import os
import re
import stat

from barque_sdk import Directory, File, FilePlugin, Link, PluginFailure, register


class LocalFileset(FilePlugin):
    """A list of files."""

    filename: str
    allow: str = ""
    deny: str = ""
    do_io_in_core: str = ""

    def backup(self, job):
        """Yield what the list names."""
        self._allow = re.compile(self.allow)
        self._deny = re.compile(self.deny) if self.deny else None
        try:
            with open(self.filename, encoding="utf-8", errors="surrogateescape") as file:
                names = [line.strip() for line in file if line.strip()]
        except OSError as error:
            raise PluginFailure("cannot read the list %s: %s" % (self.filename, error)) from None
        if not names:
            job.error("No (allowed) files to backup found")
        for name in names:
            yield from self._tree(job, name)

    def _tree(self, job, path):
        if os.path.isdir(path) and not os.path.islink(path):
            for name in sorted(os.listdir(path)):
                yield from self._tree(job, os.path.join(path, name))
        elif not self._allow.search(path) or (self._deny and self._deny.search(path)):
            job.error("File %s denied by configuration" % path)
            return
        try:
            entry = _entry(path)
        except OSError as error:
            job.error("Cannot look at %s: %s" % (path, error))
            return
        if entry is not None:
            yield entry


def _entry(path):
    found = os.lstat(path)
    status = {"mtime": found.st_mtime, "uid": found.st_uid, "gid": found.st_gid}
    if stat.S_ISDIR(found.st_mode):
        return Directory(path, mode=found.st_mode, **status)
    if stat.S_ISLNK(found.st_mode):
        return Link(path, os.readlink(path), **status)
    return File(path, path) if stat.S_ISREG(found.st_mode) else None


register(LocalFileset, globals())
