"""Records of the catalog that a command is about: named on its line, or chosen from a list.

Source: console protocol, section 3.7.
"""

from typing import TYPE_CHECKING

from barque.catalog import ClientRecord, JobRecord, PoolRecord, StorageRecord, VolumeRecord
from barque.catalog import console_queries as queries
from barque.director import resources
from barque.director.commands.list_request import show
from barque.director.parsing import is_name, is_number, leading_integer
from barque.director.selection import ask_number, choose_name
from barque.errors import CommandError, PromptDeclinedError

if TYPE_CHECKING:
    from barque.catalog import Catalog
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession

_NONE = "*None*"


def choose_pool_record(
    session: "ConsoleSession", line: "CommandLine", catalog: "Catalog", keyword: str = "pool"
) -> PoolRecord:
    """Return the Pool that *line* names with *keyword*, or that the console chooses.

    Raises PromptDeclinedError.
    """
    for name in line.values(keyword):
        if not resources.may_use(session, resources.POOL, name):
            continue
        if (pool := catalog.pools.find(name)) is not None:
            return pool
        session.out.error(f'Could not find Pool "{name}": ERR=Pool record not found in Catalog.\n')
        break
    names = [
        pool.name
        for pool in catalog.pools.all()
        if resources.may_use(session, resources.POOL, pool.name)
    ]
    if not names:
        raise CommandError('No pools defined. Use the "create" command to create one.')
    name = choose_name(session, "Pool", "Defined Pools:\n", "Select the Pool", names)
    return _found(catalog.pools.find(name), "Pool", name)


def choose_client_record(
    session: "ConsoleSession", line: "CommandLine", catalog: "Catalog"
) -> ClientRecord:
    """Return the client that *line* names, or that the console chooses."""
    for name in line.values("client", "fd"):
        if not resources.may_use(session, resources.CLIENT, name):
            break
        if (client := catalog.clients.find(name)) is not None:
            return client
        session.out.error(
            f'Could not find Client "{name}": ERR=Client record not found in Catalog.\n'
        )
        break
    every = catalog.clients.all()
    if not every:
        raise CommandError("No clients defined. You must run a job before using this command.")
    names = [c.name for c in every if resources.may_use(session, resources.CLIENT, c.name)]
    name = choose_name(session, "Client", "Defined Clients:\n", "Select the Client", sorted(names))
    return _found(catalog.clients.find(name), "Client", name)


def choose_storage_record(
    session: "ConsoleSession", line: "CommandLine", catalog: "Catalog"
) -> StorageRecord:
    """Return the storage record that *line* names, or that the console chooses."""
    for name in line.values("storage"):
        if not resources.may_use(session, resources.STORAGE, name):
            continue
        if (storage := catalog.storages.find(name)) is not None:
            return storage
        session.out.error(
            f'Could not find Storage "{name}": ERR=Storage record not found in Catalog.\n'
        )
        break
    names = [
        s.name
        for s in catalog.storages.all()
        if resources.may_use(session, resources.STORAGE, s.name)
    ]
    name = choose_name(session, "Storage", "Defined Storages:\n", "Select the Storage", names)
    return _found(catalog.storages.find(name), "Storage", name)


def choose_volume_record(
    session: "ConsoleSession", line: "CommandLine", catalog: "Catalog"
) -> VolumeRecord:
    """Return the Volume that *line* names, or that the console types."""
    name = line.value("volume")
    if name is None:
        pool = choose_pool_record(session, line, catalog)
        listing = queries.volumes(catalog.store, queries.MEDIA, "media.poolid = ?", [pool.pool_id])
        show(session, listing, long=False)
        session.out.plain(
            "Enter the volume name or MediaId of the volume prefixed with an asterisk (*).\n"
        )
        name = session.ask('E.g. "full-0001" or "*42": ')
    if name.startswith("*") and is_number(name[1:]):
        volume = catalog.volumes.get(leading_integer(name[1:]))
    else:
        volume = find_volume(catalog, name)
    if volume is None:
        session.out.error(f'Media record for Volume "{name}" not found.\n')
        raise PromptDeclinedError
    return volume


def find_volume(catalog: "Catalog", name: str) -> VolumeRecord | None:
    """Return the Volume *name*; None when there is none, or *name* cannot be one."""
    return catalog.volumes.find(name) if is_name(name) else None


def choose_job_record(
    session: "ConsoleSession", line: "CommandLine", catalog: "Catalog"
) -> JobRecord:
    """Return the job of ``ujobid=`` or ``jobid=``, or the one that the console types."""
    for word in line.arguments:
        if word.value is None or word.keyword.lower() not in {"ujobid", "jobid"}:
            continue
        if word.keyword.lower() == "ujobid":
            job = catalog.jobs.find(word.value)
        else:
            job = catalog.jobs.get(leading_integer(word.value))
        if job is not None:
            return job
        session.out.error(f'Could not find Job "{word.value}": ERR=No Job record found.\n')
        break
    listing = queries.jobs(
        catalog.store, queries.JOBS, queries.JobFilter(), now=session.director.now()
    )
    show(session, listing, long=False)
    job_id = ask_number(session, "Enter the JobId to select: ")
    return _found(catalog.jobs.get(job_id), "Job", str(job_id))


def _found[T](record: T | None, kind: str, name: str) -> T:
    if record is None:
        raise CommandError(f'Could not find {kind} "{name}": ERR=record not found in Catalog.')
    return record
