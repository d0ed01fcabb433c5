"""The patterns by which a console names files of a restore.

Source: console commands, section 7.3.
"""

import fnmatch
import re
from functools import lru_cache


def split_pattern(pattern: str) -> list[str]:
    """Return the components of *pattern*; its end never means nothing or any depth."""
    parts = pattern.removesuffix("/").split("/")
    if parts[-1] in {"", "**"} and len(parts) > 1:
        parts[-1] = "*"
    elif parts in (["**"], [""]):
        parts = ["*"]
    return parts


def matches(pattern: str, name: str) -> bool:
    """Tell whether a shell *pattern* means *name*."""
    return _compiled(pattern).fullmatch(name) is not None


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(_translate(pattern), re.DOTALL)
    except re.error:
        return re.compile(re.escape(pattern))


def _translate(pattern: str) -> str:
    r"""Return the regular expression for *pattern*, in which ``\`` makes the next letter plain."""
    pieces: list[str] = []
    plain: list[str] = []
    letters = iter(pattern)
    for letter in letters:
        if letter == "\\":
            pieces.append(fnmatch.translate("".join(plain)))
            plain = []
            pieces.append(re.escape(next(letters, "\\")))
        else:
            plain.append(letter)
    pieces.append(fnmatch.translate("".join(plain)))
    return "".join(_inner(piece) for piece in pieces)


def _inner(translated: str) -> str:
    """Return a translated piece without what makes it a whole expression."""
    return translated.replace("(?s:", "(?:").removesuffix(r"\Z").removesuffix(r"\z")
