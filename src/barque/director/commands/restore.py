"""``restore``: choose jobs and files, and start the job that brings them back.

Source: console commands, section 7.
"""

import re
from typing import TYPE_CHECKING, Final

from barque.director import resources
from barque.director.access import Acl
from barque.director.catalogs import open_catalog
from barque.director.chosen_files import ChosenFiles
from barque.director.commands import run
from barque.director.commands.restore_browser import Browser
from barque.director.commands.restore_files import build_tree, entries_with_progress
from barque.director.commands.restore_jobs import choose_jobs
from barque.director.commands.restore_names import build_regex_where
from barque.director.commands.restore_wanted import Wanted, client_of
from barque.director.listing import with_commas
from barque.director.parsing import CommandLine, comment_fault
from barque.director.restore_tree import everything
from barque.director.selection import ask_yes_no
from barque.director.times import sql_time
from barque.domain.job import JobType
from barque.errors import CommandError, JobError, PromptDeclinedError

if TYPE_CHECKING:
    from barque.config.director import Job
    from barque.director.services import RestorePlan, RestoreSelection
    from barque.director.session import ConsoleSession

_NO_FILES: Final = (
    "\n\nFor one or more of the JobIds selected, no files were found,\n"
    "so file selection is not possible.\n"
    "Most likely your retention policy pruned the files.\n"
)


def restore(session: "ConsoleSession", line: CommandLine) -> bool:
    """Restore files."""
    if (comment := line.value("comment")) is not None and (fault := comment_fault(comment)):
        raise CommandError(fault.rstrip("\n"))
    regex_where = _regex_where(session, line)
    file_regex = _file_regex(session, line)
    catalog = open_catalog(session, line, private=True)
    jobs = _restore_jobs(session)
    wanted = Wanted(
        session,
        line,
        catalog,
        before=sql_time(session.director.now() + 1),
        job_type=JobType.ARCHIVE if line.has("archive") else JobType.BACKUP,
    )
    choose_jobs(wanted)
    selection = _select_files(wanted, file_regex)
    job = jobs[0] if len(jobs) == 1 else _restore_job(session, line)
    if not selection.files:
        session.out.warning("No files selected to be restored.\n")
        return False
    plan = _plan(session, selection)
    command = _run_command(wanted, job, selection, plan, regex_where)
    run.start(session, CommandLine.parse(command), selection)
    return True


def _regex_where(session: "ConsoleSession", line: CommandLine) -> str | None:
    """Return the regexwhere of *line*; checks where it may lead. Raises CommandError."""
    regex_where = line.value("regexwhere")
    affixes = [line.value(word) or "" for word in ("strip_prefix", "add_prefix", "add_suffix")]
    if any(affixes):
        regex_where = build_regex_where(*affixes)
    if regex_where is not None and not session.permits(Acl.WHERE, regex_where):
        raise CommandError('"RegexWhere" specification not authorized.')
    where = line.value("where")
    if where is not None and not session.permits(Acl.WHERE, where):
        raise CommandError('"where" specification not authorized.')
    return regex_where


def _file_regex(session: "ConsoleSession", line: CommandLine) -> str:
    text = line.value("fileregex") or ""
    if not _is_regex(session, text):
        raise CommandError('Invalid "FileRegex" value.')
    return text


def _is_regex(session: "ConsoleSession", text: str) -> bool:
    try:
        re.compile(text)
    except re.error as error:
        session.out.plain(f"Regex compile error: {error}\n")
        return False
    return True


def _restore_jobs(session: "ConsoleSession") -> "list[Job]":
    jobs = [job for job in resources.every(session, resources.JOB) if job.type == JobType.RESTORE]
    if not jobs:
        raise CommandError(
            "No Restore Job Resource found.\n"
            "You must create at least one before running this command."
        )
    return jobs


def _restore_job(session: "ConsoleSession", line: CommandLine) -> "Job":
    """Return the Restore job that *line* names, or that the console chooses."""
    name = line.value("restorejob")
    if name is not None:
        job = resources.find(session, resources.JOB, name)
        if job is not None and job.type == JobType.RESTORE:
            return job
        session.out.error(f'Error: Restore Job resource "{name}" does not exist.\n')
    return resources.choose(
        session,
        resources.JOB,
        lambda job: job.type == JobType.RESTORE,
        header="The defined Restore Job resources are:\n",
        question="Select Restore Job",
    )


# -- files ---------------------------------------------------------------------------------------


def _select_files(wanted: Wanted, file_regex: str) -> "RestoreSelection":
    """Return the files: named ones, all of them, or those that the console marks."""
    if wanted.files is not None:
        return wanted.files.selection(wanted.job_ids, file_regex)
    if wanted.everything:
        return _whole_jobs(wanted).selection(wanted.job_ids, file_regex)
    session = wanted.session
    text = ",".join(map(str, wanted.job_ids))
    session.audit.note(f"Building directory tree for JobId(s) {text}")
    session.out.info(f"\nBuilding directory tree for JobId(s) {text} ...  ")
    if _are_purged(wanted):
        file_regex = _ask_for_regex(wanted, file_regex)
        return _whole_jobs(wanted).selection(wanted.job_ids, file_regex)
    line = wanted.line
    if line.has("all") and line.has("done"):
        files, count = everything(entries_with_progress(wanted))
        _say_marked(session, count)
        return files.selection(wanted.job_ids, file_regex)
    return _browse(wanted).selection(wanted.job_ids, file_regex)


def _whole_jobs(wanted: Wanted) -> ChosenFiles:
    files = ChosenFiles()
    for job_id in wanted.job_ids:
        files.add_job(job_id)
    return files


