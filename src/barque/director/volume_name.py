"""What a Volume may be called.

Source: console commands, section 6.7.
"""

from typing import Final

_LONGEST: Final = 127
_PUNCTUATION: Final = frozenset(":.-_/")


def volume_name_fault(name: str) -> str | None:
    """Return what is wrong with *name*, None when nothing is.

    Letters, digits and ``:.-_/``, 1 to 127 of them; it is the name of a file below the archive
    directory, so it may not lead out of there.
    """
    if name.startswith("/"):
        return 'Volume name can not start with "/".'
    for letter in name:
        if not (letter.isascii() and letter.isalnum()) and letter not in _PUNCTUATION:
            return f'Illegal character "{letter}" in a volume name.'
    if len(name) > _LONGEST:
        return "Volume name too long."
    if not name:
        return "Volume name must be at least one character long."
    if {".", ".."} & set(name.split("/")):
        return 'Volume name can not contain "." or ".." as a directory.'
    return None
