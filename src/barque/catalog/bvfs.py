"""Browsing what jobs hold, directory by directory, without reading all of it.

Two tables make it quick (`path_tables.py`): they are filled once for each job (`update`) and may be
emptied at any time. Source: catalog, section 7.1; console commands, section 8.
"""

import re
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from barque.catalog.newest import FileEntry, name_at, newest_files
from barque.catalog.path_tables import PathTables, always
from barque.catalog.sqltext import marks, number, text
from barque.catalog.store import Store, Value
from barque.domain.ids import JobId
from barque.errors import CatalogError, NotFoundError

NO_ATTRIBUTES: Final = " ".join(["A"] * 14)
"""LStat of a directory of which only the contents were backed up."""

_RESTORE_LIST: Final = re.compile(r"b2[0-9]+")


@dataclass(frozen=True, slots=True)
class Directory:
    """One line of a list of directories."""

    path: bytes
    """Whole path with trailing slash; `.` and `..` for the directory itself and its parent."""
    path_id: int
    file_id: int
    """0 when its attributes are not known."""
    job_id: int
    """0 when its attributes are not known."""
    lstat: str


@dataclass(frozen=True, slots=True)
class FileVersion:
    """One version of a file on one volume."""

    path_id: int
    file_id: int
    job_id: int
    lstat: str
    digest: str
    volume_name: str
    in_changer: int


