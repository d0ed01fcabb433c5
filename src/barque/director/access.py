"""Who may do what on a console: the access lists of consoles, users and profiles.

Source: console protocol, section 3.5.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from barque.director.parsing import is_name


class Acl(StrEnum):
    """What an access list is about; the value is the directive's attribute."""

    JOB = "job_acl"
    CLIENT = "client_acl"
    STORAGE = "storage_acl"
    SCHEDULE = "schedule_acl"
    POOL = "pool_acl"
    COMMAND = "command_acl"
    FILESET = "fileset_acl"
    CATALOG = "catalog_acl"
    WHERE = "where_acl"
    PLUGIN_OPTIONS = "plugin_options_acl"


_FREE_TEXT = frozenset({Acl.WHERE, Acl.PLUGIN_OPTIONS})
_REGEX_LETTERS = frozenset(".()[]|^$+?*")


class AccessRights:
    """The rights of one console session."""

    def __init__(self, lists: Mapping[Acl, Iterable[str]] | None) -> None:
        self._lists = None if lists is None else {kind: tuple(lists.get(kind, ())) for kind in Acl}

    def allows(self, kind: Acl, item: str) -> bool:
        """Tell whether *item* may be used: the first entry that matches decides."""
        if kind not in _FREE_TEXT and not is_name(item):
            return False
        if self._lists is None:
            return True
        for entry in self._lists[kind]:
            denied = entry.startswith("!")
            if _matches(entry[1:] if denied else entry, item):
                return not denied
        return False

    def unrestricted(self, kind: Acl) -> bool:
        """Tell whether everything of *kind* is allowed without looking at single items."""
        if self._lists is None:
            return True
        for entry in self._lists[kind]:
            if entry.startswith("!"):
                return False
            if entry.lower() == "*all*":
                return True
        return False


EVERYTHING = AccessRights(None)
"""Rights of the console without a name."""


def _matches(entry: str, item: str) -> bool:
    """Tell whether an *entry*, its ``!`` removed, means *item*."""
    if entry.lower() in {"*all*", item.lower()}:
        return True
    if _REGEX_LETTERS.isdisjoint(entry):
        return False
    try:
        return re.fullmatch(entry, item, re.IGNORECASE) is not None
    except re.error:
        return False
