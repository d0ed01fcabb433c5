"""``estimate``: count what a backup would take.

Source: console commands, section 6.8.
"""

import time
from typing import TYPE_CHECKING, Final

from barque.catalog.jobs import JobKey
from barque.config.show import show_text
from barque.director import resources
from barque.director.catalogs import close_catalog, open_catalog
from barque.director.commands import daemons
from barque.director.commands.dot_lists import JOB_LEVELS
from barque.director.level import LevelDecision, LevelRules, decide
from barque.director.parsing import parse_boolean
from barque.director.services import RunRequest
from barque.director.words import type_words
from barque.domain.ids import ClientId
from barque.domain.job import JobType, Level
from barque.errors import CommandError

if TYPE_CHECKING:
    from barque.catalog import Catalog
    from barque.config.directive import Resource
    from barque.config.director import Client, Job
    from barque.config.fileset import FileSet
    from barque.director.parsing import CommandLine
    from barque.director.resources import ResourceKind
    from barque.director.session import ConsoleSession

_LEVELS: Final = {word.lower(): level for word, level, _type in JOB_LEVELS}


def estimate(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Let a File Daemon walk its files without saving any."""
    client = _named(session, line, resources.CLIENT, "Client", ("client", "fd"))
    job = _named(session, line, resources.JOB, "Job", ("job",))
    fileset = _named(session, line, resources.FILESET, "Fileset", ("fileset",))
    level, accurate = _level(session, line), _accurate(line)
    job = job or _job(session, given=client is not None and fileset is not None)
    if job.type != JobType.BACKUP:
        raise CommandError(f"Wrong job specified of type {type_words(job.type or '')}.")
    client, fileset = client or job.client, fileset or job.fileset
    if client is None:
        raise CommandError("No client specified or selected.")
    if fileset is None:
        raise CommandError("No fileset specified or selected.")
    close_catalog(session)
    session.catalog_resource = (job.pool.catalog if job.pool else None) or client.catalog
    catalog = open_catalog(session, line)
    decision = _decide(session, catalog, level, job, client, fileset)
    request = RunRequest(
        job=job,
        level=decision.level,
        since=_moment(decision.since) if decision.since else "",
        client=client,
        fileset=fileset,
        catalog=session.catalog_resource,
        accurate=job.accurate if accurate is None else accurate,
    )
    daemons.announce_client(session, client)
    lines = session.director.estimate(request, listing=line.has("listing"))
    return daemons.relay(session, "Client", lines)


def _decide(
    session: "ConsoleSession",
    catalog: "Catalog",
    level: Level,
    job: "Job",
    client: "Client",
    fileset: "FileSet",
) -> LevelDecision:
    """Return the level that is possible, and since when changes count."""
    now = int(session.director.now())
    record = catalog.file_sets.ensure(fileset.name, fileset.md5, show_text(fileset), now)
    known = catalog.clients.find(client.name)
    key = JobKey(job.name, known.client_id if known else ClientId(0), record.file_set_id)
    return decide(level, key, catalog.jobs, LevelRules(), now)


def _moment(at: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))


def _named[T: "Resource"](
    session: "ConsoleSession",
    line: "CommandLine",
    kind: "ResourceKind[T]",
    word: str,
    keywords: tuple[str, ...],
) -> T | None:
    """Return the last resource that *line* names with one of *keywords*. Raises CommandError."""
    found = None
    for argument in line.arguments:
        if argument.keyword.lower() not in keywords:
            continue
        if not argument.value:
            raise CommandError(f"{word} name missing.")
        found = resources.find(session, kind, argument.value)
        if found is None:
            raise CommandError(f'{word} "{argument.value}" not found.')
    return found


def _level(session: "ConsoleSession", line: "CommandLine") -> Level:
    if not line.has("level"):
        return Level.FULL
    text = line.value("level")
    if not text:
        raise CommandError("Level value missing.")
    level = _LEVELS.get(text.lower())
    if level is None:
        session.out.error(f'Level "{text}" not valid.\n')
    return Level(level or Level.FULL)


def _accurate(line: "CommandLine") -> bool | None:
    if not line.has("accurate"):
        return None
    text = line.value("accurate")
    if not text:
        raise CommandError("Accurate value missing.")
    accurate = parse_boolean(text)
    if accurate is None:
        raise CommandError("Invalid value for accurate.  It must be YES or NO.")
    return accurate


def _job(session: "ConsoleSession", *, given: bool) -> "Job":
    """Return the job that is chosen; not needed when client and FileSet are *given*."""
    if given:
        raise CommandError("No job specified.")
    return resources.choose(session, resources.JOB)
