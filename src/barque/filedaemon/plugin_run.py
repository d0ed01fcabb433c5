"""The part of plugins in one backup: Plugin lines, and plugins of Options blocks.

Source: plugin interface of the File Daemon, sections 5 and 6.
"""

import os
from typing import Any, Protocol

from barque.errors import JobError
from barque.filedaemon.bpipe import save_pipe
from barque.filedaemon.fileset import Include
from barque.filedaemon.job import Job
from barque.filedaemon.options import Options
from barque.filedaemon.plugin_files import PluginFiles
from barque.filedaemon.plugins import JobPlugins
from barque.filedaemon.saving import Saver, is_unchanged, stored_name
from barque.filedaemon.walker import Found
from barque.formats.filetypes import FileType
from barque.plugins.child import abi
from barque.plugins.definition import plugin_name


class Saves(Protocol):
    """Saves what a walker finds."""

    def save(self, found: Found) -> None:
        """Save it, or tell why not."""


class PluginRun:
    """What plugins save in one backup."""

    def __init__(self, job: Job, saver: Saver) -> None:
        self._job = job
        self._saver = saver
        self._plugins = job.plugins if isinstance(job.plugins, JobPlugins) else None
        self._options = Options()
        if self._plugins is not None:
            self._plugins.known.saver = saver

    @staticmethod
    def has_options(include: Include) -> bool:
        """Return whether plugins handle ordinary files of an Include."""
        return any(block.plugin for block in include.blocks)

    def save(self, include: Include) -> None:
        """Save what the Plugin lines of an Include stand for; raises JobError when one fails."""
        if include.blocks:
            self._options = include.blocks[-1].options
        for raw in include.plugins:
            self._job.check_canceled()
            text = raw.decode("utf-8", "surrogateescape")
            done = self._save_line(raw, text)
            self._job.check_canceled()
            if not done:
                raise JobError(f"the plugin {text.partition(':')[0]} could not save its files")

    def _save_line(self, raw: bytes, text: str) -> bool:
        plugins = self._plugins
        if plugins is None:
            return False
        files = PluginFiles(self._saver, self._job.report, raw, self._options)
        if plugin_name(text) == "bpipe":
            return save_pipe(text, files, self._job.report, plugins.known.values())
        return plugins.backup(text, files, self._options)

    def spare_deleted(self) -> None:
        """Ask plugins which files of the accurate list are still there."""
        accurate = self._saver.changes.accurate
        if accurate is None or self._plugins is None or not len(self._plugins):
            return
        for name in self._plugins.still_there(accurate.unseen()):
            accurate.mark(name)

    # --- plugins of Options blocks

    def save_found(self, found: Found) -> None:
        """Let the plugin of the block in charge save a file; or save it as usual."""
        raw = found.block.plugin
        status = found.status
        if not raw or status is None or self._plugins is None:
            self._saver.save(found)
            return
        if found.type in _NEVER or is_unchanged(self._saver.changes, found, status):
            self._saver.save(found)
            return
        files = PluginFiles(self._saver, self._job.report, raw, found.block.options)
        text = raw.decode("utf-8", "surrogateescape")
        code = self._plugins.handle_file(text, files, self._words(found, status))
        if code == abi.RC_CORE:
            self._saver.save(found)
        elif code == abi.RC_OK:
            self._saver.mark(stored_name(found))
        elif code != abi.RC_SKIP:
            self._job.report.not_saved(
                f"Plugin {text.partition(':')[0]} could not save {os.fsdecode(found.path)}"
            )

    def _words(self, found: Found, status: os.stat_result) -> dict[str, Any]:
        link = name = stored_name(found)
        if found.type is FileType.LNK:
            link = os.readlink(found.name, dir_fd=found.directory)
        return {
            "name": name.decode("utf-8", "surrogateescape"),
            "link": link.decode("utf-8", "surrogateescape"),
            "type": int(FileType.DIREND if found.type in _NOT_ENTERED else found.type),
            "stat": [
                status.st_dev & 0xFFFFFFFF, status.st_ino, status.st_mode, status.st_nlink,
                status.st_uid, status.st_gid, status.st_rdev & 0xFFFFFFFF, status.st_size,
                int(status.st_atime), int(status.st_mtime), int(status.st_ctime),
                status.st_blksize, status.st_blocks,
            ],
            "delta_seq": 0,
            "found": False,
        }  # fmt: skip


_NEVER = frozenset({FileType.NOSTAT, FileType.NOOPEN})
_NOT_ENTERED = frozenset({FileType.NORECURSE, FileType.NOFSCHG, FileType.INVALIDFS})


class OptionPlugins:
    """A saver that asks plugins of Options blocks first."""

    def __init__(self, run: PluginRun) -> None:
        self._run = run

    def save(self, found: Found) -> None:
        """Save what was found."""
        self._run.save_found(found)
