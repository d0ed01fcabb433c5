"""``.bvfs_*``: browsing the files of jobs, directory by directory, and collecting them.

Source: console commands, section 8; console JSON, section 5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from barque.catalog.console_lookups import filesets_of_client
from barque.director import resources
from barque.director.catalogs import open_catalog
from barque.director.commands.restore_browser import group_name, user_name
from barque.director.parsing import CommandLine, is_number, leading_integer, parse_id_list
from barque.domain.job import Level
from barque.errors import CatalogError, CommandError, FormatError
from barque.formats.attributes import FileStatus, unpack_status

if TYPE_CHECKING:
    from barque.catalog import Catalog
    from barque.catalog.bvfs import Directory, FileVersion
    from barque.catalog.newest import FileEntry
    from barque.director.session import ConsoleSession

_MISSING: Final = "Can't find jobid, pathid or path argument"
_UNAUTHORIZED: Final = "Unauthorized command from this console."
_LIMIT: Final = 2000
_MOST: Final = 2**31 - 1
_NOTHING: Final = FileStatus(*[0] * 13)


@dataclass(frozen=True, slots=True)
class Place:
    """What a browsing command is about."""

    catalog: "Catalog"
    job_ids: list[int]
    """As they were named."""
    path_id: int
    """0 when the path is named instead."""
    path: str
    limit: int
    offset: int


def _place(session: "ConsoleSession", line: CommandLine) -> Place | None:
    """Return what *line* names; None when something is missing."""
    job_ids = parse_id_list(_last(line, "jobid"))
    path_id = _number(line, "pathid", 0)
    path = _last(line, "path")
    if job_ids is None or (not path_id and path is None):
        return None
    catalog = open_catalog(session, line, private=True)
    limit, offset = _number(line, "limit", _LIMIT), _number(line, "offset", 0)
    return Place(catalog, job_ids, path_id, path or "", limit, offset)


def _last(line: CommandLine, keyword: str) -> str | None:
    values = line.values(keyword)
    return values[-1] if values else None


def _number(line: CommandLine, keyword: str, default: int) -> int:
    numbers = [value for value in line.values(keyword) if is_number(value)]
    return min(max(leading_integer(numbers[-1]), 0), _MOST) if numbers else default


def admitted(session: "ConsoleSession", catalog: "Catalog", job_ids: Sequence[int]) -> list[int]:
    """Return those of *job_ids* that exist and that the console may read."""
    found = []
    for job_id in job_ids:
        job = catalog.jobs.get(job_id)
        if job is None or not resources.may_use(session, resources.JOB, job.name):
            continue
        client = catalog.clients.get(job.client_id) if job.client_id else None
        if client is None or resources.may_use(session, resources.CLIENT, client.name):
            found.append(job_id)
    return found


def _admitted_or_refuse(session: "ConsoleSession", place: Place) -> list[int]:
    job_ids = admitted(session, place.catalog, place.job_ids)
    if not job_ids:
        raise CommandError(_UNAUTHORIZED)
    return job_ids


def update(session: "ConsoleSession", line: CommandLine) -> bool:
    """Prepare jobs for browsing."""
    catalog = open_catalog(session, line, private=True)
    text = line.value("jobid")
    try:
        catalog.bvfs.update(parse_id_list(text))
    except CatalogError as error:
        session.out.error(f"ERROR: BVFS reported a problem for {text}: {error}\n")
    return True


def clear_cache(session: "ConsoleSession", line: CommandLine) -> bool:
    """Forget what was prepared."""
    catalog = open_catalog(session, line, private=True)
    if line.has("yes"):
        catalog.bvfs.clear()
        session.out.info("OK\n")
    else:
        session.out.error("Can't find 'yes' argument\n")
    return True


def get_job_ids(session: "ConsoleSession", line: CommandLine) -> bool:
    """List the jobs that are needed to restore the state of one job."""
    catalog, out = open_catalog(session, line, private=True), session.out
    named = line.value("ujobid")
    if named is not None:
        job = catalog.jobs.find(named)
    elif (named := line.value("jobid")) is not None:
        job = catalog.jobs.get(leading_integer(named))
    else:
        raise CommandError("Can't find ujobid or jobid argument")
    if job is None:
        raise CommandError(_no_job(line, named))
    if job.level == Level.BASE:
        job_ids: list[int] = [job.job_id]
    else:
        job_ids = []
        for fileset_id in _filesets(session, line, catalog, job.client_id, job.file_set_id):
            job_ids += catalog.chains.job_ids(job.client_id, fileset_id, job.start_time)
    found = admitted(session, catalog, list(dict.fromkeys(job_ids)))
    if session.batch:
        with out.array("jobids"):
            for job_id in found:
                with out.object():
                    out.pair("id", str(job_id))
    else:
        out.plain(",".join(map(str, found)) + "\n")
    return True


def _no_job(line: CommandLine, named: str) -> str:
    job_id = 0 if line.value("ujobid") is not None else leading_integer(named)
    name = named if line.value("ujobid") is not None else ""
    what = f"JobId {job_id}" if job_id else f"JobName '{name}'"
    return f"Unable to get Job record for JobId={named}: ERR=No Job found for {what}\n"


def _filesets(
    session: "ConsoleSession", line: CommandLine, catalog: "Catalog", client_id: int, own: int
) -> list[int]:
    """Return the FileSets whose jobs count: the job's own, or all that its client used."""
    candidates = [own]
    if line.has("all"):
        candidates = filesets_of_client(catalog.store, client_id)
    found = []
    for fileset_id in candidates:
        record = catalog.file_sets.get(fileset_id)
        if record and resources.may_use(session, resources.FILESET, record.file_set):
            found.append(fileset_id)
    return found


