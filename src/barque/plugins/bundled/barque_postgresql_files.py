# mypy: ignore-errors
"""The files of a PostgreSQL server that a base backup has.

Source: the server's manual, "Backing Up the Data Directory".
"""

import os

from barque_sdk import File, PluginFailure, local_entry

_EMPTIED = frozenset(
    (
        "pg_dynshmem pg_notify pg_replslot pg_serial pg_snapshots pg_stat_tmp pg_subtrans pg_wal"
    ).split()
)
"""Folders of the data directory whose contents a server makes anew."""
_LEFT_OUT = (
    "pgsql_tmp", "pg_internal.init", "postmaster.pid", "postmaster.opts", "backup_label",
    "tablespace_map", "backup_manifest", "recovery.signal", "standby.signal",
)  # fmt: skip
"""What names begin with that belong to the running server, or to another backup."""
_TABLESPACES = "pg_tblspc"
_DEBIAN = "/etc/postgresql/"


def cluster_files(data_directory, ignored):
    """Yield the files of the data directory and of all tablespaces, folders after their contents.

    *ignored* are folders, by name or by path below the data directory.
    Raises PluginFailure when one cannot be read.
    """
    ignored = frozenset(os.path.normpath(name) for name in ignored)
    yield from _folder(data_directory, "", ignored)
    links = os.path.join(data_directory, _TABLESPACES)
    for name in sorted(os.listdir(links)):
        yield from _folder(os.path.realpath(os.path.join(links, name)), name, ignored)


def _folder(folder, below, ignored):
    """Yield what is in *folder*, which is *below* the data directory, and then itself."""
    for name in _names(folder):
        path, inside = os.path.join(folder, name), os.path.join(below, name)
        if name.startswith(_LEFT_OUT) or name in ignored or inside in ignored:
            continue
        if not os.path.isdir(path) or os.path.islink(path):
            yield from _file(path)
        elif inside in _EMPTIED:
            yield local_entry(path)
        else:
            yield from _folder(path, inside, ignored)
    if os.path.isdir(folder):
        yield local_entry(folder)


def _names(folder):
    try:
        return sorted(os.listdir(folder))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise PluginFailure(_unreadable(folder, error)) from None


def _file(path):
    """Yield a file, opened: the server may remove it at any time, and then it is not missed."""
    try:
        if os.path.isfile(path) and not os.path.islink(path):
            yield File(path, open(path, "rb", buffering=0))
        else:
            entry = local_entry(path)
            if entry is not None:
                yield entry
    except FileNotFoundError:
        return
    except OSError as error:
        raise PluginFailure(_unreadable(path, error)) from None


def _unreadable(path, error):
    text = "%s cannot be read: %s; the File Daemon must run as root or as the server's account"
    return text % (path, error.strerror)


def configuration_files(named, data_directory):
    """Yield the files of the configuration that lie elsewhere; *named* are those of settings.

    In Debian's layout these are all files beside postgresql.conf.
    """
    paths = {path for path in named if not path.startswith(data_directory + os.sep)}
    for path in list(paths):
        folder = os.path.dirname(path)
        if folder.startswith(_DEBIAN):
            for parent in (folder, os.path.join(folder, "conf.d")):
                paths.update(os.path.join(parent, name) for name in _names(parent))
    for path in sorted(paths):
        if os.path.isfile(path):
            yield from _file(path)
