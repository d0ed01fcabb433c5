"""Writes files from streams: attribute records and data in, a file tree out.

The File Daemon restores with it, and the extraction tool of the Storage Daemon.
"""

from barque.restoring.destination import Destination, Replace
from barque.restoring.listing import show_listing
from barque.restoring.observer import Observer, RestoredFile, Severity, Totals
from barque.restoring.restorer import Restorer

__all__ = [
    "Destination",
    "Observer",
    "Replace",
    "RestoredFile",
    "Restorer",
    "Severity",
    "Totals",
    "show_listing",
]
