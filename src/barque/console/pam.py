"""Name and password of a person, for consoles that authenticate with PAM.

Source: console protocol, section 2.8.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from barque.errors import ConfigError
from barque.transport.proof import Steps, expect
from barque.wire.template import to_text

PAM_TIMEOUT: Final = 300.0
"""Second; a person types."""

INTERACTIVE: Final = b"4001\x1e"
"""Asks the Director to forward PAM's own questions."""

ECHO_OFF: Final = 1
"""A question whose answer is not shown."""
ECHO_ON: Final = 2
"""A question whose answer is shown, or a text for the person."""
SUCCESS: Final = 0
"""The end of the questions."""

type Ask = Callable[[str, bool], str]
"""Puts a question to the person; the flag says whether the answer may be seen."""


class PamAnswers(Protocol):
    """Something that answers the Director's demand for a person."""

    def steps(self) -> Steps[None]:
        """Send the answers; what comes next is the Director's verdict."""
        ...


@dataclass(frozen=True, slots=True)
class PamCredentials:
    """Name and password that are known beforehand."""

    user: str
    password: str

    def steps(self) -> Steps[None]:
        """Send both in one message."""
        yield f"4002\x1e{self.user}\x1e{self.password}".encode()


@dataclass(frozen=True, slots=True)
class PamDialogue:
    """A person who is asked what PAM wants to know."""

    ask: Ask

    def steps(self) -> Steps[None]:
        """Answer one question after the other, until PAM is content."""
        yield INTERACTIVE
        while True:
            style = yield from expect(PAM_TIMEOUT, "the Director's PAM")
            text = yield from expect(PAM_TIMEOUT, "the Director's PAM")
            if not style or style[0] == SUCCESS:
                return
            yield self.ask(to_text(text).rstrip("\0"), style[0] == ECHO_ON).encode()


def read_credentials(path: Path) -> PamCredentials:
    """Read a file with the name on its first line and the password on its second.

    Raises ConfigError when it cannot be read or holds less.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigError(f"cannot read the credentials file {path}: {error.strerror}") from None
    if len(lines) < 2 or not lines[0] or not lines[1]:
        raise ConfigError(
            f"{path} must hold the user name on its first line and the password on its second"
        )
    return PamCredentials(lines[0], lines[1])