class BVFS:
    """The files of jobs as a tree."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tables = PathTables(store)

    def update(
        self, job_ids: Iterable[int] | None = None, go_on: Callable[[], bool] = always
    ) -> None:
        """Make jobs browsable, as `PathTables.update` does."""
        self._tables.update(job_ids, go_on)

    def clear(self) -> None:
        """Empty the tables of browsing."""
        self._tables.clear()

    def renew(self, job_ids: Sequence[int]) -> None:
        """Make jobs browsable again: what was noted of them is not whole."""
        self._tables.forget(job_ids)
        self.update(job_ids)

    def paths(self, job_ids: Sequence[int]) -> Generator[tuple[bytes, int]]:
        """Yield path and PathId of all directories of jobs, in the order of the paths' bytes."""
        order = "path.path" if self._store.engine == "sqlite" else 'path.path COLLATE "C"'
        rows = self._store.stream(
            f"SELECT path.path, path.pathid FROM path WHERE path.pathid IN (SELECT seen.pathid "
            f"FROM pathvisibility AS seen WHERE seen.jobid IN ({marks(job_ids)})) ORDER BY {order}",
            job_ids,
        )
        for path, path_id in rows:
            yield text(path).encode(errors="surrogateescape"), number(path_id)

    def path_id(self, path: bytes) -> int | None:
        """Return the PathId of *path* (with trailing slash), or None."""
        row = self._store.one("SELECT pathid FROM path WHERE path = ?", (_text(path),))
        return number(row[0]) if row else None

    def directories(
        self, job_ids: Sequence[int], path_id: int, *, limit: int, offset: int = 0
    ) -> list[Directory]:
        """Return the directory itself, its parent and its visible subdirectories, by path.

        *limit* and *offset* count all of them. A directory that the newest job saw deleted is left
        out. Attributes are those of the highest JobId that has them.
        """
        if not job_ids:
            return []
        jobs = marks(job_ids)
        rows = self._store.rows(
            "SELECT place.path, place.pathid FROM ("
            "SELECT '.' AS path, CAST(? AS INTEGER) AS pathid "
            "UNION ALL SELECT '..', ppathid FROM pathhierarchy WHERE pathid = ? "
            "UNION ALL SELECT path.path, below.pathid FROM pathhierarchy AS below "
            "JOIN path ON path.pathid = below.pathid WHERE below.ppathid = ? "
            "AND EXISTS (SELECT 1 FROM pathvisibility AS seen "
            f"WHERE seen.jobid IN ({jobs}) AND seen.pathid = below.pathid) "
            "AND NOT EXISTS (SELECT 1 FROM file AS gone WHERE gone.pathid = below.pathid "
            "AND gone.fileindex = 0 AND gone.name = '' AND gone.jobid = ("
            "SELECT max(newest.jobid) FROM pathvisibility AS newest "
            f"WHERE newest.jobid IN ({jobs}) AND newest.pathid = below.pathid))"
            ") AS place ORDER BY place.path LIMIT ? OFFSET ?",
            [path_id, path_id, path_id, *job_ids, *job_ids, limit, offset],
        )
        places = [(text(path), number(found)) for path, found in rows]
        attributes = self._attributes(job_ids, [found for _path, found in places])
        return [
            Directory(
                path.encode(errors="surrogateescape"),
                found,
                *attributes.get(found, (0, 0, NO_ATTRIBUTES)),
            )
            for path, found in places
        ]

    def files(
        self,
        job_ids: Sequence[int],
        path_id: int,
        *,
        limit: int,
        offset: int = 0,
        pattern: str = "",
    ) -> list[FileEntry]:
        """Return the newest versions of the files in one directory, by name.

        Newest by the start of the job. *pattern*: regular expression that is found in the name.
        Raises CatalogError when it is none.
        """
        try:
            wanted = re.compile(pattern.encode(errors="surrogateescape"))
        except re.error as error:
            raise CatalogError(f'"{pattern}" is no regular expression: {error}') from error
        jobs, first, skipped = self._by_start(job_ids), b"", offset
        if offset and not pattern:
            first, skipped = name_at(self._store, jobs, path_id, offset) or b"", 0
            if not first:
                return []
        entries = newest_files(
            self._store, jobs, path_id=path_id, from_name=first, with_parts=False
        )
        found = (entry for entry in entries if entry.name and wanted.search(entry.name))
        page = list(islice(found, skipped, skipped + limit))
        entries.close()
        return page

    def versions(
        self,
        path_id: int,
        name: bytes,
        client: str,
        *,
        with_copies: bool = False,
        limit: int,
        offset: int = 0,
    ) -> list[FileVersion]:
        """Return the versions of one file that a client's backups hold, by FileId.

        One for each volume that holds it. *with_copies*: copies of backups count too.
        """
        types = "'B', 'A', 'a', 'C'" if with_copies else "'B', 'A', 'a'"
        rows = self._store.rows(
            "SELECT file.pathid, file.fileid, file.jobid, file.lstat, file.md5, media.volumename, "
            "media.inchanger FROM client CROSS JOIN job CROSS JOIN file "
            "JOIN jobmedia ON jobmedia.jobid = file.jobid "
            "AND file.fileindex BETWEEN jobmedia.firstindex AND jobmedia.lastindex "
            "JOIN media ON media.mediaid = jobmedia.mediaid "
            "WHERE client.name = ? AND job.clientid = client.clientid "
            "AND file.jobid = job.jobid AND file.pathid = ? AND file.name = ? "
            f"AND job.type IN ({types}) ORDER BY file.fileid, jobmedia.jobmediaid LIMIT ? OFFSET ?",
            (client, path_id, _text(name), limit, offset),
        )
        return [
            FileVersion(
                number(row[0]),
                number(row[1]),
                number(row[2]),
                text(row[3]),
                text(row[4]),
                text(row[5]),
                number(row[6]),
            )
            for row in rows
        ]

    def make_restore_list(
        self,
        table: str,
        job_ids: Sequence[int],
        *,
        file_ids: Sequence[int] = (),
        path_ids: Sequence[int] = (),
        hard_links: Sequence[tuple[int, int]] = (),
    ) -> None:
        """Make the table *table* (`b2` and digits) of what to restore, replacing an older one.

        *file_ids*: single files. *path_ids*: everything in and below these directories, of
        *job_ids*. *hard_links*: JobId and FileIndex of what hard links refer to. Of each file the
        newest version (JobTDate) is taken. Raises CatalogError for another name, or when nothing is
        named.
        """
        _check_name(table)
        parts, values = self._chosen(job_ids, file_ids, path_ids, hard_links)
        if not parts:
            raise CatalogError("Nothing to restore is named: give fileid, dirid or hardlink")
        with self._store.transaction():
            self._store.run(f"DROP TABLE IF EXISTS {table}")
            self._store.run(
                f"CREATE TABLE {table} (jobid INTEGER, fileindex INTEGER, fileid BIGINT)"
            )
            self._store.run(
                f"INSERT INTO {table} (jobid, fileindex, fileid) "
                "SELECT jobid, fileindex, fileid FROM ("
                "SELECT chosen.jobid, chosen.fileindex, chosen.fileid, row_number() OVER ("
                "PARTITION BY chosen.pathid, chosen.name "
                "ORDER BY job.jobtdate DESC, chosen.fileid DESC) AS place "
                f"FROM ({' UNION '.join(parts)}) AS chosen "
                "JOIN job ON job.jobid = chosen.jobid) AS ranked "
                "WHERE place = 1 AND fileindex > 0",
                values,
            )

    def restore_list(self, table: str) -> Generator[tuple[JobId, int]]:
        """Yield JobId and FileIndex of a table of `make_restore_list`, by both.

        Raises NotFoundError when there is no such table.
        """
        _check_name(table)
        if not self._exists(table):
            raise NotFoundError(f"No table found: {table}")
        rows = self._store.stream(f"SELECT jobid, fileindex FROM {table} ORDER BY jobid, fileindex")
        for job_id, file_index in rows:
            yield JobId(number(job_id)), number(file_index)

    def drop_restore_list(self, table: str) -> None:
        """Drop a table of `make_restore_list`; other names are left alone."""
        if _RESTORE_LIST.fullmatch(table):
            self._store.run(f"DROP TABLE IF EXISTS {table}")

    def _exists(self, table: str) -> bool:
        """Return whether there is a table of this name."""
        tables = (
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
            if self._store.engine == "sqlite"
            else "SELECT 1 FROM pg_tables WHERE tablename = ?"
        )
        return self._store.one(tables, (table,)) is not None

    def _attributes(
        self, job_ids: Sequence[int], path_ids: Sequence[int]
    ) -> dict[int, tuple[int, int, str]]:
        """Return FileId, JobId and LStat of directories, of the highest JobId that has them."""
        if not path_ids:
            return {}
        rows = self._store.rows(
            "SELECT pathid, fileid, jobid, lstat FROM file WHERE name = '' "
            f"AND jobid IN ({marks(job_ids)}) AND pathid IN ({_numbers(path_ids)}) ORDER BY jobid",
            job_ids,
        )
        return {
            number(path_id): (number(file_id), number(job_id), text(lstat))
            for path_id, file_id, job_id, lstat in rows
        }

    def _by_start(self, job_ids: Sequence[int]) -> list[int]:
        """Return *job_ids* by the start of the jobs, the oldest first."""
        rows = self._store.rows(
            f"SELECT jobid FROM job WHERE jobid IN ({marks(job_ids)}) ORDER BY starttime, jobid",
            job_ids,
        )
        return [number(job_id) for (job_id,) in rows]

    def _chosen(
        self,
        job_ids: Sequence[int],
        file_ids: Sequence[int],
        path_ids: Sequence[int],
        hard_links: Sequence[tuple[int, int]],
    ) -> tuple[list[str], list[Value]]:
        """Return SELECTs of what is to be restored, and their values."""
        columns = "SELECT file.jobid, file.fileindex, file.fileid, file.pathid, file.name FROM "
        parts, values = list[str](), list[Value]()
        if file_ids:
            parts.append(f"{columns} file WHERE file.fileid IN ({_numbers(file_ids)})")
        below = "file.pathid = path.pathid AND path.path >= ? AND path.path < ?"
        for top in self._paths(path_ids) if job_ids else ():
            jobs = _numbers(job_ids)
            # SQLite follows the order of a CROSS JOIN: few directories, and not all files of a job
            parts.append(f"{columns} path CROSS JOIN file WHERE {below} AND file.jobid IN ({jobs})")
            parts.append(
                f"{columns} basefiles JOIN file ON file.fileid = basefiles.fileid "
                f"CROSS JOIN path WHERE {below} AND basefiles.jobid IN ({jobs})"
            )
            values += [top, _after(top), top, _after(top)]
        for job_id in sorted({job_id for job_id, _index in hard_links}):
            indexes = _numbers([index for owner, index in hard_links if owner == job_id])
            parts.append(f"{columns} file WHERE jobid = {job_id} AND fileindex IN ({indexes})")
        return parts, values

    def _paths(self, path_ids: Sequence[int]) -> list[str]:
        if not path_ids:
            return []
        rows = self._store.rows(
            f"SELECT path FROM path WHERE pathid IN ({_numbers(path_ids)}) ORDER BY path"
        )
        return [text(path) for (path,) in rows]


def _after(path: str) -> str:
    """Return the lowest text behind everything that begins with *path*; for "" there is none."""
    return path[:-1] + "0" if path.endswith("/") else path + "\udcff\udcff"


def _check_name(table: str) -> None:
    if not _RESTORE_LIST.fullmatch(table):
        raise CatalogError(f'"{table}" is no name for a restore list: use b2 and digits')


def _numbers(values: Iterable[int]) -> str:
    """Return *values* as SQL, for lists that may be longer than the placeholders of an engine."""
    return ", ".join(str(int(value)) for value in values) or "NULL"


def _text(raw: bytes) -> str:
    return raw.decode(errors="surrogateescape")
