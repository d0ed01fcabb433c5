# mypy: ignore-errors
"""Saves each table of an SQLite database as SQL, and says which events it hears."""

import sqlite3

import bareosfd
from barque_sdk import File, FilePlugin, register


class Tables(FilePlugin):
    """The tables of one database."""

    database: str

    def backup(self, job):
        """Yield a file for each table."""
        with sqlite3.connect(self.database) as connection:
            lines = list(connection.iterdump())
            tables = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
            for name, sql in tables.fetchall():
                rows = [line for line in lines if line.startswith('INSERT INTO "%s"' % name)]
                yield File("/@tables/%s.sql" % name, "\n".join([sql + ";", *rows]).encode())


register(Tables, globals())

_NAMES = {number: name for name, number in bareosfd.bEventType.items()}
_handle = globals()["handle_plugin_event"]


def handle_plugin_event(event):
    """Say what came, and do what the class does."""
    bareosfd.JobMessage(bareosfd.M_INFO, "File Daemon: %s\n" % _NAMES[event])
    return _handle(event)
