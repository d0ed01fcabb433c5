"""Jobs of plugins in whole installations, for tests from end to end."""

from collections.abc import Sequence

from barque.console.client import Console
from barque.local.jobs import Outcome, job_id_in, quote, run_job
from barque.local.place import Place
from barque.local.resources import CLIENT, JOBDEFS
from barque.local.texts import Block, block, quoted
from barque.testing.daemons import finished, said, wait_until


def add_plugin_job(
    place: Place,
    name: str,
    definition: str,
    *,
    accurate: bool = False,
    options: Sequence[str] = (),
    files: Sequence[str] = (),
    job: Sequence[str] = (),
) -> None:
    """Give an installation that does not run yet a FileSet and a Job, both of that name.

    *definition* stands in the FileSet's Include, and *files* do; *options* are lines of its Options
    block, *job* of the Job.
    """
    lines = [f"File = {quoted(name)}" for name in files]
    lines += [f"Plugin = {quoted(definition)}"] if definition else []
    fileset = block(
        "FileSet",
        [
            f"Name = {name}",
            Block("Include", (Block("Options", ["Signature = XXH128", *options]), *lines)),
        ],
    )
    itself = block(
        "Job",
        [
            f"Name = {name}",
            f"JobDefs = {JOBDEFS}",
            f"FileSet = {name}",
            f"Accurate = {'yes' if accurate else 'no'}",
            *job,
        ],
    )
    folder = place.director_resources
    (folder / "fileset" / f"{name}.conf").write_text(fileset)
    (folder / "job" / f"{name}.conf").write_text(itself)


def backed_up(console: Console, name: str, level: str = "") -> Outcome:
    """Run the Job *name* and wait for its end."""
    return finished(console, run_job(console, name, level=level))


def restored(console: Console, fileset: str, place: str) -> Outcome:
    """Restore the newest backup of a FileSet and wait for the end.

    *place* is where to: an argument ``where=`` or ``regexwhere=`` of the command.
    """
    source = f"client={quote(CLIENT)} fileset={quote(fileset)}"
    command = f"restore {source} {place} current select all done yes"
    return finished(console, job_id_in(command, console.call(command)))


def whole_log(console: Console, outcome: Outcome) -> str:
    """Return the log of a job that has ended, its report included, which comes last."""
    found = [""]

    def complete() -> bool:
        found[0] = said(console, outcome)
        return "Termination:" in found[0]

    wait_until(complete)
    return found[0]