def directories(session: "ConsoleSession", line: CommandLine) -> bool:
    """List a directory: itself, its parent, the directories in it."""
    place, out = _place(session, line), session.out
    if place is None:
        out.error(f"{_MISSING}\n")
        return True
    job_ids = _admitted_or_refuse(session, place)
    path_id = _path_id(place)
    if path_id is None:
        return False
    found = place.catalog.bvfs.directories(job_ids, path_id, limit=place.limit, offset=place.offset)
    with out.array("directories"):
        for directory in found:
            _directory(session, directory)
    return True


def _path_id(place: Place) -> int | None:
    return place.path_id or place.catalog.bvfs.path_id(
        place.path.encode("utf-8", "surrogateescape")
    )


def _directory(session: "ConsoleSession", entry: "Directory") -> None:
    out = session.out
    path = entry.path.decode("utf-8", "surrogateescape")
    with out.object():
        out.pair("type", "D")
        out.pair("pathid", entry.path_id, f"{entry.path_id}\t")
        out.pair("fileid", entry.file_id, f"{entry.file_id}\t")
        out.pair("jobid", entry.job_id, f"{entry.job_id}\t")
        out.pair("lstat", entry.lstat, f"{entry.lstat}\t")
        out.pair("name", base_name(path), f"{base_name(path)}\n")
        out.pair("fullpath", path)
        status = _stat(session, entry.lstat)
        out.pair("linkfileindex", status.link_index)


def base_name(path: str) -> str:
    """Return the last component of a directory's *path*, with its slash."""
    if not path.endswith("/") or path == "/":
        return path
    return path[path.rstrip("/").rfind("/") + 1 :]


def _stat(session: "ConsoleSession", lstat: str) -> FileStatus:
    """Add what *lstat* says, for programs."""
    try:
        status = unpack_status(lstat.encode("ascii", "replace"))
    except FormatError:
        status = _NOTHING
    out = session.out
    if not session.batch:
        return status
    with out.object("stat"):
        for key, value in (
            ("dev", status.device),
            ("ino", status.inode),
            ("mode", status.mode),
            ("nlink", status.links),
            ("uid", status.user_id),
            ("gid", status.group_id),
            ("user", user_name(status.user_id)),
            ("group", group_name(status.group_id)),
            ("rdev", status.rdev),
            ("size", status.size),
            ("atime", status.accessed),
            ("mtime", status.modified),
            ("ctime", status.changed),
        ):
            out.pair(key, value)
    return status


