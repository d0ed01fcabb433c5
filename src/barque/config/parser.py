"""Tokens to resources: the first pass, which does not look names up.

After a mistake it goes on behind it, so that one run finds as many mistakes as possible.

Source: configuration, sections 1.4 and 1.5.
"""

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from barque.config.directive import Directive, Resource
from barque.config.lexer import Kind, Place, Reader, Source, Token
from barque.config.scanner import Scanner
from barque.errors import ConfigError

MAXIMUM_ERRORS = 100
"""Mistakes after which parsing ends."""


@dataclass(slots=True)
class Parsed:
    """What one configuration holds."""

    resources: list[Resource] = field(default_factory=list)
    """In the order in which they end."""
    warnings: list[str] = field(default_factory=list)
    """What is allowed and should be changed."""
    errors: list[ConfigError] = field(default_factory=list)
    """Mistakes, in the order in which they stand."""


def parse(
    sources: Sequence[Source],
    reader: Reader,
    kinds: Sequence[type[Resource]],
    expand: Callable[[str], str] = str,
) -> Parsed:
    """Parse *sources*, the last one first, into resources of *kinds*.

    *reader* returns what an include names; *expand* does with a path what a shell would.
    """
    parsed = Parsed()
    parser = _Parser(Scanner(sources, reader, parsed.warnings, expand), kinds, parsed)
    try:
        while len(parsed.errors) < MAXIMUM_ERRORS and parser.parse_resource():
            pass
    except ConfigError as error:
        parser.record(error)
    return parsed


def nearest(word: str, words: Iterable[str]) -> str:
    """Return a hint: the one of *words* that *word* was meant to be; empty without one."""
    known = {known.lower(): known for known in words}
    close = difflib.get_close_matches(word.lower(), known, 1)
    return f"did you mean {known[close[0]]}?" if close else ""


def placed(error: ConfigError, place: Place) -> ConfigError:
    """Return *error* with *place*, unless it has one."""
    return error if error.path else place.error(error.message, error.hint)


class _Parser:
    def __init__(self, scan: Scanner, kinds: Sequence[type[Resource]], parsed: Parsed) -> None:
        self._scan = scan
        self._parsed = parsed
        self._kinds = {kind.kind.lower(): kind for kind in kinds}
        self._aliases = {alias.lower(): (alias, kind) for kind in kinds for alias in kind.aliases}

    def record(self, error: ConfigError) -> None:
        self._parsed.errors.append(placed(error, self._scan.place))

    def parse_resource(self) -> bool:
        """Parse one resource; return False at the end."""
        token = self._scan.next_in_block()
        if token.kind is Kind.EOF:
            return False
        kind = self._kind(token)
        if kind is None:
            hint = nearest(token.text, [kind.kind for kind in self._kinds.values()])
            message = f"Expected a Resource name identifier, got: {token.text}"
            self.record(self._scan.fail(message, hint))
            self._skip_to_depth(0)
            return True
        resource = kind()
        resource.place = token.place
        errors = len(self._parsed.errors)
        if self._scan.next_in_block().kind is not Kind.BEGIN:
            self.record(self._scan.fail(f"expected a block begin {{ after {kind.kind}"))
            self._skip_to_depth(0)
            return True
        while (token := self._scan.next_in_block()).kind is not Kind.END:
            if token.kind is Kind.EOF:
                raise ConfigError(
                    "End of conf file reached with unclosed resource.",
                    hint=f"{kind.kind} begins on line {resource.place.line} "
                    f"of {resource.place.path}",
                )
            self._directive(resource, token)
            if len(self._parsed.errors) >= MAXIMUM_ERRORS:
                return False
        if not resource.is_set("name") and len(self._parsed.errors) == errors:
            self.record(self._scan.fail("Name not specified for resource"))
        elif resource.is_set("name"):
            self._parsed.resources.append(resource)
        return True

    def _kind(self, token: Token) -> type[Resource] | None:
        if token.kind is not Kind.IDENTIFIER:
            return None
        word = token.text.lower()
        if word in self._aliases:
            alias, kind = self._aliases[word]
            self._parsed.warnings.append(
                f'Found resource alias usage "{alias}" in configuration which is discouraged, '
                f'consider using "{kind.kind}" instead.'
            )
            return kind
        found = self._kinds.get(word)
        if found is not None and found.deprecated:
            self._scan.note(f'using deprecated resource type "{found.kind}"')
        return found

    def _directive(self, resource: Resource, token: Token) -> None:
        row = resource.find(token.text) if token.kind is Kind.IDENTIFIER else None
        if row is None:
            self.record(self._unknown(resource, token))
            self._recover(token)
            return
        try:
            self._apply(resource, row)
        except ConfigError as error:
            if self._scan.broken:
                raise
            self.record(error)
            self._recover(token)

    def _unknown(self, resource: Resource, token: Token) -> ConfigError:
        if token.kind is Kind.IDENTIFIER:
            return self._scan.fail(
                f'Keyword "{token.text}" not permitted in this resource.\n'
                "Perhaps you left the trailing brace off of the previous resource.",
                nearest(token.text, resource.words()),
            )
        return self._scan.fail(
            f"unexpected token {token.kind.value} {token.text} in resource definition"
        )

    def _apply(self, resource: Resource, row: Directive) -> None:
        if row.equals:
            token = self._scan.next_in_block()
            if token.kind is not Kind.EQUALS:
                raise ConfigError(f"expected an equals, got: {token.text or token.kind.value}")
        if row.deprecated:
            self._scan.note(f"using deprecated keyword {row.name}")
        row.datatype.apply(self._scan, resource, row)

    def _recover(self, token: Token) -> None:
        """Go on behind the line, or the block, of a mistake inside a resource."""
        depth = 1
        last = self._scan.place
        if token.kind is Kind.BEGIN or self._scan.depth != depth:
            self._skip_to_depth(depth)
            return
        while self._same_line(last):
            token = self._scan.next()
            if token.kind in {Kind.EOL, Kind.EOF}:
                return
            if token.kind is Kind.BEGIN:
                self._skip_to_depth(depth)
                return
            if token.kind is Kind.END:
                self._scan.push_back(token)
                return

    def _same_line(self, place: Place) -> bool:
        return self._scan.place.line == place.line and self._scan.place.path == place.path

    def _skip_to_depth(self, depth: int) -> None:
        """Read up to the brace that closes a block and leaves *depth* blocks open."""
        opened = self._scan.depth > depth
        while True:
            token = self._scan.next()
            opened = opened or self._scan.depth > depth
            if token.kind is Kind.EOF:
                return
            if opened and self._scan.depth <= depth:
                return
            if not opened and token.kind is Kind.EOL and depth > 0:
                return