def _are_purged(wanted: Wanted) -> bool:
    """Tell whether the catalog no longer knows the files of the jobs."""
    chains, jobs = wanted.catalog.chains, wanted.catalog.jobs
    if any(job.purged_files for job in jobs.get_many(wanted.job_ids)):
        return True
    return not chains.have_files(wanted.job_ids)


def _ask_for_regex(wanted: Wanted, file_regex: str) -> str:
    """Return the regular expression for files of jobs without records; empty for all of them."""
    line, session = wanted.line, wanted.session
    if line.has("all") or file_regex:
        return file_regex
    session.out.plain(_NO_FILES)
    try:
        if ask_yes_no(session, "\nDo you want to restore all the files? (yes|no): "):
            return ""
        while text := session.ask("\nRegexp matching files to restore? (empty to abort): "):
            if _is_regex(session, text):
                return text
    except PromptDeclinedError:
        pass
    raise CommandError("Restore not done.", plain=True)


def _say_marked(session: "ConsoleSession", count: int) -> None:
    session.out.info(
        f"\n{with_commas(str(count))} files inserted into the tree and marked for extraction.\n"
    )


def _browse(wanted: Wanted) -> ChosenFiles:
    """Build the tree and let the console mark files in it."""
    session, line = wanted.session, wanted.line
    mark_all = line.has("all")
    tree = build_tree(wanted, marked=mark_all)
    if mark_all:
        _say_marked(session, tree.count_without_directories())
    else:
        count = with_commas(str(tree.inserted))
        session.out.info(f"\n{count} files inserted into the tree.\n")
    if not line.has("done") and not Browser(session, tree, wanted.catalog).run():
        raise CommandError("Restore not done.", plain=True)
    return tree.chosen()


# -- the job -------------------------------------------------------------------------------------


def _plan(session: "ConsoleSession", selection: "RestoreSelection") -> "RestorePlan":
    """Have the bootstrap file written, and show what the restore reads."""
    assert session.catalog_resource is not None
    out = session.out
    try:
        plan = session.director.plan_restore(selection, session.catalog_resource)
    except JobError as error:
        raise CommandError(
            f"Unable to construct a valid BootStrapRecord. Cannot continue. {error}"
        ) from error
    out.plain(f"Bootstrap records written to {plan.bootstrap}\n")
    out.plain("\n")
    out.plain(
        "The job will require the following\n"
        "   Volume(s)                 Storage(s)                SD Device(s)\n"
        f"{'=' * 75}\n"
    )
    out.plain("   \n")
    for volume in plan.volumes:
        flag = "*" if volume.online else " "
        out.plain(f"   {flag}{volume.name:<25} {volume.storage:<25} {volume.device:<25}\n")
    if plan.volumes:
        out.plain('\nVolumes marked with "*" are online.\n')
    else:
        out.plain("No Volumes found to restore.\n")
    out.plain("\n")
    if selection.count == 1:
        out.info("\n1 file selected to be restored.\n\n")
    else:
        out.info(f"\n{with_commas(str(selection.count))} files selected to be restored.\n\n")
    return plan


def _run_command(
    wanted: Wanted,
    job: "Job",
    selection: "RestoreSelection",
    plan: "RestorePlan",
    regex_where: str | None,
) -> str:
    """Return the ``run`` command that starts the restore."""
    session, line = wanted.session, wanted.line
    assert session.catalog_resource is not None
    client = client_of(wanted)
    words = {
        "job": job.name,
        "client": client.name,
        "restoreclient": _restore_client(session, line, client.name),
        "storage": _storage(session, line, plan),
        "bootstrap": plan.bootstrap,
        "files": str(selection.count),
        "catalog": session.catalog_resource.name,
        "regexwhere": regex_where,
        "where": line.value("where") if regex_where is None else None,
        "replace": line.value("replace"),
        "pluginoptions": line.value("pluginoptions"),
        "comment": line.value("comment"),
    }
    command = "run " + " ".join(
        f'{keyword}="{_quoted(value)}"' for keyword, value in words.items() if value is not None
    )
    return f"{command} yes" if line.yes else command


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _restore_client(session: "ConsoleSession", line: CommandLine, backup_client: str) -> str:
    name = line.value("restoreclient")
    if name is None:
        return backup_client
    if resources.find(session, resources.CLIENT, name) is None:
        raise CommandError(f"invalid restoreclient argument: {name}")
    return name


def _storage(session: "ConsoleSession", line: CommandLine, plan: "RestorePlan") -> str | None:
    """Return the Storage that is read: the one of the first Volume, unless another is named."""
    first = plan.volumes[0] if plan.volumes else None
    if first is None:
        return line.value("storage")
    found = resources.find(session, resources.STORAGE, first.storage) if first.storage else None
    named = line.value("storage")
    if found is not None:
        override = resources.find(session, resources.STORAGE, named) if named else None
        if override is not None and override is not found:
            session.out.info(
                f'Warning default storage overridden by "{override.name}" on command line.\n'
            )
            found = override
        return found.name
    for storage in resources.permitted(session, resources.STORAGE):
        if storage.media_type == first.media_type:
            session.out.warning(
                f'Storage "{first.storage}" not found, using Storage "{storage.name}"'
                f' from MediaType "{first.media_type}".\n'
            )
            return storage.name
    session.out.warning(
        "\nUnable to find Storage resource for\n"
        f'MediaType "{first.media_type}", needed by the Jobs you selected.\n'
    )
    return resources.named_storage(session, line).name
