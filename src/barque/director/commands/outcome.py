"""What becomes of a command whose work goes wrong, and of one that the console has no right to."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from barque.director.access import Acl
from barque.errors import CommandError, PromptDeclinedError

if TYPE_CHECKING:
    from barque.director.session import ConsoleSession

_WORDS: Final = {Acl.CLIENT: "client", Acl.JOB: "job", Acl.POOL: "pool", Acl.STORAGE: "storage"}


def carried_out(session: "ConsoleSession", work: Callable[[], object]) -> bool:
    """Do *work* and say what goes wrong; the command counts as carried out either way.

    In JSON what was said makes the answer an error nevertheless. Raises PromptDeclinedError.
    """
    try:
        work()
    except PromptDeclinedError:
        raise
    except CommandError as error:
        if str(error) and error.plain:
            session.out.plain(f"{error}\n")
        elif str(error):
            session.out.error(f"{error}\n")
    return True


def require_all(session: "ConsoleSession", *kinds: Acl) -> None:
    """Raise CommandError unless the console may use everything of *kinds*."""
    for kind in kinds:
        if not session.rights.unrestricted(kind):
            raise CommandError(f"Permission denied: need full {_WORDS[kind]} permission.")


def not_running(session: "ConsoleSession", job_ids: list[int]) -> list[int]:
    """Return *job_ids* without the jobs that run: they still write what would be deleted."""
    running = {job.job_id for job in session.director.running_jobs()}
    for job_id in job_ids:
        if job_id in running:
            session.out.warning(f"JobId {job_id} is running, its records stay.\n")
    return [job_id for job_id in job_ids if job_id not in running]
