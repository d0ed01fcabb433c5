"""Quotes around a text that is parsed again.

Source: configuration, sections 1.1 and 10.
"""

import re


def quoted(text: str) -> str:
    """Return *text* in quotes, backslashes and quotes in it escaped."""
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


def quoted_everything(text: str) -> str:
    """Return *text* in quotes, escaped as commands and files are."""
    return f'"{escaped_everything(text)}"'


def escaped_everything(text: str) -> str:
    """Return *text* as it stands between quotes: parentheses and angles are escaped, too."""
    return re.sub(r'(["\\()<>])', r"\\\1", text)
