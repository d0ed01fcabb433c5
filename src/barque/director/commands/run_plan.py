"""A job that a console is about to start: what its words say, and what the Job resource adds.

Source: console commands, section 6.1.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from barque.config import director as config
from barque.config.fileset import FileSet
from barque.director import resources
from barque.director.access import Acl
from barque.director.commands.dot_lists import JOB_LEVELS
from barque.director.parsing import (
    CommandLine,
    comment_fault,
    leading_integer,
    parse_boolean,
    parse_id_list,
)
from barque.director.services import RestoreSelection, RunRequest
from barque.director.times import parse_sql_time
from barque.domain.ids import JobId
from barque.domain.job import JobType, Level
from barque.errors import CommandError

if TYPE_CHECKING:
    from barque.catalog import Catalog
    from barque.director.session import ConsoleSession

REPLACE_WORDS: Final = ("Always", "IfNewer", "IfOlder", "Never")
"""What a restore may do with files that are there, as the menu shows it."""

_SYNONYMS: Final = {"fd": "client", "sd": "storage", "backupclient": "client"}
_SAID: Final = {
    "job": "Job name",
    "jobid": "JobId",
    "client": "Client",
    "fileset": "FileSet",
    "level": "Level",
    "storage": "Storage",
    "regexwhere": "RegexWhere or Where",
    "where": "Where or RegexWhere",
    "bootstrap": "Bootstrap",
    "replace": "Replace",
    "when": "When",
    "priority": "Priority",
    "verifyjob": "Verify Job",
    "migrationjob": "Migration Job",
    "pool": "Pool",
    "nextpool": "NextPool",
    "restoreclient": "Restore Client",
    "pluginoptions": "Plugin Options",
    "spooldata": "Spool flag",
    "ignoreduplicatecheck": "IgnoreDuplicateCheck flag",
    "accurate": "Accurate flag",
    "backupformat": "Backup Format",
    "consolidatejob": "Consolidate Job",
}
"""Keywords that may be given once, and what they are called in the complaint."""

_REPEATABLE: Final = frozenset({"files", "catalog", "since", "cloned", "comment"})
_FLAGS: Final = frozenset({"spooldata", "ignoreduplicatecheck", "accurate"})
_LEVEL_POOLS: Final = {
    "F": ("full_backup_pool", "Job FullPool override"),
    "I": ("incremental_backup_pool", "Job IncPool override"),
    "D": ("differential_backup_pool", "Job DiffPool override"),
}


@dataclass(slots=True)
class RunPlan:
    """What will run, as far as it is known; changed until the console agrees."""

    job: config.Job
    level: str = " "
    """Letter."""
    client: config.Client | None = None
    backup_client: str = ""
    """Name of the client whose files are restored."""
    fileset: FileSet | None = None
    pool: config.Pool | None = None
    pool_source: str = "Job resource"
    pool_chosen: bool = False
    """The console chose the Pool, so the level does not."""
    pool_overridden: bool = False
    """The Pool of the level was looked up: that is shown once, another Job shows its own."""
    next_pool: config.Pool | None = None
    next_pool_source: str = "unknown source"
    next_pool_chosen: bool = False
    storage: config.Storage | None = None
    storage_source: str = "unknown source"
    storage_chosen: bool = False
    write_storage: config.Storage | None = None
    """Of copies and migrations."""
    catalog: config.Catalog | None = None
    when: float = 0.0
    """Unix seconds; 0 for now."""
    priority: int = 10
    where: str | None = None
    regex_where: str | None = None
    bootstrap: str = ""
    replace: str = "Always"
    job_ids: list[int] = field(default_factory=list)
    """The jobs to restore, verify, copy or merge, when they were named."""
    verify_job: config.Job | None = None
    plugin_options: str = ""
    comment: str = ""
    backup_format: str = "Native"
    since: str = ""
    spool_data: bool | None = None
    accurate: bool | None = None
    ignore_duplicates: bool | None = None
    cloned: bool = False
    selection: RestoreSelection | None = None
    """What a restore brings back."""

    @property
    def type(self) -> JobType:
        """What the job does."""
        return self.job.type or JobType.BACKUP

    def take_job(self, job: config.Job) -> None:
        """Begin with what the Job resource says."""
        self.job = job
        self.level = job.level or " "
        self.priority = job.priority
        self.backup_format = job.backup_format
        self.catalog = job.catalog or (job.client.catalog if job.client else None)

    def choose_level_pool(self) -> None:
        """Take the Pool that the Job has for the level, unless one was chosen."""
        if self.pool_chosen or self.type != JobType.BACKUP or self.level not in _LEVEL_POOLS:
            return
        attribute, source = _LEVEL_POOLS[self.level]
        pool = getattr(self.job, attribute)
        if pool is not None:
            self.pool, self.pool_source = pool, source

    def choose_write_storage(self) -> None:
        """Take where a copy, migration or virtual Full is written from its next Pool."""
        if self.next_pool is not None and self.next_pool.storage:
            self.write_storage = self.next_pool.storage[0]

    def request(self) -> RunRequest:
        """Return what the Director is asked to run."""
        return RunRequest(
            job=self.job,
            level=Level(self.level) if self.level in set(Level) else Level.NONE,
            client=self.client,
            backup_client=self.backup_client,
            fileset=self.fileset,
            pool=self.pool if self.pool_chosen else None,
            next_pool=self.next_pool if self.next_pool_chosen else None,
            storage=self.storage if self.storage_chosen else None,
            catalog=self.catalog,
            when=self.when,
            since=self.since,
            priority=self.priority,
            where=self.where,
            regex_where=self.regex_where,
            bootstrap=self.bootstrap,
            replace=self.replace.lower(),
            source_jobs=tuple(JobId(number) for number in self.job_ids),
            verify_job=self.verify_job,
            plugin_options=self.plugin_options,
            comment=self.comment,
            backup_format=self.backup_format,
            spool_data=self.spool_data,
            accurate=self.accurate,
            ignore_duplicates=self.ignore_duplicates,
            cloned=self.cloned,
            pool_source=self.pool_source if self.pool_chosen else "",
            storage_source=self.storage_source if self.storage_chosen else "",
            selection=self.selection,
        )


def refuse(text: str) -> CommandError:
    """Return the error for a word of the line; programs see a failure without a text."""
    return CommandError(text, plain=True)


def scan_words(line: CommandLine) -> dict[str, str]:
    """Return the words of *line* by keyword; a first bare word is the job's name.

    Raises CommandError for unknown, repeated and empty keywords.
    """
    words: dict[str, str] = {}
    for word in line.arguments:
        keyword = _SYNONYMS.get(word.keyword.lower(), word.keyword.lower())
        if keyword == "yes":
            continue
        if keyword not in _SAID and keyword not in _REPEATABLE:
            if "job" in words or word.value is not None:
                raise refuse(f"Invalid keyword: {word.keyword}")
            words["job"] = word.keyword
            continue
        if word.value is None:
            raise refuse(f"Value missing for keyword {word.keyword}")
        if keyword in _SAID and _is_repeated(keyword, words):
            raise refuse(f"{_SAID[keyword]} specified twice.")
        if keyword in _FLAGS and parse_boolean(word.value) is None:
            raise refuse(f"Invalid {keyword} flag.\nInvalid keyword: {word.keyword}")
        words[keyword] = word.value
    return words


def _is_repeated(keyword: str, words: dict[str, str]) -> bool:
    if keyword in {"where", "regexwhere"}:
        return "where" in words or "regexwhere" in words
    return keyword in words


def plan_run(
    session: "ConsoleSession", line: CommandLine, catalog: "Catalog", plan: RunPlan | None = None
) -> RunPlan:
    """Return what *line* wants to run; with a *plan*, that plan changed by the line.

    Raises CommandError, PromptDeclinedError.
    """
    words = scan_words(line)
    _check_rights(session, words)
    if (comment := words.get("comment")) is not None and (fault := comment_fault(comment)):
        raise CommandError(fault.rstrip("\n"))
    _check_jobs(words, catalog)
    plan = _with_job(session, words, plan)
    for apply in (_pools, _storage, _clients, _fileset, _verify_job, _texts, _flags):
        apply(session, words, plan)
    return plan


def _check_rights(session: "ConsoleSession", words: dict[str, str]) -> None:
    for keyword, acl, said in (
        ("regexwhere", Acl.WHERE, "regexwhere"),
        ("where", Acl.WHERE, "where"),
        ("pluginoptions", Acl.PLUGIN_OPTIONS, "PluginOptions"),
    ):
        if keyword in words and not session.permits(acl, words[keyword]):
            raise refuse(f'No authorization for "{said}" specification.')


def _check_jobs(words: dict[str, str], catalog: "Catalog") -> None:
    if (text := words.get("jobid")) is not None:
        for part in text.split(","):
            if catalog.jobs.get(leading_integer(part)) is None:
                raise refuse(f"JobId {part} not found in catalog. ")


def _with_job(session: "ConsoleSession", words: dict[str, str], plan: RunPlan | None) -> RunPlan:
    if "catalog" in words and not resources.find(session, resources.CATALOG, words["catalog"]):
        raise CommandError(f'Catalog "{words["catalog"]}" not found')
    job = None
    if (name := words.get("job")) is not None:
        job = resources.find(session, resources.JOB, name)
        if job is None:
            if name:
                session.out.plain(f'Job "{name}" not found\n')
            job = resources.choose(session, resources.JOB)
    elif plan is None:
        session.out.plain("A job name must be specified.\n")
        job = resources.choose(session, resources.JOB)
    if plan is None:
        assert job is not None
        plan = RunPlan(job)
        plan.take_job(job)
        plan.replace = resources.replace_of(job)
    elif job is not None:
        plan.job = job
    if "catalog" in words:
        plan.catalog = resources.find(session, resources.CATALOG, words["catalog"])
    return plan


def _pools(session: "ConsoleSession", words: dict[str, str], plan: RunPlan) -> None:
    if (name := words.get("pool")) is not None:
        plan.pool = _named(session, resources.POOL, name)
        plan.pool_source, plan.pool_chosen = "command line", True
    elif plan.pool is None:
        plan.pool = plan.job.pool
    if (name := words.get("nextpool")) is not None:
        plan.next_pool = _named(session, resources.POOL, name)
        plan.next_pool_source, plan.next_pool_chosen = "command line", True
    elif plan.next_pool is None:
        plan.next_pool = plan.job.next_pool or (plan.pool.next_pool if plan.pool else None)


def _named[T: config.Pool | config.Storage | config.Client](
    session: "ConsoleSession", kind: resources.ResourceKind[T], name: str, word: str = ""
) -> T:
    """Return the resource *name*, or the one that the console chooses instead."""
    resource = resources.find(session, kind, name)
    if resource is not None:
        return resource
    if name:
        session.out.warning(f'{word or kind.word} "{name}" not found.\n')
    return resources.choose(session, kind)


def _storage(session: "ConsoleSession", words: dict[str, str], plan: RunPlan) -> None:
    if (name := words.get("storage")) is not None:
        plan.storage = resources.find(session, resources.STORAGE, name)
        plan.storage_source, plan.storage_chosen = "command line", True
        if plan.storage is None:
            plan.storage = _named(session, resources.STORAGE, name)
            plan.storage_source = "user selection"
    elif plan.storage is None:
        plan.storage, plan.storage_source = resources.storage_and_source(plan.job)
    if plan.type in {JobType.COPY, JobType.MIGRATE}:
        return
    if plan.storage is None:
        raise CommandError("No storage specified.")
    if not resources.may_use(session, resources.STORAGE, plan.storage.name):
        raise CommandError(f'No authorization. Storage "{plan.storage.name}".')


def _clients(session: "ConsoleSession", words: dict[str, str], plan: RunPlan) -> None:
    if (name := words.get("client")) is not None:
        plan.backup_client = name
        plan.client = resources.find(session, resources.CLIENT, name)
        if plan.client is None:
            if plan.type != JobType.RESTORE:
                plan.client = _named(session, resources.CLIENT, name)
            elif not _is_known(session, name):
                raise CommandError(f'Client "{name}" not found.')
    elif plan.client is None:
        plan.client = plan.job.client
    _authorize_client(session, plan)
    if (name := words.get("restoreclient")) is not None:
        plan.client = _named(session, resources.CLIENT, name, "Restore Client")
    elif plan.client is None:
        plan.client = plan.job.client
    _authorize_client(session, plan)


def _is_known(session: "ConsoleSession", name: str) -> bool:
    """Tell whether the catalog has the client, which the configuration has no more."""
    return (
        session.catalog is not None
        and session.catalog.clients.find(name) is not None
        and resources.may_use(session, resources.CLIENT, name)
    )


def _authorize_client(session: "ConsoleSession", plan: RunPlan) -> None:
    if plan.client and not resources.may_use(session, resources.CLIENT, plan.client.name):
        raise CommandError(f'No authorization. Client "{plan.client.name}".')


def _fileset(session: "ConsoleSession", words: dict[str, str], plan: RunPlan) -> None:
    if (name := words.get("fileset")) is not None:
        plan.fileset = resources.find(session, resources.FILESET, name)
        if plan.fileset is None:
            session.out.plain(f'FileSet "{name}" not found.\n')
            plan.fileset = resources.choose(session, resources.FILESET)
    elif plan.fileset is None:
        plan.fileset = plan.job.fileset


def _verify_job(session: "ConsoleSession", words: dict[str, str], plan: RunPlan) -> None:
    if (name := words.get("verifyjob")) is not None:
        plan.verify_job = resources.find(session, resources.JOB, name)
        if plan.verify_job is None:
            session.out.plain(f'Verify Job "{name}" not found.\n')
            plan.verify_job = resources.choose(session, resources.JOB)
    elif plan.verify_job is None:
        plan.verify_job = plan.job.job_to_verify
    if (name := words.get("consolidatejob")) is not None:
        found = resources.find(session, resources.JOB, name)
        if found is None or found.type != JobType.CONSOLIDATE:
            raise CommandError(f'Consolidate Job "{name}" is not one.')


def _texts(_session: "ConsoleSession", words: dict[str, str], plan: RunPlan) -> None:
    for keyword, attribute in (
        ("bootstrap", "bootstrap"),
        ("pluginoptions", "plugin_options"),
        ("comment", "comment"),
        ("backupformat", "backup_format"),
    ):
        if keyword in words:
            setattr(plan, attribute, words[keyword])
    if "where" in words:
        plan.where, plan.regex_where = words["where"], None
    if "regexwhere" in words:
        plan.where, plan.regex_where = None, words["regexwhere"]
    plan.cloned = plan.cloned or "cloned" in words


def _flags(session: "ConsoleSession", words: dict[str, str], plan: RunPlan) -> None:
    for keyword, attribute in (
        ("spooldata", "spool_data"),
        ("accurate", "accurate"),
        ("ignoreduplicatecheck", "ignore_duplicates"),
    ):
        if keyword in words:
            setattr(plan, attribute, parse_boolean(words[keyword]))
    if (text := words.get("priority")) is not None:
        plan.priority = leading_integer(text)
        if not 0 < plan.priority < 2**31:
            session.out.plain("Priority must be positive nonzero setting it to 10.\n")
            plan.priority = 10


def finish_plan(session: "ConsoleSession", line: CommandLine, plan: RunPlan) -> None:
    """Check and take the words that are checked last. Raises CommandError."""
    words = scan_words(line)
    checks: tuple[tuple[str, Callable[[RunPlan, str], None]], ...] = (
        ("when", _take_when),
        ("replace", _take_replace),
        ("since", _take_since),
        ("level", take_level),
    )
    for keyword, take in checks:
        if keyword in words:
            take(plan, words[keyword])
    if "jobid" in words:
        plan.job_ids = parse_id_list(words["jobid"]) or [leading_integer(words["jobid"])]
    if plan.type in {JobType.COPY, JobType.MIGRATE} or plan.level == Level.VIRTUAL_FULL:
        plan.choose_write_storage()
    if not session.batch and not line.yes and not plan.pool_overridden:
        plan.choose_level_pool()
        plan.pool_overridden = True


def _take_when(plan: RunPlan, text: str) -> None:
    when = 0.0 if text.lower() == "now" else parse_sql_time(text)
    if when is None:
        raise refuse('Invalid time specification in when; expected: "YYYY-MM-DD HH:MM:SS"')
    plan.when = when


def _take_replace(plan: RunPlan, text: str) -> None:
    word = next((word for word in REPLACE_WORDS if word.lower() == text.lower()), None)
    if word is None:
        raise refuse(f"Invalid replace option: {text}")
    plan.replace = word


def _take_since(plan: RunPlan, text: str) -> None:
    if parse_sql_time(text) is None:
        raise refuse(f'Since option expects string in format "yyyy-mm-dd hh:mm:ss", but is: {text}')
    plan.since = text


def take_level(plan: RunPlan, text: str) -> None:
    """Set the level that *text* names. Raises CommandError."""
    for word, level, _job_type in JOB_LEVELS:
        if word.lower() == text.lower():
            plan.level = level
            return
    raise refuse(f'Level "{text}" not valid.')
