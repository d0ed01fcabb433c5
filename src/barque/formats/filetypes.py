"""What kind of thing an attribute record describes.

Source: file attributes, section 3.
"""

from enum import IntEnum

TYPE_MASK = 0xFFFF
"""Bits of the type field that hold the file type; higher bits are flags of plugin files."""


class FileType(IntEnum):
    """Type number of an attribute record, with the number as it travels."""

    LNKSAVED = 1
    """A further name of a hard-linked file that is saved under its first name."""
    REGE = 2
    """An empty regular file that everybody may read."""
    REG = 3
    """A regular file."""
    LNK = 4
    """A symbolic link."""
    DIREND = 5
    """A directory, after what it contains."""
    SPEC = 6
    """A device or a FIFO, not read."""
    NOACCESS = 7
    """Not accessible; never saved."""
    NOFOLLOW = 8
    """A link that could not be followed; never saved."""
    NOSTAT = 9
    """No status to be had; never saved."""
    NOCHG = 10
    """Unchanged; never saved."""
    DIRNOCHG = 11
    """An unchanged directory; never saved."""
    ISARCH = 12
    """The archive itself; never saved."""
    NORECURSE = 13
    """A directory that is not descended into; saved as DIREND."""
    NOFSCHG = 14
    """A directory on another file system; saved as DIREND."""
    NOOPEN = 15
    """A directory that cannot be opened; never saved."""
    RAW = 16
    """A block device, read raw."""
    FIFO = 17
    """A FIFO whose data was read."""
    DIRBEGIN = 18
    """A directory before what it contains; never saved."""
    INVALIDFS = 19
    """A directory on an excluded file system; saved as DIREND."""
    INVALIDDT = 20
    """A directory on an excluded kind of drive."""
    REPARSE = 21
    """A reparse point of Windows."""
    PLUGIN = 22
    """A file that a plugin describes."""
    DELETED = 23
    """In the accurate list but gone."""
    BASE = 24
    """The same as in the base job."""
    RESTORE_FIRST = 25
    """An object of a plugin, to be restored before everything else."""
    JUNCTION = 26
    """A junction of Windows."""
    PLUGIN_CONFIG = 27
    """Configuration of a plugin."""
    PLUGIN_CONFIG_FILLED = 28
    """Configuration of a plugin, filled in."""


DIRECTORIES = frozenset(
    {
        FileType.DIREND,
        FileType.NORECURSE,
        FileType.NOFSCHG,
        FileType.INVALIDFS,
        FileType.INVALIDDT,
        FileType.REPARSE,
        FileType.JUNCTION,
    }
)
"""Types whose names end in a slash."""

NOT_ON_DISK = frozenset(
    {
        FileType.DELETED,
        FileType.BASE,
        FileType.RESTORE_FIRST,
        FileType.PLUGIN_CONFIG,
        FileType.PLUGIN_CONFIG_FILLED,
    }
)
"""Types that a restore writes no file for."""
