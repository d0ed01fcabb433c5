"""The summary that a console confirms before a job starts.

Source: console commands, section 6.1.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from barque.director.commands.run_plan import RunPlan
from barque.director.times import sql_time
from barque.director.words import level_words
from barque.domain.job import JobType, Level
from barque.wire.framing import Signal

if TYPE_CHECKING:
    from barque.config.directive import Resource
    from barque.director.session import ConsoleSession

_NONE = "*None*"

type Line = tuple[str, str]
"""Label and value."""


def show_plan(session: "ConsoleSession", plan: RunPlan) -> None:
    """Send the summary of *plan*; programs get it with a type and a title."""
    if session.api:
        session.peer.signal(Signal.RUN_CMD)
    title, program_title, width, lines = _SUMMARIES[plan.type](session, plan)
    head = f"{title}\n"
    if session.api and program_title:
        head = f"Type: {program_title[0]}\nTitle: {program_title[1]}\n"
    if plan.type == JobType.RESTORE and plan.job_ids:
        _show_restore_by_job(session, width, lines)
        return
    session.out.plain(head + _block(lines, width))


def _block(lines: Iterable[Line], width: int) -> str:
    return "".join(f"{label + ':':<{width}}{value}\n" for label, value in lines)


def _show_restore_by_job(session: "ConsoleSession", width: int, lines: list[Line]) -> None:
    """Send it in three parts, without the head for programs."""
    session.out.plain("Run Restore job\n" + _block(lines[:2], width))
    session.out.plain(_block(lines[2:3], width))
    session.out.plain(_block(lines[3:], width))


type Summary = tuple[str, tuple[str, str] | None, int, list[Line]]
"""Title, type and title for programs, width of the labels, lines."""


def _name(resource: "Resource | None") -> str:
    return resource.name if resource is not None else _NONE


def _when(session: "ConsoleSession", plan: RunPlan) -> str:
    return sql_time(plan.when or session.director.now())


def _backup(session: "ConsoleSession", plan: RunPlan) -> Summary:
    def source(text: str) -> str:
        return "" if session.api else f" (From {text})"

    lines = [
        ("JobName", plan.job.name),
        ("Level", level_words(plan.level)),
        ("Client", _name(plan.client)),
        ("Format", plan.backup_format),
        ("FileSet", _name(plan.fileset)),
        ("Pool", _name(plan.pool) + source(plan.pool_source)),
    ]
    if plan.level == Level.VIRTUAL_FULL:
        lines.append(("NextPool", _name(plan.next_pool) + source(plan.next_pool_source)))
    lines += [
        ("Storage", _name(plan.storage) + source(plan.storage_source)),
        ("When", _when(session, plan)),
        ("Priority", str(plan.priority)),
    ]
    if plan.plugin_options:
        lines.append(("Plugin Options", " " + plan.plugin_options))
    return "Run Backup job", ("Backup", "Run Backup Job"), 10, lines


def _verify(session: "ConsoleSession", plan: RunPlan) -> Summary:
    if plan.verify_job is not None:
        checked = plan.verify_job.name
    else:
        catalog = session.catalog
        record = catalog.jobs.get(plan.job_ids[0]) if plan.job_ids and catalog else None
        checked = record.job if record else ""
    lines = [
        ("JobName", plan.job.name),
        ("Level", level_words(plan.level)),
        ("Client", _name(plan.client)),
        ("FileSet", _name(plan.fileset)),
        ("Pool", f"{_name(plan.pool)} (From {plan.pool_source})"),
        ("Storage", f"{_name(plan.storage)} (From {plan.storage_source})"),
        ("Verify Job", checked),
        ("When", _when(session, plan)),
        ("Priority", str(plan.priority)),
    ]
    return "Run Verify Job", ("Verify", "Run Verify Job"), 13, lines


def _copy(session: "ConsoleSession", plan: RunPlan) -> Summary:
    def source(text: str) -> str:
        return "" if session.api else f" (From {text})"

    written = "Storage from Run NextPool override" if plan.write_storage else "unknown source"
    next_pool = _name(plan.next_pool) + source(plan.next_pool_source)
    write_storage = _name(plan.write_storage) + source(written)
    lines = [
        ("JobName", plan.job.name),
        ("Bootstrap", plan.bootstrap or _NONE),
        ("Read Storage", _name(plan.storage) + source(plan.storage_source)),
        ("Pool", _name(plan.pool) + source(plan.pool_source)),
        # programs have always been sent these two the wrong way round
        ("Write Storage", next_pool if session.api else write_storage),
        ("NextPool", write_storage if session.api else next_pool),
        ("JobId", str(plan.job_ids[0]) if plan.job_ids else _NONE),
        ("When", _when(session, plan)),
        ("Catalog", _name(plan.catalog)),
        ("Priority", str(plan.priority)),
    ]
    if plan.type == JobType.COPY:
        return "Run Copy job", ("Copy", "Run Copy Job"), 15, lines
    return "Run Migration job", ("Migration", "Run Migration Job"), 15, lines


def _restore(session: "ConsoleSession", plan: RunPlan) -> Summary:
    regex = plan.regex_where or (plan.job.regex_where if plan.where is None else "")
    where = plan.job.where or _NONE if plan.where is None else plan.where
    lines = [
        ("JobName", plan.job.name),
        ("Bootstrap", plan.bootstrap or _NONE),
        ("RegexWhere", regex) if regex else ("Where", where),
        ("Replace", plan.replace),
    ]
    if plan.job_ids:
        lines.append(("Client", _name(plan.client)))
    else:
        lines += [
            ("FileSet", _name(plan.fileset)),
            ("Backup Client", plan.backup_client),
            ("Restore Client", _name(plan.client)),
        ]
    lines += [("Format", plan.backup_format), ("Storage", _name(plan.storage))]
    if plan.job_ids:
        lines.append(("JobId", str(plan.job_ids[0])))
    lines += [
        ("When", _when(session, plan)),
        ("Catalog", _name(plan.catalog)),
        ("Priority", str(plan.priority)),
        ("Plugin Options", plan.plugin_options or _NONE),
    ]
    title = "Run Restore Job" if regex else "Run Restore job"
    return "Run Restore job", ("Restore", title), 17, lines


type Summarize = Callable[["ConsoleSession", RunPlan], Summary]
"""Describes the jobs of one type."""


def _other(kind: str) -> Summarize:
    def summarize(session: "ConsoleSession", plan: RunPlan) -> Summary:
        lines = [
            ("JobName", plan.job.name),
            ("FileSet", _name(plan.fileset)),
            ("Client", _name(plan.client)),
            ("Storage", _name(plan.storage)),
            ("When", _when(session, plan)),
            ("Priority", str(plan.priority)),
        ]
        return f"Run {kind} Job", (kind, f"Run {kind} Job"), 10, lines

    return summarize


_SUMMARIES: dict[JobType, Summarize] = {
    JobType.BACKUP: _backup,
    JobType.VERIFY: _verify,
    JobType.COPY: _copy,
    JobType.MIGRATE: _copy,
    JobType.RESTORE: _restore,
    JobType.ADMIN: _other("Admin"),
    JobType.ARCHIVE: _other("Archive"),
    JobType.CONSOLIDATE: _other("Consolidate"),
}
