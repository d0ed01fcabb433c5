"""What a directive's value is made of: names, strings, numbers, keywords, blocks.

One step above the lexer: it says what is expected and makes the error when something else comes.

Source: configuration, sections 1.1, 1.2 and 2.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from barque.config.lexer import TEXTS, WORDS, Kind, Lexer, Mode, Reader, Source, Token
from barque.errors import ConfigError

MAXIMUM_NAME = 127
"""Bytes of a resource's name, and of everything that is read as a name."""


class Scanner(Lexer):
    """Reads values; every method raises ConfigError with the place of what it does not expect."""

    def __init__(
        self,
        sources: Sequence[Source],
        reader: Reader,
        warnings: list[str],
        expand: Callable[[str], str],
    ) -> None:
        super().__init__(sources, reader)
        self.warnings = warnings
        """What is allowed and should be changed; filled while reading."""
        self.expand = expand
        """Does with a path what a shell would: the home directory, variables."""

    def fail(self, message: str, hint: str = "") -> ConfigError:
        """Return the error *message* at the last token."""
        return self.place.error(message, hint)

    def expect(self, kind: Kind, message: str) -> Token:
        """Return the next token, ends of lines skipped, which must be a *kind*."""
        token = self.next_in_block()
        if token.kind is not kind:
            raise self.fail(f"{message}, got: {_shown(token)}")
        return token

    def string(self, mode: Mode = Mode.NORMAL) -> Token:
        """Read one string, quoted or not."""
        token = self.next(mode)
        if token.kind not in TEXTS:
            raise self.fail(f"expected a string, got: {_shown(token)}")
        return token

    def name(self, mode: Mode = Mode.NORMAL) -> Token:
        """Read one string of at most 127 bytes."""
        token = self.next(mode)
        if token.kind not in TEXTS:
            raise self.fail(f"expected a name, got: {_shown(token)}")
        length = len(token.text.encode("utf-8", "surrogateescape"))
        if length > MAXIMUM_NAME:
            raise self.fail(f"name {token.text} length {length} too long, max is {MAXIMUM_NAME}")
        return token

    def positive(self, limit: int, mode: Mode = Mode.NORMAL) -> int:
        """Read an integer from 0 to *limit*, quoted or not."""
        token = self.next(mode)
        if not (token.text.isascii() and token.text.isdigit() and len(token.text) <= 20):
            raise self.fail(f"expected a positive integer number, got: {_shown(token)}")
        return self._limited(int(token.text), 0, limit)

    def integer(self, lowest: int, limit: int) -> int:
        """Read an integer, a sign before it allowed."""
        token = self.next()
        digits = token.text.removeprefix("-").removeprefix("+")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 20):
            raise self.fail(f"expected an integer number, got: {_shown(token)}")
        return self._limited(int(token.text), lowest, limit)

    def _limited(self, number: int, lowest: int, limit: int) -> int:
        if not lowest <= number <= limit:
            raise self.fail(f"number out of range ({lowest}-{limit}): {number}")
        return number

    def boolean(self, mode: Mode = Mode.NORMAL) -> bool:
        """Read yes or no; the old true, 1, false and 0 with a warning."""
        token = self.next(mode)
        word = token.text.lower()
        if token.kind in TEXTS | {Kind.NUMBER}:
            if word in {"true", "1", "false", "0"}:
                answer = word in {"true", "1"}
                self.warn(
                    f"using {token.text} as a boolean is deprecated, "
                    f"use {'yes' if answer else 'no'} instead"
                )
                return answer
            if word in {"yes", "no"}:
                return word == "yes"
        raise self.fail(f"Expect YES or NO, got: {_shown(token)}")

    def words(self, what: str) -> str:
        """Read numbers and units up to the end of the line, as one text without blanks."""
        token = self.next_in_block()
        if token.kind not in WORDS:
            raise self.fail(f"expected a {what}, got: {_shown(token)}")
        text = token.text
        while token.after in " \t":
            token = self.next()
            if token.kind not in WORDS:
                self.push_back(token)
                break
            text += token.text
        return text

    def items(self) -> Iterator[Token]:
        """Read strings that commas separate; ends behind the last one."""
        while True:
            yield self.string()
            token = self.next()
            if token.kind is not Kind.COMMA:
                self.push_back(token)
                return

    def finish(self) -> None:
        """Skip what is left of the line; a closing brace is not part of it."""
        while (token := self.next()).kind not in {Kind.EOL, Kind.EOF}:
            if token.kind is Kind.END:
                self.push_back(token)
                return

    def warn(self, message: str) -> None:
        """Collect a warning about the last token, once."""
        place = self.place
        text = (
            f"{message};\nSee line {place.line}, col {place.column} of file {place.path}\n"
            f"{place.text}"
        )
        if text not in self.warnings:
            self.warnings.append(text)

    def note(self, message: str, end: str = "") -> None:
        """Collect a warning that holds its place, once."""
        text = f"{message} on line {self.place.line} of file {self.place.path}{end}"
        if text not in self.warnings:
            self.warnings.append(text)


def keyword[T](scan: Scanner, word: str, table: Iterable[tuple[str, T]], message: str) -> T:
    """Return the value of *word* in *table*, case ignored; fail with *message* without one."""
    choices = dict(table)
    for name, value in choices.items():
        if name.lower() == word.lower():
            return value
    known = ", ".join(name for name in choices if name.strip())
    raise scan.fail(message, f"use one of {known}")


def _shown(token: Token) -> str:
    return token.text or token.kind.value
