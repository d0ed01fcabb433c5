# mypy: ignore-errors
"""Saves the files that a list names, with everything below directories.

Source: published plugins, section 3.
"""

import os
import re

from barque_sdk import LocalFilePlugin, PluginFailure, local_entry, register


class LocalFileset(LocalFilePlugin):
    """The files that a list names."""

    filename: str
    """Text file with one path a line; directories stand for all that is below them."""
    allow: str = ""
    """Only paths in which this regular expression is found are saved; directories always are."""
    deny: str = ""
    """Paths in which this regular expression is found are left out."""
    do_io_in_core: str = ""
    """Taken, as the published plugin does: here the daemon always reads and writes by itself."""

    def backup(self, job):
        """Yield what the list names."""
        self._allow = _pattern(self.allow)
        self._deny = _pattern(self.deny) if self.deny else None
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
        """Yield what lies at *path*, and before it what is below."""
        try:
            if os.path.isdir(path) and not os.path.islink(path):
                for name in sorted(os.listdir(path)):
                    yield from self._tree(job, os.path.join(path, name))
            elif not self._allow.search(path) or (self._deny and self._deny.search(path)):
                job.error("File %s denied by configuration" % path)
                return
            entry = local_entry(path)
        except OSError as error:
            job.error("Cannot look at %s: %s" % (path, error))
            return
        if entry is not None:
            yield entry


def _pattern(text):
    try:
        return re.compile(text)
    except re.error as error:
        raise PluginFailure("%r is no regular expression: %s" % (text, error)) from None


register(LocalFileset, globals())
