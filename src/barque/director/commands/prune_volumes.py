"""``prune volume``: forgetting the jobs on Volumes whose retention is over.

Source: console commands, section 6.8; job semantics, section 13.4.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from barque.catalog.retention import ARCHIVED
from barque.director import resources
from barque.director.access import Acl
from barque.director.commands.outcome import not_running, require_all
from barque.director.commands.purge import mark_if_empty, purge_jobs
from barque.director.commands.retention import confirmed_retention
from barque.director.parsing import is_number, leading_integer
from barque.director.records import choose_volume_record, find_volume
from barque.director.report import commas, human
from barque.director.times import sql_time
from barque.director.volume_selection import expiry
from barque.errors import CommandError, PromptDeclinedError

if TYPE_CHECKING:
    from barque.catalog import Catalog, VolumeRecord
    from barque.config.director import Pool
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession

_PRUNABLE = ("Full", "Used")


def prune_volumes(session: "ConsoleSession", line: "CommandLine", catalog: "Catalog") -> bool:
    """Prune the Volumes that the line names, or that are chosen; False when one was not emptied."""
    pool = None
    if line.value("pool") is not None or not session.rights.unrestricted(Acl.POOL):
        pool = resources.named_pool(session, line)
    pruning = _Pruning(session, line, catalog, pool)
    if line.has("all"):
        return pruning.every()
    require_all(session, Acl.CLIENT)
    names = list(dict.fromkeys(line.values("volume")))
    if not names and pool is not None:
        names = _chosen(session, catalog, pool)
        if not names:
            return True
    if not names:
        return pruning.one(choose_volume_record(session, line, catalog), "Volume")
    return pruning.named(names)


class _Pruning:
    """One ``prune volume``."""

    def __init__(
        self,
        session: "ConsoleSession",
        line: "CommandLine",
        catalog: "Catalog",
        pool: "Pool | None",
    ) -> None:
        self._session = session
        self._line = line
        self._catalog = catalog
        self._pool = pool

    def every(self) -> bool:
        """Prune all Volumes, of the pool if there is one."""
        result = True
        for volume in self._catalog.volumes.all():
            if not self._in_pool(volume):
                continue
            try:
                result = self.one(volume, f"Volume ({volume.volume_name})") and result
            except PromptDeclinedError:
                return False
        return result

    def named(self, names: list[str]) -> bool:
        """Prune the Volumes of these names."""
        result = True
        for name in names:
            volume = find_volume(self._catalog, name)
            if volume is None:
                raise CommandError(f'Media record for Volume "{name}" not found.')
            if not self._in_pool(volume):
                pool = self._pool.name if self._pool else ""
                self._session.out.error(f'Volume "{name}" is not in Pool "{pool}".\n')
                result = False
                continue
            try:
                result = self.one(volume, f"Volume ({name})") and result
            except PromptDeclinedError:
                result = False
        return result

    def _in_pool(self, volume: "VolumeRecord") -> bool:
        if self._pool is None:
            return True
        record = self._catalog.pools.get(volume.pool_id)
        return record is not None and record.name == self._pool.name

    def one(self, volume: "VolumeRecord", what: str) -> bool:
        """Prune one Volume; tell whether it is empty now. Raises PromptDeclinedError."""
        if volume.enabled == ARCHIVED:
            self._session.out.error(
                f'Cannot prune Volume "{volume.volume_name}" because it is archived.\n'
            )
            return False
        confirmed_retention(self._session, self._line, volume.vol_retention, what)
        return self._prune(volume)

    def _prune(self, volume: "VolumeRecord") -> bool:
        out, name = self._session.out, volume.volume_name
        if volume.vol_status not in _PRUNABLE and not self._expired(volume):
            out.plain(
                f"Pruning volume {name}: cannot prune as Volstatus is {volume.vol_status}"
                " but needs to be Full or Used.\n"
            )
            return False
        if not volume.first_written and not volume.last_written:
            out.plain(
                f'Volume "{name}" seems to be empty.  Make sure that it is not currently in use,'
                f" then call 'purge volume=\"{name}\"'\n"
            )
            return False
        self._forget_expired(volume)
        empty = mark_if_empty(self._session, self._catalog, volume)
        still = "contains no jobs" if empty else "still contains jobs"
        out.plain(f'Volume "{name}" {still} after pruning.\n')
        return empty

    def _expired(self, volume: "VolumeRecord") -> bool:
        """Tell whether an Append Volume reached a limit; it is marked then."""
        verdict = expiry(volume, int(self._session.director.now()))
        if verdict is not None:
            self._catalog.volumes.update(volume.media_id, vol_status=verdict[0])
        return verdict is not None

    def _forget_expired(self, volume: "VolumeRecord") -> None:
        out, name = self._session.out, volume.volume_name
        now = int(self._session.director.now())
        doomed = not_running(self._session, list(self._catalog.retention.expired_on(volume, now)))
        if doomed:
            out.plain(
                f'Volume "{name}" has Volume Retention of {volume.vol_retention} sec.'
                f" and has {len(doomed)} jobs that will be pruned\n"
            )
        out.plain(f"Pruning volume {name}: {len(doomed)} Jobs have expired and can be pruned.\n")
        if doomed:
            purge_jobs(self._session, self._catalog, doomed)


# -- choice ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Prunable:
    """A Volume that has expired jobs."""

    name: str
    last_written: int
    jobs: int
    bytes: int


def _prunable(session: "ConsoleSession", catalog: "Catalog", pool_id: int) -> Iterator[_Prunable]:
    now = int(session.director.now())
    for volume in catalog.volumes.in_pool(pool_id):
        if volume.vol_status not in _PRUNABLE:
            continue
        expired = catalog.retention.expired_on(volume, now)
        if expired:
            size = sum(job.job_bytes for job in catalog.jobs.get_many(expired))
            yield _Prunable(volume.volume_name, volume.last_written, len(expired), size)


def _chosen(session: "ConsoleSession", catalog: "Catalog", pool: "Pool") -> list[str]:
    """Return the Volumes of *pool* that the console chooses; none when none can be pruned."""
    record = catalog.pools.find(pool.name)
    if record is None:
        raise CommandError(f"Pool {pool.name} doesn't exist.")
    found = sorted(
        _prunable(session, catalog, record.pool_id),
        key=lambda volume: (not volume.last_written, volume.last_written, volume.name),
    )
    if not found:
        session.out.plain(f'No prunable volumes found in Pool "{pool.name}".\n')
        return []
    session.out.plain(f'Prunable volumes in Pool "{pool.name}" (oldest data first):\n')
    for number, volume in enumerate(found, 1):
        written = sql_time(volume.last_written) if volume.last_written else ""
        session.out.plain(
            f"  {number}: {volume.name} | lastwritten={written} | jobs={commas(volume.jobs)}"
            f" | bytes={human(volume.bytes)}\n"
        )
    answer = session.ask('Enter volume numbers or names separated by commas (or "all"): ').strip()
    if not answer:
        raise CommandError("No volumes selected.")
    names = [volume.name for volume in found]
    if answer.lower() == "all":
        return names
    picked = (_pick(names, word.strip(), pool.name) for word in answer.split(",") if word.strip())
    return list(dict.fromkeys(picked))


def _pick(names: list[str], word: str, pool: str) -> str:
    """Return the Volume that *word* means, by its number or name. Raises CommandError."""
    if is_number(word):
        number = leading_integer(word)
        if not 1 <= number <= len(names):
            raise CommandError(f'Invalid prune selection "{word}".')
        return names[number - 1]
    if word not in names:
        raise CommandError(f'Volume "{word}" is not currently prunable in Pool "{pool}".')
    return word
