"""Access control lists: what a console may see and do.

Source: configuration, section 2.5.
"""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from barque.errors import ConfigError

ALL = "*all*"
"""The entry that allows everything."""

_ENTRY = re.compile(r"[A-Za-z0-9!()\[\]|+?*.:_\-'/]{1,127}")
_NAME = re.compile(r"(?! )[A-Za-z0-9:._/ \-]{1,127}(?<! )")
_EXPRESSION = frozenset(".()[]|^$+?*")


class AclType(StrEnum):
    """What a list is about; the word of the directive before ``Acl``."""

    JOB = "Job"
    CLIENT = "Client"
    STORAGE = "Storage"
    SCHEDULE = "Schedule"
    POOL = "Pool"
    COMMAND = "Command"
    FILESET = "FileSet"
    CATALOG = "Catalog"
    WHERE = "Where"
    PLUGIN_OPTIONS = "PluginOptions"


def check_entry(entry: str) -> str:
    """Return *entry*.  Raises ConfigError when it cannot be one of a list."""
    if not _ENTRY.fullmatch(entry):
        if not entry:
            message = "Empty entry in an access control list."
        elif len(entry) > 127:
            message = "Name too long."
        else:
            illegal = next(char for char in entry if not _ENTRY.fullmatch(char))
            message = f'Illegal character "{illegal}" in acl.'
        raise ConfigError(f"Cannot store Acl: {message}")
    return entry


def is_name(text: str) -> bool:
    """Tell whether *text* may be the name of a resource."""
    return _NAME.fullmatch(text) is not None


def matches(pattern: str, item: str) -> bool:
    """Tell whether an entry, without its ``!``, means *item*; case is ignored."""
    if pattern.lower() == item.lower():
        return True
    if _EXPRESSION.isdisjoint(pattern):
        return False
    try:
        return re.fullmatch(pattern, item, re.IGNORECASE) is not None
    except re.error:
        return False


def allows(acl_type: AclType, lists: Iterable[Sequence[str]], item: str) -> bool:
    """Tell whether *lists*, the console's own before those of its profiles, allow *item*.

    The first entry that matches decides; when none does, *item* is denied.
    """
    free_text = acl_type in {AclType.WHERE, AclType.PLUGIN_OPTIONS}
    if not free_text and not is_name(item):
        return False
    for entries in lists:
        for entry in entries:
            if entry.startswith("!"):
                if matches(entry[1:], item):
                    return False
            elif entry.lower() == ALL or matches(entry, item):
                return True
    return False


def is_unrestricted(lists: Iterable[Sequence[str]]) -> bool:
    """Tell whether everything is allowed: ``*all*`` comes before any entry with ``!``."""
    for entries in lists:
        for entry in entries:
            if entry.startswith("!"):
                return False
            if entry.lower() == ALL:
                return True
    return False
