"""Other names for restored files: regexwhere, built from prefixes and suffixes or typed.

Source: console commands, section 7.4.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from barque.director.access import Acl
from barque.director.selection import choose
from barque.errors import CommandError, PromptDeclinedError

if TYPE_CHECKING:
    from barque.director.commands.run_plan import RunPlan
    from barque.director.session import ConsoleSession

_SEPARATORS: Final = "!:;|,&%=~/#"
_REFERENCE: Final = re.compile(r"[$\\]([0-9])")


@dataclass(frozen=True, slots=True)
class Substitution:
    """One replacement in a path."""

    pattern: re.Pattern[str]
    replacement: str
    """May hold ``$0`` to ``$9`` or ``\\0`` to ``\\9``."""

    def apply(self, path: str) -> str:
        """Return *path* with the first match replaced."""
        match = self.pattern.search(path)
        if match is None:
            return path
        text = _REFERENCE.sub(lambda reference: _group(match, int(reference[1])), self.replacement)
        return path[: match.start()] + text + path[match.end() :]


def _group(match: re.Match[str], number: int) -> str:
    return (match[number] or "") if number <= (match.re.groups) else ""


def build_regex_where(strip_prefix: str, add_prefix: str, add_suffix: str) -> str:
    """Return the regexwhere that does all three; empty when there is nothing to do."""
    parts = []
    if strip_prefix:
        parts.append(f"!{_escaped(strip_prefix)}!!i")
    if add_suffix:
        parts.append(f"!([^/])$!$1{_escaped(add_suffix)}!")
    if add_prefix:
        parts.append(f"!^!{_escaped(add_prefix)}!")
    return ",".join(parts)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("!", "\\!")


def parse_regex_where(text: str) -> list[Substitution]:
    """Return the substitutions of *text*. Raises CommandError when it is not a regexwhere."""
    found: list[Substitution] = []
    position = 0
    while position < len(text):
        if text[position] == "," and found:
            position += 1
            continue
        separator = text[position]
        if separator not in _SEPARATORS:
            break
        pattern, position = _part(text, position + 1, separator)
        replacement, position = _part(text, position, separator)
        flags = 0
        while position < len(text) and text[position] in "ig":
            flags |= re.IGNORECASE if text[position] == "i" else 0
            position += 1
        found.append(Substitution(_compiled(pattern, flags), replacement))
    if not found or position < len(text):
        raise CommandError("Cannot use your regexp.", plain=True)
    return found


def _part(text: str, position: int, separator: str) -> tuple[str, int]:
    """Return what stands before the next *separator*, and where to go on."""
    letters = []
    while position < len(text) and text[position] != separator:
        if text[position] == "\\" and text[position + 1 : position + 2] == separator:
            position += 1
        elif text[position] == "\\":
            letters.append(text[position])
            position += 1
        letters.append(text[position : position + 1])
        position += 1
    if position >= len(text):
        raise CommandError("Cannot use your regexp.", plain=True)
    return "".join(letters), position + 1


def _compiled(pattern: str, flags: int) -> re.Pattern[str]:
    try:
        return re.compile(pattern, flags)
    except re.error as error:
        raise CommandError("Cannot use your regexp.", plain=True) from error


@dataclass(slots=True)
class _Relocation:
    """What the console said so far."""

    strip_prefix: str = ""
    add_prefix: str = ""
    add_suffix: str = ""
    typed: str = ""

    @property
    def regex_where(self) -> str:
        return self.typed or build_regex_where(self.strip_prefix, self.add_prefix, self.add_suffix)

    @property
    def shown(self) -> str:
        none = "*None*"
        return (
            f"strip_prefix={self.strip_prefix or none} add_prefix={self.add_prefix or none}"
            f" add_suffix={self.add_suffix or none}"
        )


_CHOICES: Final = (
    "Strip prefix",
    "Add prefix",
    "Add file suffix",
    "Enter a regexp",
    "Test filename manipulation",
    "Use this ?",
)


def relocate(session: "ConsoleSession", plan: "RunPlan") -> None:
    """Ask how restored files are to be named. Raises PromptDeclinedError."""
    said = _Relocation()
    while True:
        session.out.plain(f"{said.shown}\n")
        header = "This will replace your current Where value\n"
        chosen = choose(session, "", header, "Select parameter to modify", _CHOICES)
        if chosen < 3:
            _ask_affix(session, said, chosen)
        elif chosen == 3:
            _ask_regex(session, said)
        elif chosen == 4:
            _test(session, said)
        elif _use(session, plan, said):
            return


def _ask_affix(session: "ConsoleSession", said: _Relocation, chosen: int) -> None:
    if chosen == 0:
        said.strip_prefix = session.ask("Please enter the path prefix to strip: ")
    elif chosen == 1:
        answer = session.ask("Please enter the path prefix to add (/ for none): ")
        said.add_prefix = "" if answer == "/" else answer
    else:
        said.add_suffix = session.ask("Please enter the file suffix to add: ")


def _ask_regex(session: "ConsoleSession", said: _Relocation) -> None:
    answer = session.ask("Please enter a valid regexp (!from!to!): ")
    if session.permits(Acl.WHERE, answer):
        said.typed = answer
    else:
        session.out.plain('Denied by "WhereACL" configuration.\n')


def _test(session: "ConsoleSession", said: _Relocation) -> None:
    shown = f"regexwhere={said.typed}" if said.typed else f"{said.shown} result={said.regex_where}"
    session.out.plain(f"{shown}\n")
    try:
        substitutions = parse_regex_where(said.regex_where)
    except CommandError:
        session.out.plain("Cannot use your regexp\n")
        return
    session.out.plain("Enter a period (.) to stop this test\n")
    while True:
        try:
            name = session.ask("Please enter filename to test: ")
        except PromptDeclinedError:
            return
        result = name
        for substitution in substitutions:
            result = substitution.apply(result)
        session.out.plain(f"{name} -> {result}\n")


def _use(session: "ConsoleSession", plan: "RunPlan", said: _Relocation) -> bool:
    """Take the regexwhere for *plan*; False when it must be changed first."""
    regex_where = said.regex_where
    plan.where = plan.regex_where = None
    if regex_where and not said.typed and not session.permits(Acl.WHERE, regex_where):
        session.out.plain(f'Regex ({regex_where}) denied by "WhereACL" configuration.\n')
        return False
    try:
        parse_regex_where(regex_where)
        plan.regex_where = regex_where
    except CommandError:
        session.out.plain("Cannot use your regexp.\n")
    return True