def files(session: "ConsoleSession", line: CommandLine) -> bool:
    """List the files in a directory, the newest version of each."""
    place, out = _place(session, line), session.out
    if place is None:
        raise CommandError(_MISSING)
    job_ids = _admitted_or_refuse(session, place)
    path_id = _path_id(place)
    pattern = line.value("pattern") or ""
    try:
        found = (
            place.catalog.bvfs.files(
                job_ids, path_id, limit=place.limit, offset=place.offset, pattern=pattern
            )
            if path_id is not None
            else []
        )
    except CatalogError as error:
        raise CommandError(str(error)) from error
    with out.array("files"):
        for entry in found:
            _file(session, entry)
    return True


def _file(session: "ConsoleSession", entry: "FileEntry") -> None:
    out = session.out
    name = entry.name.decode("utf-8", "surrogateescape")
    with out.object():
        out.pair("type", "F")
        out.pair("pathid", entry.path_id, f"{entry.path_id}\t")
        out.pair("fileid", entry.file_id, f"{entry.file_id}\t")
        out.pair("jobid", entry.job_id, f"{entry.job_id}\t")
        out.pair("lstat", entry.lstat, f"{entry.lstat}\t")
        out.pair("name", name, f"{name}\n")
        status = _stat(session, entry.lstat)
        out.pair("linkfileindex", status.link_index)


def versions(session: "ConsoleSession", line: CommandLine) -> bool:
    """List every version of a file that a client's jobs hold."""
    place, out = _place(session, line), session.out
    if place is None:
        raise CommandError(_MISSING)
    client = _last(line, "client")
    names = line.values("name", "fname", "filename")
    if client is None or not names:
        raise CommandError("Can't find client or fname argument")
    if not resources.may_use(session, resources.CLIENT, client):
        raise CommandError(_UNAUTHORIZED)
    path_id = _path_id(place)
    with out.array("versions"):
        if path_id is not None:
            for version in place.catalog.bvfs.versions(
                path_id,
                names[-1].encode("utf-8", "surrogateescape"),
                client,
                with_copies=line.has("copies"),
                limit=place.limit,
                offset=place.offset,
            ):
                _version(session, version)
    return True


def _version(session: "ConsoleSession", entry: "FileVersion") -> None:
    out = session.out
    with out.object():
        out.pair("type", "V")
        out.pair("pathid", entry.path_id, f"{entry.path_id}\t")
        out.pair("fileid", entry.file_id, f"{entry.file_id}\t")
        out.pair("jobid", entry.job_id, f"{entry.job_id}\t")
        out.pair("lstat", entry.lstat, f"{entry.lstat}\t")
        out.pair("md5", entry.digest, f"{entry.digest}\t")
        out.pair("volumename", entry.volume_name, f"{entry.volume_name}\t")
        out.pair("volumeinchanger", entry.in_changer, f"{entry.in_changer}\n")
        _stat(session, entry.lstat)


def collect(session: "ConsoleSession", line: CommandLine) -> bool:
    """Collect files in a table, for ``restore file=?<table>``."""
    place, out = _place(session, line), session.out
    if place is None:
        raise CommandError(_MISSING)
    job_ids = _admitted_or_refuse(session, place)
    file_ids, path_ids, pairs = (
        _id_list(line, keyword) for keyword in ("fileid", "dirid", "hardlink")
    )
    if file_ids is None or path_ids is None or pairs is None or len(pairs) % 2:
        out.error("Can't create restore list\n")
        return True
    try:
        place.catalog.bvfs.make_restore_list(
            place.path,
            job_ids,
            file_ids=file_ids,
            path_ids=path_ids,
            hard_links=list(zip(pairs[::2], pairs[1::2], strict=True)),
        )
        out.plain("OK\n")
    except CatalogError:
        out.error("Can't create restore list\n")
    return True


def _id_list(line: CommandLine, keyword: str) -> list[int] | None:
    """Return the numbers of *keyword*; none without it, None when they are none."""
    value = line.value(keyword)
    return parse_id_list(value) if value else []


def forget(session: "ConsoleSession", line: CommandLine) -> bool:
    """Drop a table of collected files."""
    path = line.value("path")
    if path is None:
        raise CommandError("Can't find path argument")
    open_catalog(session, line, private=True).bvfs.drop_restore_list(path)
    return True
