"""``delete``: records of the catalog that shall go.

Source: console commands, section 6.5; console JSON, delete.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from barque.catalog.console_lookups import user_of_storage
from barque.director import resources
from barque.director.catalogs import open_catalog
from barque.director.parsing import is_number
from barque.director.records import choose_pool_record, choose_volume_record
from barque.director.selection import ask_number, ask_yes_no, choose_keyword
from barque.errors import PromptDeclinedError

if TYPE_CHECKING:
    from barque.catalog import Catalog
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession

_WHAT = ("volume", "pool", "jobid", "storage")
_MANY = 25
_MOST = 100_000


def delete(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Delete what the line names, or what is chosen."""
    catalog = open_catalog(session, line)
    out = session.out
    with out.object("deleted"):
        what = _what(session, line)
        match what:
            case "volume":
                _volume(session, line, catalog)
            case "pool":
                _pool(session, line, catalog)
            case "jobid":
                _jobs(session, line, catalog)
            case _:
                _storage(session, line, catalog)
    return True


def _what(session: "ConsoleSession", line: "CommandLine") -> str:
    named = next((w for w in line.arguments if w.keyword.lower() in _WHAT), None)
    if named is not None:
        return named.keyword.lower()
    session.out.warning(
        "In general it is not a good idea to delete either a\n"
        "Pool or a Volume since they may contain data.\n\n"
    )
    try:
        return _WHAT[choose_keyword(session, "Choose catalog item to delete", _WHAT)]
    except PromptDeclinedError:
        session.out.warning("Nothing done.\n")
        raise


# -- volumes and pools -----------------------------------------------------------------------------


def _volume(session: "ConsoleSession", line: "CommandLine", catalog: "Catalog") -> None:
    volume, out = choose_volume_record(session, line, catalog), session.out
    name = volume.volume_name
    out.warning(
        f"\nThis command will delete volume {name}\n"
        "and all Jobs saved on that volume from the Catalog\n"
    )
    question = f'Are you sure you want to delete Volume "{name}"? (yes/no): '
    if not (session.batch or line.yes or ask_yes_no(session, question)):
        return
    on_volume = catalog.job_media.jobs_on(volume.media_id)
    job_ids = list(_ended(session, on_volume))
    if len(job_ids) < len(on_volume):
        out.error(f'Volume "{name}" is in use by a job that runs, it is not deleted.\n')
        return
    if volume.vol_status != "Purged" and job_ids:
        catalog.retention.purge_jobs(job_ids)
        with out.array("jobids"):
            for job_id in job_ids:
                out.item(str(job_id))
        ids = ",".join(map(str, job_ids))
        out.info(
            f"Deleted {len(job_ids)} jobs and associated records deleted from the catalog"
            f" (jobids: {ids}).\n"
        )
    catalog.volumes.delete(volume.media_id)
    with out.array("volumes"):
        out.item(name, f"Volume {name} deleted.\n")


def _ended(session: "ConsoleSession", job_ids: Iterable[int]) -> Iterator[int]:
    """Yield jobs that do not run; what runs keeps its records."""
    running = {job.job_id for job in session.director.running_jobs()}
    for job_id in job_ids:
        if job_id in running:
            session.out.warning(f"JobId {job_id} is running, its records stay.\n")
        else:
            yield job_id


def _pool(session: "ConsoleSession", line: "CommandLine", catalog: "Catalog") -> None:
    if session.batch:
        session.out.error("Deleting pools from the catalog is not supported in batch mode.\n")
        return
    pool = choose_pool_record(session, line, catalog)
    in_pool = catalog.jobs.ids_in_pool(pool.pool_id)
    if len(list(_ended(session, in_pool))) < len(in_pool):
        session.out.error(f'Pool "{pool.name}" is in use by a job that runs, it is not deleted.\n')
        return
    if ask_yes_no(session, f'Are you sure you want to delete Pool "{pool.name}"? (yes/no): '):
        for volume in catalog.volumes.in_pool(pool.pool_id):
            catalog.volumes.delete(volume.media_id)
        catalog.pools.delete(pool.pool_id)


# -- jobs ------------------------------------------------------------------------------------------


def _jobs(session: "ConsoleSession", line: "CommandLine", catalog: "Catalog") -> None:
    if line.value("jobid") is None:
        _job(session, catalog, ask_number(session, "Enter JobId to delete: "))
        return
    with session.out.array("jobids"):
        for text in line.values("jobid"):
            for part in text.split(","):
                for job_id in _ids(session, part):
                    _job(session, catalog, job_id)


def _ids(session: "ConsoleSession", text: str) -> Iterator[int]:
    """Yield the numbers of one part of a list of jobs; what is wrong is said."""
    out = session.out
    begin, dash, end = text.partition("-")
    if not dash:
        if is_number(text):
            yield _whole(text)
        else:
            out.error(f"Illegal JobId {text} ignored\n")
        return
    if not (is_number(begin) and is_number(end)):
        out.error(f"Illegal JobId range {begin} - {end}, ignored\n")
        return
    first, last = _whole(begin), _whole(end)
    if not first < last <= first + _MOST:
        out.error(f"Illegal JobId range {begin} - {end} should define increasing JobIds, ignored\n")
        return
    question = f"Are you sure you want to delete {last - first} JobIds ? (yes/no): "
    if session.batch or last - first <= _MANY or ask_yes_no(session, question):
        yield from range(first, last + 1)


def _whole(text: str) -> int:
    value = float(text)
    return int(value) if 0 <= value < 2**31 else 0


def _job(session: "ConsoleSession", catalog: "Catalog", job_id: int) -> None:
    for ended in _ended(session, [job_id]):
        catalog.retention.purge_jobs([ended])
        session.out.item(
            str(ended), f"Jobid {ended} and associated records deleted from the catalog.\n"
        )


# -- storages --------------------------------------------------------------------------------------


def _storage(session: "ConsoleSession", line: "CommandLine", catalog: "Catalog") -> None:
    name, out = line.value("storage"), session.out
    if name is None:
        try:
            name = session.ask("Enter storage to delete: ")
        except PromptDeclinedError:
            name = ""
    known = resources.STORAGE.of(session.director.config)
    orphans = {s.name: s for s in catalog.storages.all() if s.name not in known}
    out.plain(f"Found {len(orphans)} orphaned Storage records.\n")
    if name not in orphans:
        out.error(
            f"The given storage '{name}' either does not exist at all, or still exists in the"
            " configuration. In order to remove a storage from the catalog, its configuration must"
            " be removed first.\n"
        )
        return
    storage_id = orphans[name].storage_id
    user = user_of_storage(catalog.store, storage_id)
    if user:
        out.warning(
            f"Orphaned storage '{name}' is being used by {user}. An orphaned storage will only be"
            " removed when it is no longer referenced.\n"
        )
        return
    out.plain("Deleting 1 orphaned storage record(s).\n")
    catalog.storages.delete(storage_id)
