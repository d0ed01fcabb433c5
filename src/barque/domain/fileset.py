"""What a FileSet says: which files a job takes, and how.

Pure values, and their encoding for a File Daemon.

Source: configuration, section 6; daemon protocol, section 3.2.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from barque.errors import ConfigError

MAXIMUM_CHARACTERS = 100
"""Option characters of one block, the closing zero byte included."""

VERIFY_LETTERS = frozenset("ipnugsamcd51")
"""What a Verify job may compare."""

ACCURATE_LETTERS = VERIFY_LETTERS | {"A"}
"""What an accurate backup may compare; A saves the file always."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One option of a block that was set: its name, its value, and what stands for it."""

    option: str
    """Directive, as the table of options spells it."""
    value: str
    """Word of the configuration."""
    characters: str
    """Option characters that a File Daemon is sent; ``0`` where there is nothing to say."""


@dataclass(frozen=True, slots=True)
class FileOptions:
    """One Options block: how files are saved that it decides about, and which these are."""

    settings: tuple[Setting, ...] = ()
    """What was set, in order."""
    regex: tuple[str, ...] = ()
    regex_dir: tuple[str, ...] = ()
    regex_file: tuple[str, ...] = ()
    wild: tuple[str, ...] = ()
    wild_dir: tuple[str, ...] = ()
    wild_file: tuple[str, ...] = ()
    """Patterns for the whole path of what is not a directory."""
    wild_base: tuple[str, ...] = ()
    """Patterns for the name alone: those of WildFile without a slash."""
    fs_type: tuple[str, ...] = ()
    drive_type: tuple[str, ...] = ()
    meta: tuple[str, ...] = ()
    plugin: str = ""
    """Plugin that handles every file of the block."""

    def setting(self, option: str) -> str | None:
        """Return the value of *option*, the last one that was set; None when it was not."""
        return next((item.value for item in reversed(self.settings) if item.option == option), None)


@dataclass(frozen=True, slots=True)
class Include:
    """An Include block, or an Exclude block, which has files alone."""

    options: tuple[FileOptions, ...] = ()
    """Blocks in order; the first with a pattern that matches decides about a file."""
    files: tuple[str, ...] = ()
    """Paths, patterns, or ``|command`` and ``<list`` that are evaluated when the job runs."""
    plugins: tuple[str, ...] = ()
    """Definitions of plugins that bring files."""
    exclude_dir_containing: tuple[str, ...] = ()
    """A directory that holds a file of such a name is skipped."""


DEFAULT_CHARACTERS = (("HardLinks", "H"), ("AclSupport", "A"), ("XattrSupport", "X"))
"""What is appended for options that a block does not set, in this order."""


def option_characters(options: FileOptions) -> str:
    """Return the option characters of a block, those of unset options at the end.

    ``Signature = MD5`` alone is ``MHAX``.
    """
    configured = {item.option.lower() for item in options.settings}
    return "".join(item.characters for item in options.settings) + "".join(
        characters for option, characters in DEFAULT_CHARACTERS if option.lower() not in configured
    )


def without_compression(characters: str) -> str:
    """Return *characters* without what asks for compression."""
    return "".join(group for group in split_characters(characters) if not group.startswith("Z"))


_GROUP_LENGTHS = {"d": 2, "E": 2, "Z": 2, "Zf": 3, "Ea": 3, "Ec": 3, "Eh": 3}


def split_characters(characters: str) -> Iterator[str]:
    """Yield what belongs together: ``MZ6Cmcs:`` is ``M``, ``Z6``, ``Cmcs:``."""
    position = 0
    while position < len(characters):
        first = characters[position]
        if first in "CVJPz":
            end = characters.find(":", position) + 1 or len(characters)
        elif first == "S":
            end = position + (2 if characters[position + 1 : position + 2] in set("1234") else 1)
        else:
            two = characters[position : position + 2]
            end = position + _GROUP_LENGTHS.get(two, _GROUP_LENGTHS.get(first, 1))
        yield characters[position:end]
        position = end


type Evaluate = Callable[[str], Iterable[bytes]]
"""Returns the lines of a ``|command`` or ``<list`` that the Director evaluates."""


def not_evaluated(entry: str) -> Iterable[bytes]:
    """Refuse to evaluate; for a Director that does not allow it."""
    raise ConfigError(f"{entry} has to be evaluated by the Director", hint="quote it with \\")


def encode_fileset(
    includes: tuple[Include, ...],
    excludes: tuple[Include, ...],
    *,
    enable_vss: bool,
    allow_compression: bool,
    evaluate: Evaluate,
) -> Iterator[bytes]:
    """Yield the messages that give a FileSet to a File Daemon; the caller sends EOD after them."""
    yield b"fileset vss=1\n" if enable_vss else b"fileset\n"
    for code, blocks in ((b"I\n", includes), (b"E\n", excludes)):
        for block in blocks:
            yield code
            yield from _block_lines(block, allow_compression, evaluate)


def _block_lines(block: Include, allow_compression: bool, evaluate: Evaluate) -> Iterator[bytes]:
    for directory in block.exclude_dir_containing:
        yield _line("Z", directory)
    for options in block.options or (FileOptions(),):
        yield from _options_lines(options, allow_compression)
    for code, entries in (("F", block.files), ("P", block.plugins)):
        for entry in entries:
            yield from _entry_lines(code, entry, evaluate)
        yield b"N\n"


def _options_lines(options: FileOptions, allow_compression: bool) -> Iterator[bytes]:
    characters = option_characters(options)
    if not allow_compression:
        characters = without_compression(characters)
    yield _line("O", characters)
    base_code = "WB" if "W" in characters else "WF"
    for code, values in (
        ("R", options.regex),
        ("RD", options.regex_dir),
        ("RF", options.regex_file),
        ("W", options.wild),
        ("WD", options.wild_dir),
        ("WF", options.wild_file),
        (base_code, options.wild_base),
        ("X", options.fs_type),
        ("XD", options.drive_type),
        ("G", (options.plugin,) if options.plugin else ()),
    ):
        for value in values:
            yield _line(code, value)
    yield b"N\n"


def _entry_lines(code: str, entry: str, evaluate: Evaluate) -> Iterator[bytes]:
    """Entries are sent without a line feed; a backslash leaves the evaluation to the client."""
    if entry.startswith(("|", "<")):
        for line in evaluate(entry):
            yield code.encode() + b" " + line
    else:
        yield _line(code, entry.removeprefix("\\"), end="")


def _line(code: str, argument: str, end: str = "\n") -> bytes:
    return f"{code} {argument}{end}".encode("utf-8", "surrogateescape")


_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def fileset_md5(entries: Iterable[str]) -> str:
    """Return the identity of a FileSet: 22 characters, MD5 over its files and plugins.

    *entries* are in the order of the configuration.  The characters are not those of RFC 4648:
    a byte above 127 sets all bits before it, and the last character is not shifted.
    """
    digest = hashlib.md5(usedforsecurity=False)
    for entry in entries:
        digest.update(entry.encode("utf-8", "surrogateescape"))
    return _signed_base64(digest.digest())


def _signed_base64(data: bytes) -> str:
    text = ""
    register = bits = 0
    for byte in data:
        signed = byte - 256 if byte > 127 else byte
        register = (register << 8 | signed) & 0xFFFFFFFF
        bits += 8
        while bits >= 6:
            bits -= 6
            text += _DIGITS[register >> bits & 0x3F]
    return text + (_DIGITS[register & ((1 << bits) - 1)] if bits else "")
