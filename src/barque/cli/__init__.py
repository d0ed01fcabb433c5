"""The ``barque`` command: what people do every day, and the daemons by name."""

from barque.cli.app import main

__all__ = ["main"]
