"""People who log in with a name and a password that the operating system's PAM checks.

The conversation with PAM and the one with the console are held apart: PAM asks, something answers.
Source: console protocol, section 2.8.
"""

import ctypes
from collections.abc import Callable
from typing import Any, Final, Protocol

from barque.errors import AuthenticationError
from barque.transport.channel import Channel

SERVICE: Final = "bareos"
"""Name of the PAM service: ``/etc/pam.d/bareos`` says how people are checked."""

SEPARATOR: Final = b"\x1e"
PERSON_REQUIRED: Final = b"1001" + SEPARATOR
"""Tells the console that name and password come next."""

LOGIN: Final = "login: "
"""Asks for the name of the person."""

ECHO_OFF: Final = 1
ECHO_ON: Final = 2
_PROMPTS: Final = frozenset({ECHO_OFF, ECHO_ON})

_TIMEOUT: Final = 600.0
"""s; for all that a person types."""
_DIRECT, _INTERACTIVE = b"4002", b"4001"

type Answer = Callable[[int, str], str]
"""Answers a question of PAM; its style is ECHO_OFF or ECHO_ON, or another one for a mere text."""


class People(Protocol):
    """Knows who may log in."""

    def check(self, user: str, answer: Answer) -> str:
        """Return the name of who logged in, which PAM may change; raises AuthenticationError."""


class SystemPam:
    """The PAM of the operating system."""

    def check(self, user: str, answer: Answer) -> str:
        """Return the name of who logged in; raises AuthenticationError."""
        try:
            import pamela  # noqa: PLC0415 - only where somebody logs in like this
        except (ImportError, OSError, AttributeError):
            raise AuthenticationError(
                "PAM cannot be used: install barque[pam], and the system's libpam"
            ) from None
        conversation = _conversation(pamela, answer)
        try:
            handle = pamela.pam_start(SERVICE, user, conv_func=conversation)
            result = pamela.PAM_AUTHENTICATE(handle, 0) or pamela.PAM_ACCT_MGMT(handle, 0)
            name = handle.get_item(pamela.PAM_USER)
            pamela.pam_end(handle, result)
        except pamela.PAMError as error:
            raise AuthenticationError(f'PAM refused "{user}": {error}') from None
        return str(name or "")


def _conversation(pamela: Any, answer: Answer) -> Any:
    """Return a conversation function of libpam that asks *answer*."""

    def converse(count: int, messages: Any, responses: Any, _data: Any) -> int:
        size = ctypes.sizeof(pamela.PamResponse)
        responses[0] = ctypes.cast(pamela.CALLOC(count, size), ctypes.POINTER(pamela.PamResponse))
        for number in range(count):
            message = messages[number].contents
            text = ctypes.cast(message.msg, ctypes.c_char_p).value or b""
            try:
                reply = answer(message.msg_style, text.decode("utf-8", "replace"))
            except Exception:  # noqa: BLE001 - an exception cannot pass through libpam
                return int(pamela.PAM_BAD_ITEM)
            if message.msg_style in _PROMPTS:
                responses.contents[number].resp = pamela.STRDUP(reply.encode())
        return 0

    return pamela.CONV_FUNC(converse)


def person_on(channel: Channel, people: People) -> str:
    """Ask the console for a person and return the name; raises AuthenticationError."""
    channel.send(PERSON_REQUIRED)
    code, *fields = channel.receive_message(_TIMEOUT).split(SEPARATOR)
    if code == _DIRECT and len(fields) >= 2:
        user, password = (field.rstrip(b"\0").decode("utf-8", "replace") for field in fields[:2])
        if "\0" in user + password:
            raise AuthenticationError(f"{channel.peer} gave a name or password with a NUL")
        return people.check(user, lambda style, _text: password if style == ECHO_OFF else user)
    if code == _INTERACTIVE:
        user = _ask(channel, ECHO_ON, LOGIN)
        name = people.check(user, lambda style, text: _ask(channel, style, text))
        channel.send(b"\0")
        channel.send(b"\0")
        return name
    raise AuthenticationError(f"{channel.peer} gave no user name and password")


def _ask(channel: Channel, style: int, text: str) -> str:
    """Put a question of PAM to the person; consoles answer mere texts, too."""
    channel.send(bytes([style if style in _PROMPTS else ECHO_ON]))
    channel.send(text.encode() + b"\0")
    return channel.receive_message(_TIMEOUT).rstrip(b"\0").decode("utf-8", "replace")
