"""A console at the Director of an installation."""

from barque.config.load import load_console
from barque.console.choice import choices_of
from barque.console.client import Console
from barque.errors import BarqueError, ConnectionLostError
from barque.local.place import Place


class NotRunningError(BarqueError):
    """There is no Director to talk to."""


def console_at(place: Place) -> Console:
    """Return a session with all rights at the Director of *place*.

    Raises NotRunningError, with the way out, when there is no installation or no daemon runs.
    """
    if not place.exists:
        raise NotRunningError(
            f"there is no installation in {place.root}: make one with barque init"
        )
    account = choices_of(load_console(place.console))[0].account
    try:
        return Console.connect(account)
    except ConnectionLostError:
        raise NotRunningError(
            f"no Director answers at {account.address}: start the daemons with barque up"
        ) from None
