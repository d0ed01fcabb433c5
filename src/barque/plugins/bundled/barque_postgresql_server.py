# mypy: ignore-errors
"""The session of a backup with a PostgreSQL server.

Source: the server's manual, "Backup Control Functions".
"""

import os
import sys
import time

from barque_postgresql_wal import parse_lsn
from barque_sdk import PluginFailure

try:
    import psycopg
except ImportError:
    psycopg = None

_OLDEST = 12
"""Servers before have another way to be told that they recover."""
_RENAMED = 15
"""Since then the functions of backups have other names."""
_SETTINGS = ("data_directory", "wal_level", "archive_mode", "archive_command", "archive_library",
             "wal_segment_size", "server_version_num")  # fmt: skip
_FILES = ("config_file", "hba_file", "ident_file", "ssl_ca_file", "ssl_cert_file", "ssl_crl_file",
          "ssl_dh_params_file", "ssl_key_file")  # fmt: skip
_PAUSE = 0.02
_LONGEST_PAUSE = 1.0


class Server:
    """A connection; leaving the block ends it, and with it a backup that is not complete."""

    def __init__(self, options, job):
        """*options* has the plugin's options of the connection."""
        self._options = options
        self._job = job
        self._connection = None
        self._settings = {}

    def __enter__(self):
        """Log in; raises PluginFailure."""
        if psycopg is None:
            text = (
                "the package psycopg is missing in %s: install it, or name another with host_python"
            )
            raise PluginFailure(text % sys.executable)
        given = self._options
        words = {
            "user": given.db_user,
            "password": given.db_password,
            "host": given.db_host or os.environ.get("PGHOST", "localhost"),
            "port": given.db_port,
            "dbname": given.db_name or os.environ.get("PGDATABASE", "postgres"),
        }
        try:
            self._connection = psycopg.connect(
                autocommit=True, application_name="barque", client_encoding="UTF8",
                **{name: word for name, word in words.items() if word},
            )  # fmt: skip
        except psycopg.Error as error:
            text = "cannot connect to database %s at %s: %s"
            raise PluginFailure(text % (words["dbname"], words["host"], _line(error))) from None
        self._connection.add_notice_handler(self._heard)
        if given.role:
            self._ask(psycopg.sql.SQL("SET ROLE {}").format(psycopg.sql.Identifier(given.role)))
        return self

    def __exit__(self, *_):
        """Log out."""
        self._connection.close()

    def _heard(self, notice):
        """Tell why the server lets us wait."""
        if notice.severity_nonlocalized == "WARNING":
            self._job.warning("PostgreSQL: %s" % notice.message_primary)

    def _ask(self, query, *values):
        """Return the first row of an answer; raises PluginFailure."""
        try:
            cursor = self._connection.execute(query, values or None)
            return cursor.fetchone() if cursor.description else None
        except psycopg.Error as error:
            raise PluginFailure(_line(error)) from None

    # --- what the server is

    def check(self):
        """Raise PluginFailure when this server cannot be saved."""
        self._read_settings()
        for wrong, words in (
            (
                self.major < _OLDEST,
                "version %d is too old: %d is the oldest" % (self.major, _OLDEST),
            ),
            (self._ask("SELECT pg_is_in_recovery()")[0], "it is a standby: save its primary"),
            (self._settings["wal_level"] == "minimal", "wal_level is minimal: set it to replica"),
            (self._settings["archive_mode"] == "off", "archive_mode is off: set it to on"),
            (not self._archives, "archive_command is empty: let it copy WAL to wal_archive_dir"),
        ):
            if wrong:
                raise PluginFailure("this server cannot be saved, %s" % words)
        self._job.info("Connected to PostgreSQL %s" % self._settings["server_version_num"])

    def _read_settings(self):
        query = (
            "SELECT json_object_agg(name, setting) FROM pg_settings"
            " WHERE name = ANY(%s) AND setting IS NOT NULL"
        )
        self._settings = self._ask(query, [*_SETTINGS, *_FILES])[0]
        if "data_directory" not in self._settings:
            user = self._ask("SELECT current_user")[0]
            text = "%s may not read the setting data_directory: GRANT pg_read_all_settings TO %s"
            raise PluginFailure(text % (user, user))

    @property
    def _archives(self):
        return self._settings["archive_command"].strip() or self._settings.get("archive_library")

    @property
    def major(self):
        """First number of the version."""
        return int(self._settings["server_version_num"]) // 10000

    @property
    def data_directory(self):
        """Where the files of the server are."""
        return os.path.realpath(self._settings["data_directory"])

    @property
    def segment_size(self):
        """Bytes of a WAL file."""
        return int(self._settings["wal_segment_size"])

    @property
    def configuration_files(self):
        """Paths that settings name; relative ones are below the data directory."""
        named = (self._settings.get(name) for name in _FILES)
        return [os.path.join(self.data_directory, path) for path in named if path]

    @property
    def timeline(self):
        """Number of the history that the server writes now."""
        return int(self._ask("SELECT pg_walfile_name(pg_current_wal_lsn())")[0][:8], 16)

    # --- the backup

    def start_backup(self, label, *, fast):
        """Begin a backup and return the LSN that recovery begins at."""
        name = "pg_backup_start" if self.major >= _RENAMED else "pg_start_backup"
        more = "" if self.major >= _RENAMED else ", exclusive => false"
        query = "SELECT %s(%%s, fast => %s%s)::text" % (name, fast, more)
        return parse_lsn(self._ask(query, label)[0])

    def stop_backup(self, *, wait):
        """End the backup; returns the LSN, backup_label and tablespace_map."""
        if self.major >= _RENAMED:
            call = "pg_backup_stop(wait_for_archive => %s)" % wait
        else:
            call = "pg_stop_backup(exclusive => false, wait_for_archive => %s)" % wait
        lsn, label, tablespaces = self._ask("SELECT lsn::text, labelfile, spcmapfile FROM " + call)
        return parse_lsn(lsn), label, tablespaces

    def switch_wal(self):
        """End the WAL file of the moment and return the LSN behind its last record."""
        return parse_lsn(self._ask("SELECT pg_switch_wal()::text")[0])

    def last_archived(self):
        """Return the name of the WAL file that was archived last; empty for none."""
        return (self._ask("SELECT last_archived_wal FROM pg_stat_archiver")[0] or "")[:24]

    def wait_until_archived(self, name, patience):
        """Wait at most *patience* seconds until the WAL file *name* is archived."""
        deadline = time.monotonic() + patience
        pause = _PAUSE
        while (archived := self.last_archived()) < name:
            if time.monotonic() > deadline:
                text = "WAL %s was not archived within %d seconds; the last one was %s"
                raise PluginFailure(text % (name, patience, archived or "none"))
            time.sleep(pause)
            pause = min(pause * 1.2, _LONGEST_PAUSE)


def _line(error):
    return " ".join(str(error).split())
