"""What counts of an answer whose catalog is another one: layout, wording, names, types, order.

Numbers and times become `#`, inside texts and alone, so that a number stays another thing than a
text of digits; widths of columns stay.
"""

import re
from typing import Final

_PLUGIN: Final = re.compile(
    r"^( Plugin     : )python3-dir.*\n( Description: ).*\n( Version    : ).*\n( Author     : ).*\n"
    r"( License    : ).*\n( Usage      : )(?:.*\n)+?"
    r"(?:  Additional parameters are plugin specific\.\n\n\n|  +modules are looked for in .*\n)",
    re.MULTILINE,
)
"""What the Director's plugin says of itself: its words are its own."""

_REPLACED: Final = (
    (_PLUGIN, r"\1~\n\2~\n\3~\n\4~\n\5~\n\6~\n"),
    (re.compile(r"/srv/bareos-bin/lib/bareos/scripts"), "/usr/lib/bareos/scripts"),
    (re.compile(r"^You have messages\.\n", re.MULTILINE), ""),
    (re.compile(r"cats/\w+\.cc:\d+ "), ""),
    (re.compile(r"\{SHA256\}[0-9a-f]+"), "{SHA256}"),
    (re.compile(r"db:\w+"), "db:"),
    (re.compile(r"\d{4}-\d\d-\d\d[ _]\d\d[:.]\d\d[:.]\d\d(?:_\d\d)?"), "#"),
    (re.compile(r"\d+(?:[-.,:]\d+)*"), "#"),
)
"""What is of that run: plugin, waiting messages, places in its source, sums, engine, numbers."""


def shape(text: str) -> str:
    """Return what has to agree of *text*."""
    for pattern, replacement in _REPLACED:
        text = pattern.sub(replacement, text)
    return text.rstrip("\n")
