"""A FileSet as the Director sends it: which trees, which files of them, and how each is saved.

Source: daemon protocol, section 3.2.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from barque.errors import RemoteProtocolError
from barque.filedaemon.options import Options, parse_options
from barque.filedaemon.patterns import compile_regex, compile_wild


@dataclass(slots=True)
class OptionsBlock:
    """One Options block: flags, and patterns of the files that they are for."""

    options: Options
    directories: list[re.Pattern[bytes]] = field(default_factory=list)
    """Tried on full paths of directories."""
    files: list[re.Pattern[bytes]] = field(default_factory=list)
    """Tried on full paths of everything else."""
    base_names: list[re.Pattern[bytes]] = field(default_factory=list)
    """Tried on the last component of everything that is no directory."""
    filesystem_types: set[str] = field(default_factory=set)
    """Types of file systems that are entered; empty means all."""
    plugin: bytes = b""
    """Definition of the plugin that is asked first; empty for none."""

    @property
    def has_patterns(self) -> bool:
        """Whether the block is only for some files."""
        return bool(self.directories or self.files or self.base_names)

    def matches(self, path: bytes, name: bytes, *, is_directory: bool) -> bool:
        """Return whether a pattern of the block hits."""
        if is_directory:
            return any(pattern.search(path) for pattern in self.directories)
        return any(pattern.search(path) for pattern in self.files) or any(
            pattern.search(name) for pattern in self.base_names
        )


@dataclass(slots=True)
class Include:
    """One Include block; of Exclude blocks only the files count."""

    blocks: list[OptionsBlock] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)
    """As sent: paths, ``|command`` or ``<file``."""
    plugins: list[bytes] = field(default_factory=list)
    """Definitions of plugins that name what to save."""
    ignored_if: list[bytes] = field(default_factory=list)
    """Names; a directory that has one of them is left out."""

    @property
    def options(self) -> Options:
        """The flags that hold where no block says otherwise: those of the last one."""
        return self.blocks[-1].options if self.blocks else Options()


@dataclass(slots=True)
class FileSet:
    """Everything that one ``fileset`` command says."""

    includes: list[Include] = field(default_factory=list)
    excluded: list[re.Pattern[bytes]] = field(default_factory=list)
    """Full paths that are left out, with all that is below."""

    def definitions(self) -> Iterator[str]:
        """Yield the definitions of all plugins, in order."""
        for include in self.includes:
            for block in include.blocks:
                if block.plugin:
                    yield block.plugin.decode("utf-8", "surrogateescape")
            for text in include.plugins:
                yield text.decode("utf-8", "surrogateescape")

    def select(
        self, include: Include, path: bytes, name: bytes, *, is_directory: bool
    ) -> OptionsBlock | None:
        """Return the block in charge of *path*; None when it is not to be saved.

        The first block with a hit decides, before any Exclude; else the last one is in charge.
        """
        block = None
        for block in include.blocks:
            if block.has_patterns:
                if block.matches(path, name, is_directory=is_directory):
                    return None if block.options.exclude else block
            elif block.options.exclude:
                return None
        if any(pattern.match(path) for pattern in self.excluded):
            return None
        return block or _PLAIN

    def is_simple(self, include: Include) -> bool:
        """Return whether everything below the files of *include* is saved in one way."""
        return not self.excluded and not any(
            block.has_patterns or block.options.exclude for block in include.blocks
        )


_PLAIN = OptionsBlock(Options())


class _Parser:
    """Takes the lines of a FileSet one by one."""

    def __init__(self) -> None:
        self.fileset = FileSet()
        self._include: Include | None = None
        self._is_exclude = False
        self._in_options = False

    def take(self, line: bytes) -> None:
        """Take one line; raises RemoteProtocolError."""
        text = line.rstrip(b"\r\n\0")
        code, rest = text[:1], text[1:]
        sub = rest[:1] if rest[:1] not in (b"", b" ") else b""
        argument = rest[len(sub) :].removeprefix(b" ")
        if code in (b"I", b"E") and not rest.strip():
            self._begin(is_exclude=code == b"E")
            return
        if code == b"N":
            self._in_options = False
            return
        if self._include is None:
            raise RemoteProtocolError(f"Invalid FileSet command: {_shown(line)}")
        if code == b"O":
            self._in_options = True
            options = parse_options(rest.strip().decode("utf-8", "replace"))
            self._include.blocks.append(OptionsBlock(options))
        elif code in (b"F", b"P", b"Z"):
            self._take_name(code, rest.removeprefix(b" "))
        else:
            self._take_pattern(code + sub, argument, line)

    def _begin(self, *, is_exclude: bool) -> None:
        self._include = Include()
        self._in_options = False
        self._is_exclude = is_exclude
        if not is_exclude:
            self.fileset.includes.append(self._include)

    def _take_name(self, code: bytes, name: bytes) -> None:
        assert self._include is not None
        if code == b"Z":
            self._include.ignored_if.append(name.strip())
        elif code == b"P":
            self._include.plugins.append(name.rstrip())
        elif self._is_exclude:
            flags = self._include.options
            self.fileset.excluded.append(
                compile_wild(
                    name.rstrip(), ignore_case=flags.ignore_case, pathname=flags.enhanced_wild
                )
            )
        else:
            self._include.files.append(name.rstrip())

    def _take_pattern(self, code: bytes, argument: bytes, line: bytes) -> None:
        assert self._include is not None
        if not self._in_options:
            raise RemoteProtocolError(f"Invalid FileSet command: {_shown(line)}")
        block = self._include.blocks[-1]
        flags = block.options
        if code in (b"R", b"RD", b"RF"):
            pattern = compile_regex(argument, ignore_case=flags.ignore_case)
            self._add(block, code[1:], pattern)
        elif code in (b"W", b"WD", b"WF"):
            wild = _anchored(argument, flags)
            self._add(block, code[1:], wild)
        elif code == b"WB":
            wild = _anchored(argument, flags)
            (block.base_names if flags.enhanced_wild else block.files).append(wild)
        elif code == b"X":
            block.filesystem_types.add(argument.decode("utf-8", "replace").strip())
        elif code == b"G":
            block.plugin = argument.strip()
        elif code not in (b"XD", b"D", b"T", b"M"):
            raise RemoteProtocolError(f"Invalid FileSet command: {_shown(line)}")

    @staticmethod
    def _add(block: OptionsBlock, kind: bytes, pattern: re.Pattern[bytes]) -> None:
        if kind in (b"", b"D"):
            block.directories.append(pattern)
        if kind in (b"", b"F"):
            block.files.append(pattern)


def _anchored(wild: bytes, flags: Options) -> re.Pattern[bytes]:
    """Return a pattern whose ``search`` matches whole names only."""
    compiled = compile_wild(wild, ignore_case=flags.ignore_case, pathname=flags.enhanced_wild)
    return re.compile(rb"\A" + compiled.pattern, compiled.flags)


def _shown(line: bytes) -> str:
    return line[:120].decode("utf-8", "replace").rstrip()


def parse_fileset(lines: Iterable[bytes]) -> FileSet:
    """Return the FileSet that *lines*, the messages between command and EOD, describe.

    Raises RemoteProtocolError at the first line that means nothing.
    """
    parser = _Parser()
    for line in lines:
        parser.take(line)
    for include in parser.fileset.includes:
        _share_comparisons(include)
    return parser.fileset


def _share_comparisons(include: Include) -> None:
    """Give all blocks what verify and accurate jobs compare: of an Include, not of a block.

    Verify letters of all blocks are strung together; of accurate letters the last ones count.
    """
    verify = "".join(block.options.verify for block in include.blocks)
    accurate = [block.options.accurate for block in include.blocks if block.options.accurate]
    for block in include.blocks:
        block.options.verify = verify
        block.options.accurate = accurate[-1] if accurate else ""
