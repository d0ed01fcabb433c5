"""Characters of a configuration to tokens, with their places, across includes.

Knows quoting, joined strings, comments, blanks inside identifiers and ``@`` includes. Does not
know what a directive is. Reads no file: the caller hands in a function that returns the sources
that an include names.

Source: configuration, section 1 (lexer).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, Flag, auto

from barque.errors import ConfigError

type Reader = Callable[[str], Sequence["Source"]]
"""Returns the sources of an include: a path, a glob, or ``|command``; in the order of the glob.

Raises ConfigError when a path without wildcards cannot be read, or the command fails.
"""

MAXIMUM_DEPTH = 50
"""Includes within includes; more is a file that includes itself."""

_BLANKS = re.compile(r"[ \t\r\f\v]+")
_NUMBER = re.compile(r"[0-9]+(?=[\s,;]|\Z)")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z \t\r\f\v]*")
_STRING = re.compile(r'[^\s={};,#"]*')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED_QUOTES = re.compile(r'\\"([^"\\\n]*)\\"')
_CONTINUED = re.compile(r'[ \t]*\n?[ \t]*(?=")')
_INCLUDE = re.compile(r'@(?:"((?:[^"\\]|\\.)*)"|([^\s}{;,"#]*))')
_COMMENT = re.compile(r"#[^\n]*")
_PUNCTUATION = "={},;"


class Kind(Enum):
    """What a token is."""

    EOF = "end of file"
    EOL = "end of line"
    NUMBER = "number"
    IDENTIFIER = "identifier"
    STRING = "unquoted string"
    QUOTED = "quoted string"
    EQUALS = "="
    COMMA = ","
    BEGIN = "{"
    END = "}"


TEXTS = frozenset({Kind.IDENTIFIER, Kind.STRING, Kind.QUOTED})
"""Tokens that are accepted as a string or a name."""

WORDS = frozenset({Kind.NUMBER, Kind.IDENTIFIER, Kind.STRING})
"""Tokens that are accepted as a part of a time, a size or a speed."""

_KINDS = {"=": Kind.EQUALS, "{": Kind.BEGIN, "}": Kind.END, ",": Kind.COMMA, ";": Kind.EOL}


class Mode(Flag):
    """How the next token is read."""

    NORMAL = 0
    NO_IDENTIFIER = auto()
    """Letters begin an unquoted string, so that a blank ends it."""
    FORCE_STRING = auto()
    """Letters and digits begin an unquoted string."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a configuration."""

    path: str
    line: int
    """1-based."""
    column: int
    """Characters of the line that were read, the thing itself included."""
    text: str
    """The whole line."""
    begin: int
    """Line on which the thing begins; smaller than *line* for a string over several lines."""

    def error(self, message: str, hint: str = "") -> ConfigError:
        """Return the error *message* at this place."""
        return ConfigError(
            message,
            path=self.path,
            line=self.line,
            column=self.column,
            text=self.text,
            hint=hint,
            begin=self.begin,
        )


@dataclass(frozen=True, slots=True)
class Token:
    """One token; *text* is without quotes and escapes."""

    kind: Kind
    text: str
    place: Place
    after: str = "\n"
    """The character that follows, a line feed at the end."""


