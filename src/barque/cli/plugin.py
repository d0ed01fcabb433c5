"""``barque plugin``: a workbench for authors of plugins."""

import json
from collections.abc import Callable
from pathlib import Path

import click

from barque.cli.options import directory_option
from barque.local.place import place_of
from barque.plugins.process import HostSettings
from barque.plugins.traces import trace_folder
from barque.plugins.workbench import Workbench, WorkbenchResult
from barque.plugins.workbench_check import check_plugin
from barque.plugins.workbench_debug import InThisProgram, debug
from barque.plugins.workbench_new import write_skeleton


@click.group()
def plugin() -> None:
    """Write, check and run plugins without a daemon."""


def _pairs(options: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for option in options:
        key, equals, value = option.partition("=")
        if not equals:
            raise click.UsageError(f"--option {option}: write key=value")
        found[key] = value
    return found


option_option = click.option(
    "--option", "options", multiple=True, metavar="KEY=VALUE", help="An option of the plugin."
)
python_option = click.option(
    "--python", default="", metavar="PROGRAM", help="Interpreter of the plugin."
)


@plugin.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@option_option
@click.option("--level", type=click.Choice(["F", "I", "D"]), default="F", help="Default: F.")
@click.option("--since", type=int, default=0, metavar="TIME", help="s since 1970, for I and D.")
@click.option("--to", type=click.Path(path_type=Path), help="Leave what it saves in this folder.")
@click.option("--restore", "source", type=click.Path(exists=True, path_type=Path), metavar="FROM",
              help="Give back what --to left.")  # fmt: skip
@click.option("--where", default="", metavar="DIR", help="Restore to below this folder.")
@python_option
@click.option("--pdb", "debugging", is_flag=True, help="Stop at exceptions; runs in process.")
def run(
    file: Path,
    options: tuple[str, ...],
    level: str,
    since: int,
    to: Path | None,
    source: Path | None,
    where: str,
    python: str,
    debugging: bool,
) -> int:
    """Run the plugin FILE: events, entries, sizes, messages and times.

    Exit status: 0 well, 1 the job would have failed.
    """

    def work(process: Callable[[], InThisProgram] | None) -> WorkbenchResult:
        bench = Workbench(
            file, _pairs(options), level=level, since=since, process=process,
            settings=HostSettings(interpreter=python, timeout=0),
            heard=lambda kind, text: click.echo(f"{kind}: {text}"),
        )  # fmt: skip
        if bench.kind != "fd":
            return bench.observe()
        return bench.backup(to) if source is None else bench.restore(source, where)

    result = debug(work) if debugging else work(None)
    for entry in result.entries:
        click.echo(
            f"{entry.kind:14} {entry.size:>12,} {entry.seconds * 1000:>9.1f} ms  {entry.name}"
        )
    size = sum(entry.size for entry in result.entries)
    click.echo(f"{len(result.entries)} entries, {size:,} bytes, {result.seconds:.2f} s")
    return 0 if result.ok else 1


@plugin.command()
@click.argument("file", type=click.Path(path_type=Path))
@option_option
@python_option
def check(file: Path, options: tuple[str, ...], python: str) -> int:
    """Tell what is wrong with the plugin FILE.

    Exit status: 0 nothing, 1 something.
    """
    findings = check_plugin(file, _pairs(options), python)
    for finding in findings:
        click.echo(f"{finding.verdict}: {finding.text}")
    return int(any(finding.bad for finding in findings))


@plugin.command()
@click.argument("name")
@click.option("--directory", type=click.Path(path_type=Path), default=Path(), help="Where to.")
def new(name: str, directory: Path) -> None:
    """Write a plugin NAME that works, and a test of it."""
    for path in write_skeleton(name, directory):
        click.echo(f"wrote {path}")


@plugin.command()
@click.argument("job_id", type=int)
@directory_option
def trace(job_id: int, directory: str | None) -> int:
    """Show the calls of the plugins of the job JOB_ID: arguments, results and times."""
    folder = trace_folder(place_of(directory).working)
    files = sorted(folder.glob(f"{job_id}-*.jsonl"))
    if not files:
        click.echo(f"there are no calls of plugins of job {job_id} in {folder}", err=True)
        return 1
    for file in files:
        click.echo(f"--- {file.stem}")
        for line in file.read_text("utf-8", "replace").splitlines():
            call = json.loads(line)
            shown = ", ".join(call["arguments"])
            since = call.get("since", 0) * 1000
            click.echo(f"{since:9.1f} ms  {call['call']}({shown}) -> {call['result']}")
    return 0
