"""What a console typed: words, keywords, values, numbers, names.

Source: console protocol, section 3.3.
"""

import re
from dataclasses import dataclass
from typing import Self

MAX_WORDS = 30
"""Words of a line that count; the rest is ignored."""

_BLANKS = " \t\n\r\v\f"
_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_LEADING_INTEGER = re.compile(r"\s*([+-]?\d+)")
_ID_LIST = re.compile(r"\d+(?:,\d+)*")
_NAME = re.compile(r"[A-Za-z0-9:._/-](?:[A-Za-z0-9:._/ -]{0,125}[A-Za-z0-9:._/-])?")
_BOOLEANS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_I64 = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a line, split at its first equals sign."""

    keyword: str
    """As typed; compared without regard to case."""
    value: str | None
    """None without an equals sign; empty for ``key=``."""


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A parsed line."""

    text: str
    """The line as it came, without trailing blanks and line ends."""
    words: tuple[Word, ...]
    """At most :data:`MAX_WORDS`; the first names the command."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the line in *text*; nothing that was typed is an error."""
        words = []
        for token in split_words(text):
            keyword, equals, value = token.partition("=")
            words.append(Word(keyword, value if equals else None))
        return cls(text.rstrip(" \r\n"), tuple(words))

    @property
    def name(self) -> str:
        """The command as typed; empty when nothing was."""
        return self.words[0].keyword if self.words else ""

    @property
    def arguments(self) -> tuple[Word, ...]:
        """What follows the command."""
        return self.words[1:]

    def find(self, keyword: str) -> Word | None:
        """Return the first argument with *keyword*."""
        return next((w for w in self.arguments if w.keyword.lower() == keyword), None)

    def first(self, *keywords: str) -> str | None:
        """Return which of *keywords* the line names first."""
        typed = (word.keyword.lower() for word in self.arguments)
        return next((keyword for keyword in typed if keyword in keywords), None)

    def has(self, *keywords: str) -> bool:
        """Tell whether one of *keywords* is there, with or without a value."""
        return any(word.keyword.lower() in keywords for word in self.arguments)

    def value(self, keyword: str) -> str | None:
        """Return the value of *keyword*; only its first occurrence counts."""
        word = self.find(keyword)
        return word.value if word else None

    def values(self, *keywords: str) -> list[str]:
        """Return every value given for one of *keywords*, in order."""
        return [
            word.value
            for word in self.arguments
            if word.keyword.lower() in keywords and word.value is not None
        ]

    @property
    def yes(self) -> bool:
        """Tell whether the line confirms in advance."""
        return self.has("yes")


def split_words(text: str) -> list[str]:
    r"""Return the words of *text*, at most :data:`MAX_WORDS`.

    Double quotes group and vanish; ``\x`` is x. A word that is empty after that ends the line.
    """
    text = text.rstrip(" \r\n")
    words: list[str] = []
    position = 0
    while len(words) < MAX_WORDS:
        word, position = _next_word(text, position)
        if not word:
            break
        words.append(word)
    return words


def _next_word(text: str, position: int) -> tuple[str, int]:
    """Return the word at *position* and where to go on."""
    length = len(text)
    while position < length and text[position] in _BLANKS:
        position += 1
    letters: list[str] = []
    quoted = False
    while position < length:
        letter = text[position]
        position += 1
        if letter == "\\":
            letters.append(text[position : position + 1])
            position += 1
        elif letter == '"':
            quoted = not quoted
        elif letter in _BLANKS and not quoted:
            break
        else:
            letters.append(letter)
    return "".join(letters), position


def is_number(text: str) -> bool:
    """Tell whether *text* is a number, sign, decimals and exponent allowed."""
    return _NUMBER.fullmatch(text) is not None


def is_integer(text: str) -> bool:
    """Tell whether *text* is nothing but ASCII digits."""
    return text.isascii() and text.isdigit()


def leading_integer(text: str) -> int:
    """Return the integer that *text* begins with, 0 without one; saturates at 64 bit."""
    match = _LEADING_INTEGER.match(text[:64])
    return max(-_I64 - 1, min(int(match[1]), _I64)) if match else 0


def parse_id_list(text: str | None) -> list[int] | None:
    """Return the ids of ``1,2,3``; None when *text* is no such list."""
    if text is None or not _ID_LIST.fullmatch(text):
        return None
    return [min(int(part[:20]), _I64) for part in text.split(",")]


def parse_boolean(text: str | None) -> bool | None:
    """Return yes or no as typed, None for anything else."""
    return _BOOLEANS.get(text.lower()) if text is not None else None


def is_name(text: str) -> bool:
    """Tell whether *text* may name a resource.

    That is 1 to 127 letters, digits, ``:.-_/`` and inner blanks.
    """
    return text.isascii() and _NAME.fullmatch(text) is not None


def comment_fault(text: str) -> str | None:
    """Return what is wrong with *text* as a comment, None when nothing is."""
    for letter in text:
        if letter in "'<>&\\\"":
            return f'Illegal character "{letter}" in a comment.\n'
    if len(text) > 127:
        return "Comment too long.\n"
    return None if text else "Comment must be at least one character long.\n"
