# mypy: ignore-errors
"""Saves a PostgreSQL server while it runs: a Full has its files, Incrementals the WAL since then.

Needs the package psycopg in the plugin's interpreter for backups, not for restores.  The
files come back to where they were; the server recovers by itself when it is started.
Source: published plugins, section 3; the server's manual, "Making a Base Backup Using the Low Level
API".
"""

import json
import os
import stat
import time

from barque_postgresql_files import cluster_files, configuration_files
from barque_postgresql_server import Server
from barque_postgresql_wal import Archive, format_lsn, parse_lsn
from barque_sdk import File, LocalFilePlugin, PluginFailure, State, register

_STATE = "/_bareos_postgresql_plugin/metadata"
_STATE_VERSION = 2


class PostgreSQL(LocalFilePlugin):
    """A server on this machine, with its WAL archive."""

    wal_archive_dir: str
    """Folder on this machine that the server's ``archive_command`` copies WAL to."""
    db_user: str = ""
    """User of the database; empty is ``PGUSER``, or the account of the File Daemon."""
    db_password: str = ""
    """Password; better in ``PGPASSWORD`` or a file ``.pgpass`` of that account."""
    db_name: str = ""
    """Database to connect to; empty is ``PGDATABASE``, or ``postgres``."""
    db_host: str = ""
    """Host, or folder of the server's socket; empty is ``PGHOST``, or ``localhost``."""
    db_port: str = ""
    """Port; empty is ``PGPORT``, or 5432."""
    role: str = ""
    """Role that is taken after the login."""
    ignore_subdirs: list[str] = ()
    """Folders below the data directory, separated by commas, that are left out."""
    start_fast: bool = False
    """Whether a Full has the server write a checkpoint at once instead of little by little."""
    stop_wait_wal_archive: bool = True
    """Whether a Full waits until its WAL is archived; without it, the next Incremental has it."""
    switch_wal: bool = True
    """Whether an Incremental ends the WAL file of the moment, to have everything until now."""
    switch_wal_timeout: int = 60
    """Seconds that an Incremental waits until this file is archived."""

    def __init__(self):
        self._state = {}
        self._state_job = 0

    def state(self, name, content, job_id):
        """Take what the newest backup before left."""
        if name == _STATE and job_id >= self._state_job:
            self._state, self._state_job = json.loads(content), job_id

    def backup(self, job):
        """Yield what the level asks for."""
        if job.level not in "FI":
            raise PluginFailure("there is no Differential of it: Level must be Full or Incremental")
        if job.accurate:
            raise PluginFailure("it cannot be saved accurately: set Accurate = no in the Job")
        archive = Archive(self._archive_folder(job))
        with Server(self, job) as server:
            server.check()
            archive.segment_size = server.segment_size
            if job.level == "F":
                yield from self._full(job, server, archive)
            else:
                yield from self._incremental(job, server, archive)

    def _archive_folder(self, job):
        folder = self.wal_archive_dir.rstrip("/")
        if os.path.islink(folder):
            job.warning("wal_archive_dir %s is a link to %s" % (folder, os.path.realpath(folder)))
        return os.path.realpath(folder)

    # --- Full

    def _full(self, job, server, archive):
        name = "barque.%d.PG%d" % (job.id, server.major)
        begun = server.start_backup(name, fast=self.start_fast)
        yield from cluster_files(server.data_directory, self.ignore_subdirs)
        yield from configuration_files(server.configuration_files, server.data_directory)
        ended, label, tablespaces = server.stop_backup(wait=self.stop_wait_wal_archive)
        yield from _label_files(job, server.data_directory, label, tablespaces)
        if self.stop_wait_wal_archive:
            yield from archive.files(archive.segment(begun), archive.segment(ended - 1))
            yield self._new_state(server, ended)
        else:
            yield self._new_state(server, archive.segment(begun) * archive.segment_size)

    # --- Incremental

    def _incremental(self, job, server, archive):
        first = archive.segment(self._saved_until(server) - 1) + 1
        last = self._newest(server, archive, first)
        if last < first:
            job.info("There is no new WAL after LSN %s" % self._state["last_lsn"])
            yield self._new_state(server, parse_lsn(self._state["last_lsn"]))
            return
        yield from archive.files(first, last)
        yield self._new_state(server, (last + 1) * archive.segment_size)

    def _saved_until(self, server):
        """Return the LSN up to which there is WAL in the backups before."""
        if "last_lsn" not in self._state:
            raise PluginFailure("the backup before left no LSN to go on from: run a Full")
        before = self._state.get("pg_major_version")
        if before != server.major:
            text = "PostgreSQL was %s at the backup before and is %s now: run a Full"
            raise PluginFailure(text % (before, server.major))
        return parse_lsn(self._state["last_lsn"])

    def _newest(self, server, archive, first):
        """Return the number of the newest segment that is whole in the archive."""
        if not self.switch_wal:
            name = server.last_archived()
            return archive.number(name) if name else first - 1
        last = archive.segment(server.switch_wal() - 1)
        if last >= first:
            name = archive.name(server.timeline, last)
            server.wait_until_archived(name, self.switch_wal_timeout)
        return last

    def _new_state(self, server, lsn):
        content = {
            "plugin_version": _STATE_VERSION,
            "pg_major_version": server.major,
            "last_backup_stop_time": time.time_ns(),
            "last_lsn": format_lsn(lsn),
        }
        return State(_STATE, json.dumps(content).encode())


def _label_files(job, data_directory, label, tablespaces):
    """Yield the files that tell the server to recover, as its own files are owned."""
    found = os.stat(os.path.join(data_directory, "PG_VERSION"))
    status = {"mode": stat.S_IFREG | 0o600, "uid": found.st_uid, "gid": found.st_gid}
    texts = {
        "backup_label": label,
        "tablespace_map": tablespaces,
        "recovery.signal": "# made for the recovery of the backup %s\n" % job.name,
    }
    for name, text in texts.items():
        if text:
            yield File(os.path.join(data_directory, name), text.encode(), **status)


register(PostgreSQL, globals())
