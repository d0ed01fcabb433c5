"""What may be typed next: commands, keywords, and names that the Director knows now."""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from barque.console.client import Console, Json
from barque.console.keywords import MORE_VALUES, TREE_VALUES
from barque.errors import BarqueError

FRESH: Final = 30.0
"""Second; how long names are believed."""

PATIENCE: Final = 3.0
"""Second; a person who types does not wait longer."""

LOCAL: Final = {
    "watch": "follow the running jobs; q ends it",
    "json": "show the answer of a command in JSON",
    "pager": "pager on | pager off: show long answers page by page",
    "@help": "list the commands that begin with @",
}
"""Commands of the console itself."""

_WORD: Final = re.compile(r'(?:^|\s)(?:(?P<key>\w+)=)?(?P<begun>"[^"]*|[^\s"=]*)$')
_ARGUMENT: Final = re.compile(r"([a-z_]+)=(?:<([^>]*)>)?|(?<![\w<|-])([a-z][a-z_]+)(?![\w=>|-])")


class Names:
    """What the Director lists, remembered for a moment."""

    def __init__(self, console: Callable[[], Console]) -> None:
        self._console = console
        self._kept: dict[str, tuple[float, dict[str, Json]]] = {}

    def result(self, command: str) -> dict[str, Json]:
        """Return the result of *command*; nothing when the Director does not answer now."""
        found = self._kept.get(command)
        if found and time.monotonic() - found[0] < FRESH:
            return found[1]
        console = self._console()
        if console.asked:
            return {}
        try:
            result = console.json(command, timeout=PATIENCE)
        except BarqueError:
            result = {}
        self._kept[command] = (time.monotonic(), result)
        return result

    def listed(self, command: str) -> list[str]:
        """Return the names in the answer to *command*."""
        rows = next((rows for rows in self.result(command).values() if isinstance(rows, list)), [])
        found = [row.get("name", row.get("text", "")) for row in rows if isinstance(row, dict)]
        return [str(name) for name in found if name]

    def commands(self) -> dict[str, str]:
        """Return the commands that may be used, with a line about each."""
        return {
            name: str(row.get("description", ""))
            for name, row in self.result(".help").items()
            if isinstance(row, dict) and row.get("permission", True)
        }

    def usage(self, command: str) -> str:
        """Return the usage line of *command*, which may be abbreviated."""
        row = self.result(".help").get(command.lower())
        return str(row.get("arguments", "")) if isinstance(row, dict) else ""


class DirectorCompleter(Completer):
    """Completes a line for the prompt."""

    def __init__(self, names: Names, browse: Callable[[str], list[str]]) -> None:
        self._names = names
        self._browse = browse
        self.in_tree = False
        """Whether files are being selected for a restore."""
        self.asked = False
        """Whether another question is open: then there is nothing to complete."""

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterator[Completion]:
        """See :class:`Completer`."""
        del complete_event
        text = document.text_before_cursor
        found = _WORD.search(text)
        if found is None or (self.asked and not self.in_tree):
            return
        begun = found["begun"]
        before = text[: found.start("begun")].strip()
        for word, about in _ranked(self._candidates(before, found["key"]), begun.lstrip('"')):
            yield Completion(
                _quoted(word, key=found["key"], begun=begun),
                start_position=-len(begun),
                display=word,
                display_meta=about,
            )

    def _candidates(self, before: str, key: str | None) -> Iterable[tuple[str, str]]:
        if self.in_tree:
            words = before.split()
            command = TREE_VALUES.get(words[-1]) if words else ".help"
            return [(name, "") for name in (self._browse(command) if command else [])]
        if key is not None:
            return [(name, "") for name in self._values(before.split(maxsplit=1)[0], key)]
        if not before:
            return [*self._names.commands().items(), *LOCAL.items()]
        return self._arguments(before)

    def _values(self, command: str, key: str) -> list[str]:
        lister = MORE_VALUES.get(f"{key}=")
        if lister:
            return self._names.listed(lister)
        for name, values, _ in _ARGUMENT.findall(self._names.usage(command)):
            if name == key and "|" in values:
                return str(values).split("|")
        return []

    def _arguments(self, before: str) -> Iterator[tuple[str, str]]:
        words = before.split()
        seen = {word.partition("=")[0] for word in words[1:]}
        for key, values, flag in _ARGUMENT.findall(self._names.usage(words[0])):
            name = key or flag
            if name not in seen:
                seen.add(name)
                yield f"{key}=" if key else flag, values


def _ranked(candidates: Iterable[tuple[str, str]], begun: str) -> list[tuple[str, str]]:
    """Return what begins with *begun*, then what contains it."""
    wanted = begun.lower()
    every = [each for each in candidates if wanted in each[0].lower()]
    return sorted(every, key=lambda each: not each[0].lower().startswith(wanted))


def _quoted(word: str, *, key: str | None, begun: str) -> str:
    needed = (" " in word or begun.startswith('"')) and (key is not None or bool(begun))
    return f'"{word}"' if needed else word
