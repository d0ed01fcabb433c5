"""Takes the examples out of a page of the manual, so that a test can run them."""

import re
from pathlib import Path
from typing import Final

MANUAL: Final = Path(__file__).parents[3] / "docs"
"""The pages of this checkout."""

_EXAMPLE: Final = re.compile(r"<!-- test: ([^>]+) -->\n```\w*\n(.*?)```", re.DOTALL)
_BLOCK: Final = re.compile(r"^(\s*)```", re.MULTILINE)


def examples(page: str) -> dict[str, str]:
    """Return the marked blocks of a page, ``how-to/write-a-plugin.md``, by what they are called.

    Raises ValueError when the page has a block that is not marked: nobody would run it.
    """
    text = (MANUAL / page).read_text("utf-8")
    found = dict(_EXAMPLE.findall(text))
    if len(_BLOCK.findall(text)) != 2 * len(found):
        raise ValueError(f"{page} has a block of code without a mark for its test")
    return found


def replaced(text: str, *pairs: tuple[str, object]) -> str:
    """Return an example with the names that it gives replaced by those of a test.

    Raises ValueError when the example does not have one of them.
    """
    for old, new in pairs:
        if old not in text:
            raise ValueError(f"the example does not say {old}")
        text = text.replace(old, str(new))
    return text
