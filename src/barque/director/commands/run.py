"""``run``: start a job now or later, after showing it and letting it be changed.

Source: console commands, section 6.1.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from barque.director import resources
from barque.director.access import Acl
from barque.director.catalogs import open_catalog
from barque.director.commands import restore_names
from barque.director.commands.run_plan import REPLACE_WORDS, RunPlan, finish_plan, plan_run
from barque.director.commands.run_summary import show_plan
from barque.director.parsing import CommandLine
from barque.director.selection import ask_number, choose
from barque.director.times import parse_sql_time
from barque.domain.job import JobType, Level
from barque.errors import BarqueError, CommandError, PromptDeclinedError

if TYPE_CHECKING:
    from barque.director.services import RestoreSelection
    from barque.director.session import ConsoleSession

_WRITING: Final = frozenset({JobType.BACKUP, JobType.COPY, JobType.MIGRATE, JobType.VERIFY})
_BACKUP_LEVELS: Final = (
    ("Full", "F"),
    ("Incremental", "I"),
    ("Differential", "D"),
    ("Since", "S"),
    ("VirtualFull", "f"),
)
_VERIFY_LEVELS: Final = (
    ("Initialize Catalog", "V"),
    ("Verify Catalog", "C"),
    ("Verify Volume to Catalog", "O"),
    ("Verify Disk to Catalog", "d"),
    ("Verify Volume Data (not yet implemented)", "A"),
)


def run(session: "ConsoleSession", line: CommandLine) -> bool:
    """Start a job."""
    return start(session, line)


def start(
    session: "ConsoleSession", line: CommandLine, selection: "RestoreSelection | None" = None
) -> bool:
    """Start the job that *line* describes; *selection* is what a restore brings back."""
    catalog = open_catalog(session, line)
    plan = plan_run(session, line, catalog)
    plan.selection = selection
    try:
        agreed = _agree(session, line, plan)
    except PromptDeclinedError:
        agreed = False
    except CommandError as error:
        if str(error):
            (session.out.plain if error.plain else session.out.error)(f"{error}\n")
        agreed = False
    if not agreed:
        session.out.plain("Job not run.\n")
        return False
    return _queue(session, plan)


def _queue(session: "ConsoleSession", plan: RunPlan) -> bool:
    out = session.out
    try:
        job_id = session.director.run_job(plan.request(), session.console)
    except BarqueError as error:
        out.error(f"{error}\n")
        out.error("Job failed.\n")
        return False
    with out.object("run"):
        session.audit.note(f"Job queued. JobId={job_id}")
        out.pair("jobid", str(job_id), f"Job queued. JobId={job_id}\n")
    return True


def _agree(session: "ConsoleSession", line: CommandLine, plan: RunPlan) -> bool:
    """Show *plan*, change it as the console wants, until it says yes or no."""
    while True:
        finish_plan(session, line, plan)
        if session.batch or session.in_script or line.yes:
            return True
        _ask_for_job(session, plan)
        show_plan(session, plan)
        answer = _ask_to_run(session)
        word = answer.lower()
        if word.startswith((".mod ", "mod ")):
            line = CommandLine.parse(answer)
            plan_run(session, line, open_catalog(session, line), plan)
            continue
        line = CommandLine.parse("run")
        if word and "mod".startswith(word):
            if not modify(session, plan):
                return False
        else:
            return "yes".startswith(word)


def _ask_to_run(session: "ConsoleSession") -> str:
    while True:
        answer = session.ask("OK to run? (yes/mod/no): ")
        word = answer.lower()
        known = any(full.startswith(word) for full in ("yes", "no", "mod", ".mod"))
        if known or word.startswith((".mod ", "mod ")):
            return answer
        session.out.warning(f"Illegal response {answer}\n")


def _ask_for_job(session: "ConsoleSession", plan: RunPlan) -> None:
    """Ask for the job to restore when nothing says what to restore."""
    if plan.type != JobType.RESTORE or plan.job_ids or plan.bootstrap or plan.selection:
        return
    number = ask_number(session, "Please enter a JobId for restore: ")
    if session.catalog is None or session.catalog.jobs.get(number) is None:
        raise CommandError(f"JobId {number} not found in catalog. ", plain=True)
    plan.job_ids = [number]


def modify(session: "ConsoleSession", plan: RunPlan) -> bool:
    """Let the console change one parameter; False when it gives up."""
    items = _parameters(plan)
    labels = [label for label, _ in items]
    chosen = choose(session, "", "Parameters to modify:\n", "Select parameter to modify", labels)
    try:
        items[chosen][1](session, plan)
    except PromptDeclinedError:
        return items[chosen][0] in _GO_ON
    return True


type Change = Callable[["ConsoleSession", RunPlan], None]
"""Asks for one parameter."""

_GO_ON: Final = frozenset({"Level", "Replace", "File Relocation", "Plugin Options"})
"""Parameters whose question may be left without leaving the command."""


def _parameters(plan: RunPlan) -> "list[tuple[str, Change]]":
    """Return what of *plan* may be changed, and how."""
    items: list[tuple[str, Change]] = [
        ("Level", _level),
        ("Storage", _storage),
        ("Job", _job),
        ("FileSet", _fileset),
        ("Restore Client" if plan.type == JobType.RESTORE else "Client", _client),
        ("Backup Format", _backup_format),
        ("When", _when),
        ("Priority", _priority),
    ]
    if plan.type in _WRITING:
        items.append(("Pool", _pool))
        if plan.type in {JobType.COPY, JobType.MIGRATE} or plan.level == Level.VIRTUAL_FULL:
            items.append(("NextPool", _next_pool))
        elif plan.type == JobType.VERIFY:
            items.append(("Verify Job", _verify_job))
        if plan.type == JobType.BACKUP:
            items.append(("Plugin Options", _plugin_options))
    elif plan.type == JobType.RESTORE:
        items += [
            ("Bootstrap", _bootstrap),
            ("Where", _where),
            ("File Relocation", restore_names.relocate),
            ("Replace", _replace),
            ("JobId", _job_id),
            ("Plugin Options", _plugin_options),
        ]
    return items


def _level(session: "ConsoleSession", plan: RunPlan) -> None:
    if plan.type not in {JobType.BACKUP, JobType.VERIFY}:
        session.out.warning("Level not appropriate for this Job. Cannot be changed.\n")
        return
    levels = _BACKUP_LEVELS if plan.type == JobType.BACKUP else _VERIFY_LEVELS
    chosen = choose(session, "", "Levels:\n", "Select level", [word for word, _ in levels])
    plan.level = levels[chosen][1]
    plan.choose_level_pool()


def _storage(session: "ConsoleSession", plan: RunPlan) -> None:
    plan.storage = resources.choose(session, resources.STORAGE)
    plan.storage_source, plan.storage_chosen = "user selection", True


def _job(session: "ConsoleSession", plan: RunPlan) -> None:
    plan.take_job(resources.choose(session, resources.JOB))
    plan.pool_source = "Job resource"


def _fileset(session: "ConsoleSession", plan: RunPlan) -> None:
    plan.fileset = resources.choose(session, resources.FILESET)


def _client(session: "ConsoleSession", plan: RunPlan) -> None:
    plan.client = resources.choose(session, resources.CLIENT)


def _backup_format(session: "ConsoleSession", plan: RunPlan) -> None:
    plan.backup_format = session.ask("Please enter Backup Format: ")


def _when(session: "ConsoleSession", plan: RunPlan) -> None:
    prompt = "Please enter desired start time as YYYY-MM-DD HH:MM:SS (return for now): "
    while True:
        answer = session.ask(prompt)
        when = parse_sql_time(answer) if answer else 0.0
        if when is not None:
            plan.when = when
            return
        session.out.plain("Invalid time specification.\n")


def _priority(session: "ConsoleSession", plan: RunPlan) -> None:
    number = ask_number(session, "Enter new Priority: ")
    if not 0 < number < 2**31:
        session.out.plain("Priority must be a positive integer.\n")
    else:
        plan.priority = number


def _pool(session: "ConsoleSession", plan: RunPlan) -> None:
    plan.pool = resources.choose(session, resources.POOL)
    plan.pool_source, plan.pool_chosen = "user input", True


def _next_pool(session: "ConsoleSession", plan: RunPlan) -> None:
    plan.next_pool = resources.choose(session, resources.POOL)
    plan.next_pool_source, plan.next_pool_chosen = "user input", True
    plan.choose_write_storage()


def _verify_job(session: "ConsoleSession", plan: RunPlan) -> None:
    plan.verify_job = resources.choose(session, resources.JOB)


def _bootstrap(session: "ConsoleSession", plan: RunPlan) -> None:
    path = session.ask("Please enter the Bootstrap file name: ")
    plan.bootstrap, plan.selection = "", None
    if not path:
        return
    try:
        with Path(path).open("rb"):
            plan.bootstrap = path
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        session.out.plain(f"Warning cannot open {path}: ERR={reason}\n")


def _where(session: "ConsoleSession", plan: RunPlan) -> None:
    answer = session.ask("Please enter the full path prefix for restore (/ for none): ")
    if not session.permits(Acl.WHERE, answer):
        session.out.plain('No authorization for "where" specification.\n')
        return
    plan.regex_where = None
    plan.where = "" if answer == "/" else answer


def _replace(session: "ConsoleSession", plan: RunPlan) -> None:
    chosen = choose(session, "", "Replace:\n", "Select replace option", REPLACE_WORDS)
    plan.replace = REPLACE_WORDS[chosen]


def _job_id(session: "ConsoleSession", plan: RunPlan) -> None:
    plan.job_ids = []
    if plan.bootstrap:
        session.out.plain(
            "You must set the bootstrap file to NULL to be able to specify a JobId.\n"
        )


def _plugin_options(session: "ConsoleSession", plan: RunPlan) -> None:
    answer = session.ask("Please enter Plugin Options string: ")
    if not session.permits(Acl.PLUGIN_OPTIONS, answer):
        session.out.plain('No authorization for "PluginOptions" specification.\n')
        return
    plan.plugin_options = answer
