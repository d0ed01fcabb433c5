"""The menu of a restore: ways to find jobs or files.

Source: console commands, section 7.2.
"""

from typing import Final

from barque.catalog import console_queries as queries
from barque.director.access import Acl
from barque.director.chosen_files import ChosenFiles
from barque.director.commands.catalog_names import run_sql
from barque.director.commands.restore_chains import newest_backup, with_dependencies
from barque.director.commands.restore_wanted import (
    Wanted,
    add_named,
    client_of,
    complete_date,
    job_ids,
)
from barque.director.listing import print_table
from barque.director.parsing import is_integer, leading_integer
from barque.director.selection import choose
from barque.director.times import parse_sql_time
from barque.errors import CommandError, PromptDeclinedError

_JOB_IDS: Final = "Enter JobId(s), comma separated, to restore: "
_INTRODUCTION: Final = (
    "\nFirst you select one or more JobIds that contain files\n"
    "to be restored. You will be presented several methods\n"
    "of specifying the JobIds. Then you will be allowed to\n"
    "select which files from those JobIds are to be restored.\n\n"
)
_MENU_HEADER: Final = "To select the JobIds, you have the following choices:\n"
_MENU: Final = (
    "List last 20 Jobs run",
    "List Jobs where a given File is saved",
    "Enter list of comma separated JobIds to select",
    "Enter SQL list command",
    "Select the most recent backup for a client",
    "Select backup for a client before a specified time",
    "Enter a list of files to restore",
    "Enter a list of files to restore before a specified time",
    "Find the JobIds of the most recent backup for a client",
    "Find the JobIds for a backup for a client before a specified time",
    "Enter a list of directories to restore for found JobIds",
    "Select full restore to a specified Job date",
    "Cancel",
)
_FILES_WANTED: Final = (
    "Enter file names with paths, or < to enter a filename\n"
    "containing a list of file names with paths, and Terminate\n"
    "them with a blank line.\n"
)
_DIRECTORIES_WANTED: Final = (
    "Enter full directory names or start the name\n"
    "with a < to indicate it is a filename containing a list\n"
    "of directories and Terminate them with a blank line.\n"
)


def ask_for_jobs(wanted: Wanted) -> None:
    """Ask until jobs or files are found. Raises PromptDeclinedError when the console gives up."""
    wanted.session.out.plain(_INTRODUCTION)
    while not wanted.job_ids and wanted.files is None:
        chosen = choose(wanted.session, "", _MENU_HEADER, "Select item: ", _MENU)
        if chosen == len(_MENU) - 1:
            raise PromptDeclinedError
        _CHOICES[chosen](wanted)


def _list_last(wanted: Wanted) -> None:
    _authorize_sql(wanted)
    listing = queries.select(
        wanted.catalog.store,
        (
            *queries.fields("job.jobid client.name=client job.starttime job.level=joblevel"),
            *queries.fields("job.jobfiles job.jobbytes"),
        ),
        "job JOIN client ON client.clientid = job.clientid",
        "WHERE job.jobstatus IN ('T', 'W') AND job.type = ?"
        " ORDER BY job.starttime DESC, job.jobid DESC LIMIT 20",
        [wanted.job_type],
    )
    print_table(wanted.session.out, listing, plain_numbers=True)


def _authorize_sql(wanted: Wanted) -> None:
    if not wanted.session.permits(Acl.COMMAND, "sqlquery"):
        raise CommandError("SQL query not authorized.")


def _list_with_file(wanted: Wanted) -> None:
    client = client_of(wanted)
    name = wanted.session.ask("Enter Filename (no path):")
    listing = queries.saved_as(wanted.catalog.store, client.client_id, name)
    print_table(wanted.session.out, listing, plain_numbers=True)


def _type_job_ids(wanted: Wanted) -> None:
    wanted.job_ids = job_ids(wanted.session.ask(_JOB_IDS))


def _type_sql(wanted: Wanted) -> None:
    _authorize_sql(wanted)
    listing = run_sql(wanted.catalog, wanted.session.ask("Enter SQL list command: "))
    print_table(wanted.session.out, listing, plain_numbers=True)


def _newest(wanted: Wanted) -> None:
    wanted.job_ids = newest_backup(wanted, wanted.before)


def _newest_before(wanted: Wanted) -> None:
    wanted.job_ids = newest_backup(wanted, _ask_date(wanted))


def _show_newest(wanted: Wanted) -> None:
    newest_backup(wanted, wanted.before)


def _show_newest_before(wanted: Wanted) -> None:
    newest_backup(wanted, _ask_date(wanted))


def _ask_date(wanted: Wanted) -> str:
    out = wanted.session.out
    out.plain(
        "The restored files will the most current backup\nBEFORE the date you specify below.\n\n"
    )
    while True:
        full = complete_date(wanted.session.ask("Enter date as YYYY-MM-DD HH:MM:SS :"))
        if parse_sql_time(full) is not None:
            return full
        out.error("Improper date format.\n")


def _type_files(wanted: Wanted) -> None:
    _type_names(wanted, wanted.before)


def _type_files_before(wanted: Wanted) -> None:
    _type_names(wanted, _ask_date(wanted))


def _type_names(wanted: Wanted, before: str) -> None:
    client_of(wanted)
    wanted.session.out.plain(_FILES_WANTED)
    wanted.files = ChosenFiles()
    while name := wanted.session.ask("Enter full filename: "):
        add_named(wanted, name, before)


def _type_directories(wanted: Wanted) -> None:
    answer = wanted.session.ask(_JOB_IDS)
    if not answer:
        raise PromptDeclinedError
    wanted.job_ids = job_ids(answer)
    client_of(wanted)
    wanted.session.out.plain(_DIRECTORIES_WANTED)
    wanted.files = ChosenFiles()
    while name := wanted.session.ask("Enter directory name: "):
        path = name if name.startswith("<") or name.endswith("/") else f"{name}/"
        add_named(wanted, path, wanted.before, directory=True)


def _state_of_job(wanted: Wanted) -> None:
    answer = wanted.session.ask("Enter JobId to get the state to restore: ")
    if not is_integer(answer):
        raise PromptDeclinedError
    wanted.job_ids = with_dependencies(wanted, [leading_integer(answer)])


_CHOICES: Final = (
    _list_last,
    _list_with_file,
    _type_job_ids,
    _type_sql,
    _newest,
    _newest_before,
    _type_files,
    _type_files_before,
    _show_newest,
    _show_newest_before,
    _type_directories,
    _state_of_job,
)
"""What each item of the menu does, the last one excepted."""
