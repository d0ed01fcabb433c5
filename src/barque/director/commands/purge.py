"""``purge``: forgetting files, jobs and quotas, whatever their age.

Source: console commands, section 6.8; job semantics, section 13.4.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from barque.director import resources
from barque.director.access import Acl
from barque.director.catalogs import open_catalog
from barque.director.commands import list_options
from barque.director.commands.outcome import carried_out, not_running, require_all
from barque.director.commands.purge_action import act_on_purge
from barque.director.parsing import CommandLine, parse_id_list
from barque.director.records import choose_job_record, choose_pool_record, choose_volume_record
from barque.director.selection import choose_keyword, confirmed
from barque.errors import CommandError

if TYPE_CHECKING:
    from barque.catalog import Catalog, VolumeRecord
    from barque.director.session import ConsoleSession

_DANGER: Final = (
    "\nThis command can be DANGEROUS!!!\n\n"
    "It purges (deletes) all Files from a Job,\n"
    "JobId, Client or Volume; or it purges (deletes)\n"
    "all Jobs from a Client or Volume without regard\n"
    "to retention periods. Normally you should use the\n"
    "PRUNE command, which respects retention periods.\n"
    "This command requires full access to all resources.\n"
)
_ITEMS: Final = ("files", "jobs", "volume", "quota")
_PURGEABLE: Final = frozenset({"Append", "Full", "Used", "Error"})


def purge(session: "ConsoleSession", line: CommandLine) -> bool:
    """Purge what the line names, or what is chosen."""
    session.out.warning(_DANGER)
    require_all(session, Acl.CLIENT, Acl.JOB, Acl.POOL, Acl.STORAGE)
    return carried_out(session, _Purge(session, line).run)


class _Purge:
    """One ``purge``."""

    def __init__(self, session: "ConsoleSession", line: CommandLine) -> None:
        self._session = session
        self._line = line
        self._out = session.out
        self._catalog = open_catalog(session, line, private=True)

    def run(self) -> None:
        """Do what the line says; ask when it does not say enough."""
        line = self._line
        match line.first(*_ITEMS):
            case "files" if line.has("job", "jobid", "client", "volume"):
                self._files()
            case "jobs" if line.has("client", "volume", "pool"):
                self._jobs()
            case "volume":
                self._volumes()
            case "quota" if line.has("client"):
                self._quota()
            case _:
                self._chosen()

    def _chosen(self) -> None:
        match _ITEMS[choose_keyword(self._session, "Choose item to purge", _ITEMS)]:
            case "files":
                self._files_of_client()
            case "jobs":
                self._jobs_of_client()
            case "volume":
                self._volume(self._line)
            case _:
                self._quota()

    # -- files -------------------------------------------------------------------------------------

    def _files(self) -> None:
        match self._line.first("job", "jobid", "client", "volume"):
            case "job" | "jobid":
                job = choose_job_record(self._session, self._line, self._catalog)
                self._catalog.retention.purge_files(not_running(self._session, [job.job_id]))
            case "client":
                self._files_of_client()

    def _files_of_client(self) -> None:
        client = resources.named_client(self._session, self._line)
        self._out.info(f'Begin purging files for Client "{client.name}"\n')
        record = self._catalog.clients.find(client.name)
        found = self._catalog.jobs.ids_of_client(record.client_id if record else 0, with_files=True)
        catalog = client.catalog.name if client.catalog else ""
        if not found:
            self._out.warning(
                f"No Files found for client {client.name} to purge from {catalog} catalog.\n"
            )
            return
        self._out.info(
            f'Found Files in {len(found)} Jobs for client "{client.name}" in catalog "{catalog}".\n'
        )
        if self._agreed():
            self._catalog.retention.purge_files(not_running(self._session, list(found)))

    def _agreed(self) -> bool:
        agreed = confirmed(self._session, self._line, "Purge (yes/no)? ")
        if not agreed:
            self._out.info("Purge canceled.\n")
        return agreed

    # -- jobs --------------------------------------------------------------------------------------

    def _jobs(self) -> None:
        match self._line.first("client", "volume", "pool"):
            case "client":
                self._jobs_of_client()
            case "volume":
                self._volume(self._line)
            case _:
                self._jobs_in_pool()

    def _jobs_of_client(self) -> None:
        client = resources.named_client(self._session, self._line)
        self._out.info(f'Begin purging jobs from Client "{client.name}"\n')
        record = self._catalog.clients.find(client.name)
        statuses = list_options.statuses(self._line)
        found = self._catalog.jobs.ids_of_client(record.client_id if record else 0, statuses)
        catalog = client.catalog.name if client.catalog else ""
        if not found:
            self._out.warning(
                f"No Jobs found for client {client.name} to purge from {catalog} catalog.\n"
            )
            return
        self._out.info(
            f'Found {len(found)} Jobs for client "{client.name}" in catalog "{catalog}".\n'
        )
        if self._agreed():
            count = self._forget(found)
            self._out.info(
                f'{count} Job{_plural(count)} on client "{client.name}" purged from catalog.\n'
            )

    def _jobs_in_pool(self) -> None:
        pool = choose_pool_record(self._session, self._line, self._catalog)
        statuses = list_options.statuses(self._line)
        found = self._catalog.jobs.ids_in_pool(pool.pool_id, statuses)
        if not found:
            self._out.warning(f"No Jobs found for pool {pool.name} to purge from catalog.\n")
        else:
            self._out.info(f'Found {len(found)} Jobs for pool "{pool.name}" in catalog.\n')
            if self._agreed():
                count = self._forget(found)
                self._out.info(
                    f'{count} Job{_plural(count)} on Pool "{pool.name}" purged from catalog.\n'
                )
        for volume in self._catalog.volumes.in_pool(pool.pool_id):
            if volume.first_written and volume.last_written:
                mark_if_empty(self._session, self._catalog, volume)

    def _forget(self, job_ids: Sequence[int]) -> int:
        """Delete jobs that do not run; return how many there were."""
        return purge_jobs(self._session, self._catalog, not_running(self._session, [*job_ids]))

    # -- volumes -----------------------------------------------------------------------------------

    def _volumes(self) -> None:
        for line in _one_volume_each(self._line):
            self._volume(line)
            self._out.plain("\n")
        if self._line.has("action"):
            act_on_purge(self._session, self._line, self._catalog)

    def _volume(self, line: CommandLine) -> None:
        """Purge the jobs of one Volume, and mark it when none is left."""
        volume = choose_volume_record(self._session, line, self._catalog)
        name = volume.volume_name
        if volume.vol_status not in _PURGEABLE:
            raise CommandError(
                f'\nVolume "{name}" has VolStatus "{volume.vol_status}" and cannot be purged.\n'
                "The VolStatus must be: Append, Full, Used or Error to be purged."
            )
        found = self._jobs_on(volume)
        if not found:
            self._out.warning(f"No Jobs found for media {name} to purge from catalog.\n")
        else:
            self._out.info(f'Found {len(found)} Jobs for media "{name}" in catalog.\n')
            if self._agreed():
                doomed = not_running(self._session, found)
                self._catalog.retention.purge_jobs(doomed)
                self._out.info(
                    f'{len(doomed)} Jobs{_plural(len(doomed))} on Volume "{name}"'
                    " purged from catalog.\n"
                )
        mark_if_empty(self._session, self._catalog, volume)

    def _jobs_on(self, volume: "VolumeRecord") -> list[int]:
        on_volume = self._catalog.jobs.ids_on_volume(
            volume.media_id, list_options.statuses(self._line)
        )
        named = parse_id_list(self._line.value("jobid"))
        return [job_id for job_id in on_volume if named is None or job_id in named]

    # -- quotas ------------------------------------------------------------------------------------

    def _quota(self) -> None:
        client = resources.named_client(self._session, self._line)
        record = self._catalog.clients.find(client.name)
        if record is None:
            raise CommandError(f'Client "{client.name}" is not in the catalog yet.')
        self._catalog.quotas.set(record.client_id, grace_time=0, quota_limit=0)
        self._out.info(f'Purged quota for Client "{client.name}"\n')


def _plural(count: int) -> str:
    return "" if count <= 1 else "s"


def _one_volume_each(line: CommandLine) -> Iterator[CommandLine]:
    """Yield *line* once for each Volume that it names."""
    for word in line.words:
        if word.keyword.lower() == "volume":
            others = (w for w in line.words if w is word or w.keyword.lower() != "volume")
            yield CommandLine(line.text, tuple(others))


def purge_jobs(session: "ConsoleSession", catalog: "Catalog", job_ids: Sequence[int]) -> int:
    """Delete jobs from the catalog and say which; return their number."""
    if not job_ids:
        session.out.plain("No jobids found to be purged\n")
        return 0
    listed = ",".join(str(job_id) for job_id in job_ids)
    session.out.plain(f"Purging the following {len(job_ids)} JobIds: {listed}\n")
    catalog.retention.purge_jobs(job_ids)
    return len(job_ids)


def mark_if_empty(session: "ConsoleSession", catalog: "Catalog", volume: "VolumeRecord") -> bool:
    """Mark a Volume that no job lies on Purged; tell whether it is now."""
    if volume.vol_status == "Purged":
        return True
    if not catalog.retention.is_empty(volume.media_id):
        return False
    name = volume.volume_name
    session.out.warning(
        f'There are no more Jobs associated with Volume "{name}". Marking it purged.\n'
    )
    if not catalog.volumes.mark_purged(volume.media_id):
        session.out.error(f"Cannot purge Volume with VolStatus={volume.vol_status}\n")
        return False
    now = catalog.volumes.get(volume.media_id)
    pool = catalog.pools.get(now.pool_id) if now and now.pool_id != volume.pool_id else None
    if pool is not None:
        session.out.info(f"New Pool is: {pool.name}\n")
    return True
