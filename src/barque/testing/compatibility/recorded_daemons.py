"""Daemons that say again what they said when a dialogue was recorded."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

_DIRECTOR_SAYS: Final = re.compile(
    r"Sending |Catalog record|Device |No |Failed |You have|Requesting "
)
"""Lines behind those of a daemon."""


class RecordedDaemons(dict[str, list[str]]):
    """What daemons answered when a dialogue was recorded, in order, whatever they are asked."""

    def __init__(
        self, answers: Iterable[Iterable[str]], *, programs: bool, relayed: bool = False
    ) -> None:
        """Take the texts that the Director sent, answer by answer.

        *programs*: they were for programs, which are not sent what daemons say. *relayed*: the
        Director said nothing itself behind what a daemon said.
        """
        super().__init__()
        self._programs, self._relayed = programs, relayed
        self._answers = [said for texts in answers for said in self._read(texts)]

    def _read(self, texts: Iterable[str]) -> Iterator[list[str] | None]:
        answer: list[str] | None = None
        for text in texts:
            if text.startswith("Connecting to "):
                if answer is not None:
                    yield answer
                answer = []
            elif answer is not None and text.startswith("Failed to connect"):
                yield None
                answer = None
            elif answer is not None and (self._relayed or not _DIRECTOR_SAYS.match(text)):
                answer.append(text)
        if answer is not None:
            yield answer

    def __contains__(self, key: object) -> bool:
        if self._programs:
            return True
        if self._answers and self._answers[0] is None:
            self._answers.pop(0)
            return False
        return bool(self._answers)

    def __getitem__(self, key: str) -> list[str]:
        if self._programs:
            return ["3906 File device is always mounted.\n"] if " mount " in key else []
        if " drives " in key:
            return self._answers.pop(0) or ["drives=1\n"]
        if " label " in key and self._answers and self._answers[0]:
            return [self._answers[0].pop(0)]
        return self._answers.pop(0) or []
