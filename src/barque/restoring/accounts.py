"""Names of users and groups of this system, remembered."""

import grp
import pwd
from functools import lru_cache


@lru_cache(maxsize=4096)
def name_of(kind: str, number: int) -> str | None:
    """Return the name of a ``user`` or ``group``; None when this system has none."""
    try:
        if kind == "user":
            return pwd.getpwuid(number).pw_name
        return grp.getgrgid(number).gr_name
    except (KeyError, OverflowError):
        return None


@lru_cache(maxsize=4096)
def number_of(kind: str, name: str) -> int | None:
    """Return the number of a ``user`` or ``group``; None when this system has none."""
    try:
        if kind == "user":
            return pwd.getpwnam(name).pw_uid
        return grp.getgrnam(name).gr_gid
    except (KeyError, ValueError):
        return None
