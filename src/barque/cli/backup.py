"""``barque backup``."""

import click

from barque.cli.counting import count_in_background
from barque.cli.following import follow, tell
from barque.cli.options import directory_option
from barque.cli.progress import Expected
from barque.console.client import Console
from barque.errors import CommandError
from barque.local.init import short_host_name
from barque.local.jobs import run_job
from barque.local.path_jobs import ensure_job, known_jobs, path_job
from barque.local.place import place_of
from barque.local.resources import own_folders
from barque.local.session import console_at

LEVELS = ("Full", "Differential", "Incremental")


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--level",
    type=click.Choice(LEVELS, case_sensitive=False),
    help="Default: Incremental, or Full when there is none yet.",
)
@click.option("--job", "job_name", metavar="NAME", help="Run this configured job.")
@click.option("--report", is_flag=True, help="Print the Director's report.")
@directory_option
def backup(
    paths: tuple[str, ...],
    level: str | None,
    job_name: str | None,
    directory: str | None,
    report: bool,
) -> int:
    """Back up PATHs now; without any, run the job that barque init made.

    The first backup of a set of paths is a Full, the following ones save what has changed. The
    FileSet and the Job for the paths are written into the Director's configuration.
    Exit status: 0 all saved, 3 some files could not be read, 1 failed.
    """
    if paths and job_name:
        raise click.UsageError("give either PATHs or --job")
    place = place_of(directory)
    job = path_job(paths) if paths else None
    with console_at(place) as console:
        expected = Expected()
        if job is not None:
            if ensure_job(console, place, job):
                click.echo(f"made the job {job.job} for {', '.join(job.paths)}")
            expected = count_in_background(job.paths, own_folders(place))
        name = job.job if job is not None else job_name or default_job(console)
        job_id = run_job(console, name, level=level or "")
        return tell(console, follow(console, job_id, "backup", expected), "backup", report=report)


def default_job(console: Console) -> str:
    """Return the job that ``barque init`` made; raises CommandError when it is not there."""
    name = f"backup-{short_host_name()}"
    if name not in known_jobs(console):
        raise CommandError(f"there is no job {name}: name a PATH, or a job with --job")
    return name
