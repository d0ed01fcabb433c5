"""Options that several commands share."""

from collections.abc import Callable
from typing import Final

import click

from barque.local.place import DIRECTORY_VARIABLE

EXIT_WARNINGS: Final = 3
"""The job ended, but not everything was saved or restored."""


def directory_option[F: Callable[..., object]](function: F) -> F:
    """Add ``--dir``."""
    option = click.option(
        "--dir",
        "directory",
        metavar="DIR",
        help=f"The installation; default ${DIRECTORY_VARIABLE}, or barque in the data folder.",
    )
    return option(function)
