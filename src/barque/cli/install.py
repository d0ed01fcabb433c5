"""``barque init`` and ``barque up``."""

import signal
import sys
import threading

import click

from barque.local.daemons import daemons_of
from barque.local.init import initialise
from barque.local.lock import hold
from barque.local.place import PORT_BASE, place_of
from barque.local.session import NotRunningError
from barque.local.supervisor import Supervisor


@click.command()
@click.argument("directory", metavar="[DIR]", required=False)
@click.option(
    "--port-base",
    type=click.IntRange(1, 65533),
    default=PORT_BASE,
    show_default=True,
    help="Port of the Director; the File Daemon and the Storage Daemon get the next two.",
)
def init(directory: str | None, port_base: int) -> None:
    """Make a configuration for this machine, in DIR.

    Never overwrites anything. Without DIR: $BARQUE_DIR, else /var/lib/barque for root, and
    ~/.local/share/barque for everybody else.
    """
    place = place_of(directory)
    made = initialise(place, port_base=port_base)
    if not made.created:
        click.echo(f"{place.root} holds an installation already: nothing was changed")
        return
    click.echo(f"made {len(made.created)} files in {place.root}")
    for name in sorted({path.relative_to(place.root).parts[0] for path in made.created}):
        click.echo(f"  {name}")
    shown = "" if directory is None else f" {directory}"
    click.echo(f"start the daemons with: barque up{shown}")


@click.command()
@click.argument("directory", metavar="[DIR]", required=False)
def up(directory: str | None) -> int:
    """Run the daemons of the installation in DIR until Ctrl-C."""
    place = place_of(directory)
    if not place.exists:
        raise NotRunningError(
            f"there is no installation in {place.root}: make one with barque init"
        )
    with hold(place.lock):
        supervisor = Supervisor(daemons_of(place), Log().say)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda _number, _frame: supervisor.stop())
        supervisor.start()
        ports = ", ".join(
            f"{daemon.title} {daemon.address}:{daemon.port}" for daemon in supervisor.daemons
        )
        click.echo(f"ready: {ports}")
        supervisor.run()
    click.echo("all daemons have ended")
    return 0


class Log:
    """Standard output, shared by the threads that read the daemons."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def say(self, who: str, line: str) -> None:
        """Write one line with its prefix."""
        with self._lock:
            sys.stdout.write(f"{who:<3} | {line}\n")
            sys.stdout.flush()
