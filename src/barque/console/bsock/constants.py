"""Numbers of the protocol, under the names that programs written for ``bareos.bsock`` use.

Source: console protocol, sections 1.2, 2.4 and 2.7.
"""

from enum import IntEnum
from typing import Final

from barque.wire.framing import Signal
from barque.wire.hello import WIRE_VERSION

_MEANINGS: Final = {
    Signal.EOD: "end of data",
    Signal.EOD_POLL: "end of data, and a question whether the peer is there",
    Signal.STATUS: "request for a full status",
    Signal.TERMINATE: "conversation terminated",
    Signal.POLL: "question whether the peer is there",
    Signal.HEARTBEAT: "heartbeat",
    Signal.HB_RESPONSE: "answer to a heartbeat",
    Signal.PROMPT: "prompt (no longer in use)",
    Signal.BTIME: "time",
    Signal.BREAK: "end of the command is wanted",
    Signal.START_SELECT: "a list to choose from begins",
    Signal.END_SELECT: "the list to choose from ends",
    Signal.INVALID_CMD: "invalid command",
    Signal.CMD_FAILED: "command failed",
    Signal.CMD_OK: "command succeeded",
    Signal.CMD_BEGIN: "command begins",
    Signal.MSGS_PENDING: "messages are waiting",
    Signal.MAIN_PROMPT: "ready for the next command",
    Signal.SELECT_INPUT: "a choice is wanted",
    Signal.WARNING_MSG: "a warning follows",
    Signal.ERROR_MSG: "an error follows",
    Signal.INFO_MSG: "an information follows",
    Signal.RUN_CMD: "the summary of a job follows",
    Signal.YESNO: "yes or no is wanted",
    Signal.START_RTREE: "selection of files begins",
    Signal.END_RTREE: "selection of files ends",
    Signal.SUB_PROMPT: "an answer is wanted",
    Signal.TEXT_INPUT: "a text is wanted",
}


class Constants:
    """Separators, and the signals as ``BNET_...``."""

    unit_separator = "\x1f"
    record_separator = "\x1e"
    record_separator_compat_regex = "[ \x1e]"
    group_separator = "\x1d"

    BNET_EOD = int(Signal.EOD)
    BNET_EOD_POLL = int(Signal.EOD_POLL)
    BNET_STATUS = int(Signal.STATUS)
    BNET_TERMINATE = int(Signal.TERMINATE)
    BNET_POLL = int(Signal.POLL)
    BNET_HEARTBEAT = int(Signal.HEARTBEAT)
    BNET_HB_RESPONSE = int(Signal.HB_RESPONSE)
    BNET_BTIME = int(Signal.BTIME)
    BNET_BREAK = int(Signal.BREAK)
    BNET_START_SELECT = int(Signal.START_SELECT)
    BNET_END_SELECT = int(Signal.END_SELECT)
    BNET_INVALID_CMD = int(Signal.INVALID_CMD)
    BNET_CMD_FAILED = int(Signal.CMD_FAILED)
    BNET_CMD_OK = int(Signal.CMD_OK)
    BNET_CMD_BEGIN = int(Signal.CMD_BEGIN)
    BNET_MSGS_PENDING = int(Signal.MSGS_PENDING)
    BNET_MAIN_PROMPT = int(Signal.MAIN_PROMPT)
    BNET_SELECT_INPUT = int(Signal.SELECT_INPUT)
    BNET_WARNING_MSG = int(Signal.WARNING_MSG)
    BNET_ERROR_MSG = int(Signal.ERROR_MSG)
    BNET_INFO_MSG = int(Signal.INFO_MSG)
    BNET_RUN_CMD = int(Signal.RUN_CMD)
    BNET_YESNO = int(Signal.YESNO)
    BNET_START_RTREE = int(Signal.START_RTREE)
    BNET_END_RTREE = int(Signal.END_RTREE)
    BNET_SUB_PROMPT = int(Signal.SUB_PROMPT)
    BNET_TEXT_INPUT = int(Signal.TEXT_INPUT)

    @staticmethod
    def get_description(code: int) -> str | None:
        """Return what the signal *code* means; None when there is no such signal."""
        return next((text for signal, text in _MEANINGS.items() if signal == code), None)


class ConnectionType:
    """Which daemon is connected to."""

    DIRECTOR = 1001
    STORAGE = 1002
    FILEDAEMON = 1003


class ProtocolVersions(IntEnum):
    """Versions of the console protocol; only those before 18.2 send a password in clear text."""

    bareos_12_4 = 1
    bareos_18_2 = 2
    last = 2


class ProtocolMessageIds:
    """Numbers that messages of a login begin with."""

    Unknown = 0
    ProtokollError = 1
    ReceiveError = 2
    Ok = 1000
    PamRequired = 1001
    InfoMessage = 1002
    PamInteractive = 4001
    PamUserCredentials = 4002
    FdOk = 2000


class ProtocolMessages:
    """Messages of a login."""

    def __init__(self, protocolversion: int = ProtocolVersions.last) -> None:
        self.set_version(protocolversion)

    def set_version(self, protocolversion: int) -> None:
        """Choose the version of the protocol."""
        self.protocolversion = protocolversion

    def get_version(self) -> int:
        """Return the version of the protocol."""
        return self.protocolversion

    def hello(self, name: str, type: int = ConnectionType.DIRECTOR) -> bytearray:  # noqa: A002
        """Return the first message."""
        bashed = name.replace(" ", "\x01")
        if type == ConnectionType.FILEDAEMON:
            text = f"Hello Director {bashed} calling\n"
        elif self.protocolversion < ProtocolVersions.bareos_18_2:
            text = f"Hello {bashed} calling\n"
        else:
            text = f"Hello {bashed} calling version {WIRE_VERSION}\n"
        return bytearray(text, "utf-8")

    @staticmethod
    def auth_ok() -> bytes:
        """Return what the content side of CRAM-MD5 says."""
        return b"1000 OK auth\n"

    @staticmethod
    def auth_failed() -> bytes:
        """Return what the other says."""
        return b"1999 Authorization failed.\n"

    @staticmethod
    def not_authorized() -> bytes:
        """Return what old consoles hear that are not known."""
        return b"1999 You are not authorized.\n"

    @staticmethod
    def is_auth_ok(msg: bytes) -> bool:
        """Whether *msg* is :meth:`auth_ok`."""
        return msg == ProtocolMessages.auth_ok()

    @staticmethod
    def is_not_authorized(msg: bytes) -> bool:
        """Whether *msg* is :meth:`not_authorized`."""
        return msg == ProtocolMessages.not_authorized()

    @staticmethod
    def pam_user_credentials(pam_username: str, pam_password: str) -> bytearray:
        """Return the message that names a person."""
        fields = (str(ProtocolMessageIds.PamUserCredentials), pam_username, pam_password)
        return bytearray(Constants.record_separator.join(fields), "utf-8")
