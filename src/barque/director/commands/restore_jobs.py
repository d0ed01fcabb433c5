"""Which jobs a restore reads: named, the newest of a client, or chosen from a menu.

Source: console commands, section 7.2.
"""

from typing import Final

from barque.director import resources
from barque.director.commands.restore_chains import admit_jobs, newest_backup, with_dependencies
from barque.director.commands.restore_menu import ask_for_jobs
from barque.director.commands.restore_wanted import (
    Wanted,
    add_named,
    client_of,
    full_date,
    job_ids,
)
from barque.director.parsing import Word
from barque.errors import CommandError

_KEYWORDS: Final = frozenset(
    {
        "jobid",
        "current",
        "before",
        "file",
        "directory",
        "select",
        "pool",
        "all",
        "fileregex",
        "client",
        "storage",
        "fileset",
        "where",
        "yes",
        "bootstrap",
        "done",
        "strip_prefix",
        "add_prefix",
        "add_suffix",
        "regexwhere",
        "restoreclient",
        "copies",
        "comment",
        "restorejob",
        "replace",
        "pluginoptions",
        "archive",
    }
)
_NEEDS_VALUE: Final = frozenset({"jobid", "before", "file", "directory", "pool"})


def choose_jobs(wanted: Wanted) -> None:
    """Find out the jobs, or the files, of a restore.

    Raises CommandError, PromptDeclinedError.
    """
    files, directories = _scan(wanted)
    line = wanted.line
    if files or directories or line.has("fileregex"):
        _take_names(wanted, files, directories)
        return
    if line.has("select"):
        if wanted.job_ids:
            wanted.job_ids = with_dependencies(wanted, wanted.job_ids)
        else:
            wanted.job_ids = newest_backup(wanted, wanted.before)
    elif not wanted.job_ids:
        ask_for_jobs(wanted)
    if wanted.files is None:
        admit_jobs(wanted)


def _scan(wanted: Wanted) -> tuple[list[str], list[str]]:
    """Take what the words say; return the files and the directories that they name."""
    line, session = wanted.line, wanted.session
    chosen: Word | None = None
    files, directories = [], []
    for word in line.arguments:
        keyword = word.keyword.lower()
        if keyword not in _KEYWORDS:
            raise CommandError(f"Unknown keyword: {word.keyword}")
        if keyword in _NEEDS_VALUE and word.value is None:
            raise CommandError(f"Missing value for keyword: {word.keyword}")
        value = word.value or ""
        if keyword in {"jobid", "current", "before"}:
            _check_compatible(chosen, word)
            chosen = word if chosen is None else chosen
        match keyword:
            case "jobid":
                wanted.job_ids += job_ids(value)
            case "before":
                wanted.before = full_date(value, f"Improper date format: {value}")
            case "file":
                files.append(value)
            case "directory":
                directories.append(value)
            case "pool":
                wanted.pool = resources.find(session, resources.POOL, value)
                if wanted.pool is None:
                    raise CommandError(f'Error: Pool resource "{value}" does not exist.')
            case _:
                pass
    return files, directories


def _check_compatible(chosen: Word | None, word: Word) -> None:
    """Raise CommandError when a job was chosen in two ways."""
    if chosen is None or chosen.keyword.lower() == word.keyword.lower() == "jobid":
        return
    first, second = _written(chosen), _written(word)
    if word.keyword.lower() == "jobid":
        raise CommandError(
            f"A date was already chosen via '{first}' which is incompatible with choosing a job"
            f" explicitly via '{second}'"
        )
    if chosen.keyword.lower() == "jobid":
        raise CommandError(
            f"A job was already explicitly chosen via '{first}' which is incompatible with"
            f" choosing a job by date '{second}'"
        )
    raise CommandError(
        f"A date was already chosen via '{first}'. Cannot choose another one via '{second}'"
    )


def _written(word: Word) -> str:
    return word.keyword if word.value is None else f"{word.keyword}={word.value}"


def _take_names(wanted: Wanted, files: list[str], directories: list[str]) -> None:
    client_of(wanted)
    if not files and not directories:
        if not wanted.job_ids:
            wanted.job_ids = newest_backup(wanted, wanted.before)
        wanted.everything = True
        return
    for name in files:
        add_named(wanted, name, wanted.before)
    for name in directories:
        add_named(wanted, name, wanted.before, directory=True)
