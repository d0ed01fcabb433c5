"""The resources of the configuration, as far as a console may see them.

Source: console protocol, sections 3.5 and 3.7.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from barque.config import director as config
from barque.config.fileset import FileSet
from barque.config.messages import Messages
from barque.director.access import Acl
from barque.director.parsing import leading_integer
from barque.director.selection import choose_name
from barque.errors import CommandError

if TYPE_CHECKING:
    from barque.config.directive import Resource
    from barque.config.load import DirectorConfig
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession


@dataclass(frozen=True, slots=True)
class ResourceKind[T: "Resource"]:
    """One kind of resource."""

    word: str
    """What it is called in messages."""
    acl: Acl | None
    """The access list about it; None: the command ``configure`` gives the right."""
    of: "Callable[[DirectorConfig], Mapping[str, T]]"
    """All of them, by name, in the order of the configuration."""
    question: str = ""
    """How a console is asked for one."""


DIRECTOR = ResourceKind[config.Director]("Director", None, lambda c: {c.director.name: c.director})
JOB = ResourceKind[config.Job]("Job", Acl.JOB, lambda c: c.jobs)
JOBDEFS = ResourceKind[config.JobDefs]("JobDefs", Acl.JOB, lambda c: c.jobdefs)
CLIENT = ResourceKind[config.Client](
    "Client", Acl.CLIENT, lambda c: c.clients, "Select Client (File daemon) resource"
)
STORAGE = ResourceKind[config.Storage]("Storage", Acl.STORAGE, lambda c: c.storages)
POOL = ResourceKind[config.Pool]("Pool", Acl.POOL, lambda c: c.pools)
FILESET = ResourceKind[FileSet]("FileSet", Acl.FILESET, lambda c: c.filesets)
SCHEDULE = ResourceKind[config.Schedule]("Schedule", Acl.SCHEDULE, lambda c: c.schedules)
CATALOG = ResourceKind[config.Catalog]("Catalog", Acl.CATALOG, lambda c: c.catalogs)
MESSAGES = ResourceKind[Messages]("Messages", None, lambda c: c.messages)
CONSOLE = ResourceKind[config.Console]("Console", None, lambda c: c.consoles)
USER = ResourceKind[config.User]("User", None, lambda c: c.users)
PROFILE = ResourceKind[config.Profile]("Profile", None, lambda c: c.profiles)
COUNTER = ResourceKind[config.Counter]("Counter", None, lambda c: c.counters)


def every[T: "Resource"](session: "ConsoleSession", kind: ResourceKind[T]) -> Iterator[T]:
    """Yield the resources of *kind*, in the order of the configuration."""
    yield from kind.of(session.director.config).values()


def permitted[T: "Resource"](session: "ConsoleSession", kind: ResourceKind[T]) -> Iterator[T]:
    """Yield what the console may use of *kind*, in the order of the configuration."""
    for resource in every(session, kind):
        if may_use(session, kind, resource.name):
            yield resource


def may_use[T: "Resource"](session: "ConsoleSession", kind: ResourceKind[T], name: str) -> bool:
    """Tell whether the console has the right to the resource *name*."""
    if kind.acl is None:
        return session.may_run("configure")
    return session.rights.allows(kind.acl, name)


def find[T: "Resource"](session: "ConsoleSession", kind: ResourceKind[T], name: str) -> T | None:
    """Return the resource *name*; None when there is none, or the console may not use it."""
    return kind.of(session.director.config).get(name) if may_use(session, kind, name) else None


def choose[T: "Resource"](
    session: "ConsoleSession",
    kind: ResourceKind[T],
    admit: Callable[[T], bool] = lambda _: True,
    *,
    header: str = "",
    question: str = "",
) -> T:
    """Return the resource that the console chooses. Raises PromptDeclinedError."""
    names = sorted((r.name for r in permitted(session, kind) if admit(r)), key=str.lower)
    name = choose_name(
        session,
        kind.word,
        header or f"The defined {kind.word} resources are:\n",
        question or kind.question or f"Select {kind.word} resource",
        names,
    )
    return kind.of(session.director.config)[name]


def storage_and_source(job: config.Job) -> tuple[config.Storage | None, str]:
    """Return the Storage that a job uses, and which resource says so."""
    if job.storage:
        return job.storage[0], "Job resource"
    if job.pool and job.pool.storage:
        return job.pool.storage[0], "Pool resource"
    return None, "unknown source"


def replace_of(job: config.Job) -> str:
    """Return what a restore by *job* does with files that are there: ``Always``, ``IfNewer`` ..."""
    return str(job.replace.value)


def named_client(session: "ConsoleSession", line: "CommandLine") -> config.Client:
    """Return the Client that *line* names, or that is chosen. Raises PromptDeclinedError."""
    name = line.value("client") or line.value("fd")
    if name:
        client = find(session, CLIENT, name)
        if client is not None:
            return client
        session.out.error(f"Error: Client resource {name} does not exist.\n")
    return choose(session, CLIENT)


def named_pool(session: "ConsoleSession", line: "CommandLine") -> config.Pool:
    """Return the Pool that *line* names, or that is chosen. Raises PromptDeclinedError."""
    name = line.value("pool")
    if name:
        pool = find(session, POOL, name)
        if pool is not None:
            return pool
        session.out.error(f'Error: Pool resource "{name}" does not exist.\n')
    return choose(session, POOL)


def named_storage(
    session: "ConsoleSession",
    line: "CommandLine",
    *,
    bare_word: bool = False,
    autochangers: bool = False,
) -> config.Storage:
    """Return the Storage that *line* names, itself or by a running job, or that is chosen.

    With *bare_word* a word without a value is the name. Raises CommandError, PromptDeclinedError.
    """
    storage = None
    for word in line.arguments:
        keyword, value = word.keyword.lower(), word.value
        if bare_word and value is None and keyword not in _NO_STORAGE_NAMES:
            storage = _storage(session, word.keyword)
        elif keyword in {"storage", "sd"}:
            storage = _storage(session, value) if value else None
        elif keyword in {"jobid", "job", "jobname", "ujobid"}:
            storage = _storage_of_running(session, keyword, value)
        else:
            continue
        break
    if storage is not None and may_use(session, STORAGE, storage.name):
        return storage
    if autochangers:
        header = "The defined Autochanger Storage resources are:\n"
        return choose(session, STORAGE, lambda s: s.auto_changer, header=header)
    return choose(session, STORAGE)


_NO_STORAGE_NAMES = frozenset({"barcode", "barcodes", "encrypt", "scan", "slots", "alldrives"})


def _storage(session: "ConsoleSession", name: str) -> config.Storage | None:
    storage = find(session, STORAGE, name)
    if storage is None:
        session.out.error(f'Storage resource "{name}": not found\n')
    return storage


def _storage_of_running(
    session: "ConsoleSession", keyword: str, value: str | None
) -> config.Storage | None:
    """Return the Storage of the running job that an argument names."""
    if not value:
        raise CommandError(f"Expecting {keyword}=xxx, got: {keyword}.")
    running = session.director.running_jobs()
    if keyword == "jobid":
        number = leading_integer(value)
        if number <= 0:
            raise CommandError(f"Expecting jobid=nn command, got: {keyword}")
        job = next((job for job in running if job.job_id == number), None)
        if job is None:
            raise CommandError(f"JobId {number} is not running.")
    else:
        job = next(
            (
                j
                for j in running
                if j.job == value or (keyword != "ujobid" and j.job.startswith(value))
            ),
            None,
        )
        if job is None:
            raise CommandError(f'Job "{value}" is not running.')
    return STORAGE.of(session.director.config).get(job.storage)
