"""The one exception tree: who is at fault is in the type.

Everything that barque raises on purpose derives from :class:`BarqueError`. A message says what went
wrong, where, and what to do about it, in one line.
"""


class BarqueError(Exception):
    """Anything that barque reports on purpose."""


class ProtocolError(BarqueError):
    """Something illegal on a connection."""


class LocalProtocolError(ProtocolError):
    """We tried to send something illegal: a bug of ours."""


class RemoteProtocolError(ProtocolError):
    """The peer sent something illegal: answer its reply code and hang up."""


class ConnectionLostError(ProtocolError):
    """The peer went away, or nothing came in time."""


class AuthenticationError(BarqueError):
    """The peer is not who it claims to be; never says which half was wrong."""


class KeyUnusedError(AuthenticationError):
    """The peer showed a certificate that nobody vouches for, though we have a key in common."""


class ConfigError(BarqueError):
    """A mistake in a configuration, with its place."""

    def __init__(
        self,
        message: str,
        *,
        path: str = "",
        line: int = 0,
        column: int = 0,
        text: str = "",
        hint: str = "",
        begin: int = 0,
        others: tuple["ConfigError", ...] = (),
        exit_code: int = 42,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        """1-based; 0 when the mistake has no single line."""
        self.column = column
        """1-based; 0 when unknown."""
        self.text = text
        """The offending line."""
        self.hint = hint
        """What to do."""
        self.begin = begin
        """Line on which the mistake probably begins; 0 when unknown."""
        self.others = others
        """Further mistakes that were found after this one."""
        self.exit_code = exit_code
        """What a program ends with: 42 for the configuration, 41 for the command line, 1 later."""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}: " if self.path else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.message}{hint}"


class FormatError(BarqueError):
    """Bytes on a volume or in a stream that do not mean anything."""

    def __init__(self, message: str, *, volume: str = "", offset: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.volume = volume
        self.offset = offset
        """Byte offset in the volume, where it is known."""

    def __str__(self) -> str:
        where = f' on volume "{self.volume}"' if self.volume else ""
        at = f" at offset {self.offset}" if self.offset is not None else ""
        return f"{self.message}{where}{at}"


class ChecksumError(FormatError):
    """A block whose checksum does not match its contents."""


class TruncatedError(FormatError):
    """Fewer bytes than the header promised."""


class UnknownFormatError(FormatError):
    """A format, or a codec, that this version cannot read."""


class DeviceError(BarqueError):
    """A device or an archive directory refused to work."""


class DeviceFullError(DeviceError):
    """No room is left on the device."""


class VolumeNotFoundError(DeviceError):
    """The device has no such volume."""


class CatalogError(BarqueError):
    """The catalog refused, or is not usable."""


class StatementError(CatalogError):
    """A statement that somebody typed is wrong; the text is what the engine says, in lines."""


class NotFoundError(CatalogError):
    """No such row."""


class ConflictError(CatalogError):
    """The row exists already, or another change came first."""


class SchemaVersionError(CatalogError):
    """The catalog has another schema version than the one that is needed."""


class PluginError(BarqueError):
    """A plugin failed; the text holds its traceback."""


class JobError(BarqueError):
    """Ends a job; *status* is the letter that it ends with."""

    def __init__(self, message: str, *, status: str = "f") -> None:
        super().__init__(message)
        self.status = status


class CommandError(BarqueError):
    """A console command that cannot be carried out; the text is what the console is told."""

    def __init__(self, message: str = "", *, plain: bool = False) -> None:
        super().__init__(message)
        self.plain = plain
        """Said without the mark of an error, so that programs do not see the text."""


class PromptDeclinedError(CommandError):
    """A question of a command that nobody answered: there is no one to ask, or a lone dot came."""