class Source:
    """The text of one file or of the output of one command, and how far it is read."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
        if not self.text.endswith("\n"):
            self.text += "\n"
        self.position = 0
        self._line = 1
        self._line_start = 0

    def place(self, begin: int) -> Place:
        """Return the place of what was read from character *begin* on."""
        begin_line = self._advance(begin)
        line = self._advance(self.position)
        end = self.text.find("\n", self._line_start)
        text = self.text[self._line_start : end if end >= 0 else None]
        column = self.position - self._line_start
        return Place(self.path, line, column, text, begin_line)

    def _advance(self, position: int) -> int:
        """Count the lines up to *position*; one that ends there is still the line."""
        while (end := self.text.find("\n", self._line_start, position)) >= 0:
            self._line_start = end + 1
            self._line += 1
        return self._line


class Lexer:
    """Tokens of a stack of sources, the innermost include on top."""

    def __init__(self, sources: Sequence[Source], reader: Reader) -> None:
        self._stack = list(sources)
        self._reader = reader
        self._pushed: list[Token] = []
        self.depth = 0
        """Blocks that are open."""
        self.place = Place("", 0, 0, "", 0)
        """Where the last token ends."""
        self.broken = False
        """True behind an open quote or a missing include: there are no more tokens."""

    def push_back(self, token: Token) -> None:
        """Give *token* back: it is the next one again; of several the last one comes first."""
        self._pushed.append(token)
        self.depth -= {Kind.BEGIN: 1, Kind.END: -1}.get(token.kind, 0)

    def next(self, mode: Mode = Mode.NORMAL) -> Token:
        """Return the next token, the end of a line included.

        Raises ConfigError for a quote that is never closed and an include that cannot be read.
        """
        if self._pushed:
            token = self._pushed.pop()
        else:
            self.broken = True
            token = self._scan(mode)
            self.broken = False
        self.depth += {Kind.BEGIN: 1, Kind.END: -1}.get(token.kind, 0)
        self.place = token.place
        return token

    def next_in_block(self) -> Token:
        """Return the next token that is not the end of a line."""
        while (token := self.next()).kind is Kind.EOL:
            pass
        return token

    def _scan(self, mode: Mode) -> Token:
        while self._stack:
            source = self._stack[-1]
            if blanks := _BLANKS.match(source.text, source.position):
                source.position = blanks.end()
            if source.position >= len(source.text):
                self.place = source.place(source.position)
                if len(self._stack) == 1:
                    break
                self._stack.pop()
            elif comment := _COMMENT.match(source.text, source.position):
                source.position = comment.end()
            elif source.text[source.position] == "@":
                self._include(source)
            else:
                return self._token(source, mode)
        return Token(Kind.EOF, "", self.place)

    def _include(self, source: Source) -> None:
        """Put the sources that an include names on top; the last of a glob is read first."""
        match = _INCLUDE.match(source.text, source.position)
        if match is None:
            raise source.place(source.position).error("an include names no file")
        begin, source.position = source.position, match.end()
        place = source.place(begin)
        quoted, plain = match.groups()
        name = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else plain
        if len(self._stack) >= MAXIMUM_DEPTH:
            raise place.error(
                f"Cannot open included config file {name}: too many levels of includes"
            )
        try:
            sources = self._reader(name)
        except ConfigError as error:
            raise place.error(error.message, error.hint) from error
        self._stack.extend(sources)

    def _token(self, source: Source, mode: Mode) -> Token:
        begin = source.position
        char = source.text[begin]
        if char == "\n":
            source.position += 1
            return Token(Kind.EOL, "", self._line_place(source, begin))
        if char in _PUNCTUATION:
            source.position += 1
            kind, text = _KINDS[char], char
        elif char == '"':
            kind, text = Kind.QUOTED, self._quoted(source)
        elif shown := _ESCAPED_QUOTES.match(source.text, begin):
            source.position = shown.end()
            kind, text = Kind.QUOTED, shown[1]
        else:
            kind, text = self._unquoted(source, mode)
        after = source.text[source.position : source.position + 1] or "\n"
        return Token(kind, text, source.place(begin), after)

    @staticmethod
    def _line_place(source: Source, begin: int) -> Place:
        """The end of a line belongs to the line that it ends."""
        source.position = begin
        place = source.place(begin)
        source.position = begin + 1
        return place

    @staticmethod
    def _quoted(source: Source) -> str:
        """Read a quoted string, and those that follow it on the same or the next line."""
        begin = source.position
        text = ""
        while match := _QUOTED.match(source.text, source.position):
            text += re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL)
            source.position = match.end()
            joined = _CONTINUED.match(source.text, source.position)
            if joined is None:
                return text
            source.position = joined.end()
        raise source.place(begin).error(
            "get_char: called after EOF. You may have a open double quote without the closing "
            "double quote.",
            f"the quote is opened on line {source.place(begin).begin}",
        )

    @staticmethod
    def _unquoted(source: Source, mode: Mode) -> tuple[Kind, str]:
        start = source.position
        strings = mode is not Mode.NORMAL
        number = None if Mode.FORCE_STRING in mode else _NUMBER.match(source.text, start)
        if number:
            source.position = number.end()
            return Kind.NUMBER, number[0]
        identifier = None if strings else _IDENTIFIER.match(source.text, start)
        head = ""
        if identifier:
            head = re.sub(r"\s", "", identifier[0])
            source.position = start = identifier.end()
            if source.text[start] in '\n={};,"#':
                return Kind.IDENTIFIER, head
            source.position += 1
        match = _STRING.match(source.text, source.position)
        source.position = max(match.end() if match else 0, start + 1)
        return Kind.STRING, head + source.text[start : source.position]
