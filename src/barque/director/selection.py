"""Questions with a list of answers: resources, catalog records, keywords, yes or no.

Source: console protocol, section 3.7.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from barque.director.parsing import CommandLine, is_number, parse_boolean
from barque.errors import PromptDeclinedError
from barque.wire.framing import Signal

if TYPE_CHECKING:
    from barque.director.session import ConsoleSession

_WIDTH = 80
_ONE_COLUMN = 20


def choose(
    session: "ConsoleSession", kind: str, header: str, question: str, items: Iterable[str]
) -> int:
    """Return the index of the item that the console chooses; the only one without asking.

    *kind* names the items in messages. Raises PromptDeclinedError.
    """
    choices = list(dict.fromkeys(items))
    out = session.out
    if len(choices) == 1:
        if not session.api and not session.in_script:
            out.plain(f"Automatically selected {kind}: {choices[0]}\n")
        return 0
    if session.batch:
        raise PromptDeclinedError
    if session.api:
        session.peer.signal(Signal.START_SELECT)
    out.plain(header)
    if session.api:
        for item in choices:
            out.plain(item)
        session.peer.signal(Signal.END_SELECT)
    else:
        out.plain(format_choices(choices))
    if not choices:
        out.error(f'Selection list for "{kind}" is empty!\n')
        raise PromptDeclinedError
    return _ask_for_one(session, f"{question} (1-{len(choices)}): ", len(choices))


def _ask_for_one(session: "ConsoleSession", prompt: str, count: int) -> int:
    while True:
        if session.api:
            session.peer.signal(Signal.SELECT_INPUT)
        try:
            number = ask_number(session, prompt)
        except PromptDeclinedError:
            session.out.info("Selection aborted, nothing done.\n")
            raise
        if 1 <= number <= count:
            return number - 1
        session.out.warning(f"Please enter a number between 1 and {count}\n")


def choose_name(
    session: "ConsoleSession", kind: str, header: str, question: str, items: Iterable[str]
) -> str:
    """Return the item that the console chooses. Raises PromptDeclinedError."""
    names = list(dict.fromkeys(items))
    return names[choose(session, kind, header, question, names)]


def choose_keyword(session: "ConsoleSession", question: str, keywords: Sequence[str]) -> int:
    """Return the index of the keyword that the console chooses. Raises PromptDeclinedError."""
    return choose(session, "", "You have the following choices:\n", question, keywords)


def format_choices(items: Sequence[str]) -> str:
    """Return *items* numbered from 1, in columns when there are many."""
    digits = len(str(len(items)))
    longest = max((len(item.encode("utf-8", "surrogateescape")) for item in items), default=1)
    cell = longest + digits + 4
    if len(items) <= _ONE_COLUMN or cell * 2 >= _WIDTH:
        return "".join(f"{n:>{digits}}: {item}\n" for n, item in enumerate(items, 1))
    lines = -(-len(items) // max(1, _WIDTH // (cell - 1)))
    cells = [f"{n:>{digits}}: {item:<{longest}} " for n, item in enumerate(items, 1)]
    return "".join("".join(cells[row::lines]) + "\n" for row in range(lines))


def ask_number(session: "ConsoleSession", prompt: str) -> int:
    """Return the number that the console types; an empty answer for a slot is 0."""
    while True:
        answer = session.ask(prompt)
        if not answer and prompt.startswith("Enter slot"):
            return 0
        number = _positive(answer)
        if number is not None:
            return number
        session.out.warning(f"Expected a positive integer, got: {answer}\n")


def _positive(text: str) -> int | None:
    if not is_number(text):
        return None
    value = float(text)
    return int(value) if 0 <= value < 2**63 else None


def ask_yes_no(session: "ConsoleSession", prompt: str) -> bool:
    """Return the console's yes or no; anything else is asked again."""
    while True:
        if session.api:
            session.peer.signal(Signal.YESNO)
        answer = parse_boolean(session.ask(prompt))
        if answer is not None:
            return answer
        session.out.warning("Invalid response. You must answer YES or NO.\n")


def confirmed(session: "ConsoleSession", line: CommandLine, prompt: str) -> bool:
    """Tell whether *line* says yes, or the person at the console does; programs must say it."""
    if line.yes:
        return True
    if session.api or session.in_script:
        return False
    try:
        return ask_yes_no(session, prompt)
    except PromptDeclinedError:
        return False
