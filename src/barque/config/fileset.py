"""Include and Exclude blocks of a FileSet.

Source: configuration, section 6.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, override

from barque.config.datatypes import BOOL, NAME, STR
from barque.config.directive import Datatype, Directive, Resource, directive
from barque.config.lexer import TEXTS, Kind, Mode
from barque.config.scanner import Scanner, keyword
from barque.config.shown import Form, Shown
from barque.domain.fileset import (
    ACCURATE_LETTERS,
    MAXIMUM_CHARACTERS,
    VERIFY_LETTERS,
    Evaluate,
    FileOptions,
    Include,
    Setting,
    encode_fileset,
    fileset_md5,
    not_evaluated,
    option_characters,
)
from barque.domain.size import parse_size
from barque.errors import ConfigError


def _yes(characters: str) -> dict[str, str]:
    return {"yes": characters, "no": "0"}


def _no(characters: str) -> dict[str, str]:
    return {"yes": "0", "no": characters}


_SIGNATURES = {"MD5": "M", "SHA1": "S", "SHA256": "S2", "SHA512": "S3", "XXH128": "S4"}
_COMPRESSIONS = {
    "GZIP": "Z6",
    **{f"GZIP{level}": f"Z{level}" for level in range(1, 10)},
    "LZO": "Zo",
    "LZFAST": "Zff",
    "LZ4": "Zf4",
    "LZ4HC": "Zfh",
}
_SHADOWING = {
    "none": "0",
    "localwarn": "d1",
    "localremove": "d2",
    "globalwarn": "d3",
    "globalremove": "d4",
}

CHARACTERS: dict[str, dict[str, str]] = {
    "Compression": _COMPRESSIONS,
    "Signature": _SIGNATURES,
    "OneFs": _no("f"),
    "Recurse": _no("h"),
    "Sparse": _yes("s"),
    "HardLinks": _no("H"),
    "ReadFifo": _yes("r"),
    "Replace": {"always": "a", "ifnewer": "w", "never": "n"},
    "Portable": _yes("p"),
    "MtimeOnly": _yes("m"),
    "KeepAtime": _yes("k"),
    "Exclude": _yes("e"),
    "AclSupport": _yes("A"),
    "IgnoreCase": _yes("i"),
    "HfsPlusSupport": _yes("R"),
    "NoAtime": _yes("K"),
    "EnhancedWild": _yes("K"),
    "CheckFileChanges": _yes("c"),
    "HonorNoDumpFlag": _yes("N"),
    "XAttrSupport": _yes("X"),
    "Shadowing": _SHADOWING,
    "AutoExclude": _no("x"),
    "ForceEncryption": {"yes": "Ef", "no": "0"},
}
"""Options with a choice of words, and the option characters of each word."""

PATTERNS = {
    "Regex": "regex",
    "RegexDir": "regex_dir",
    "RegexFile": "regex_file",
    "Wild": "wild",
    "WildDir": "wild_dir",
    "WildFile": "wild_file",
    "WildBase": "wild_base",
    "FsType": "fs_type",
    "DriveType": "drive_type",
    "Meta": "meta",
}
"""Options that may be repeated, and where their values are."""

OPTION_ALIASES = {"Strip": "StripPath"}
"""Words that only ``show`` writes; they are understood too."""


def _letters(letters: frozenset[str], what: str, key: str) -> "Callable[[str], str]":
    def characters(value: str) -> str:
        for letter in value:
            if letter not in letters:
                raise ConfigError(
                    f"Illegal {what} option {letter}, got option string: {value}:",
                    hint=f"use some of {''.join(sorted(letters))}",
                )
        return f"{key}{''.join(dict.fromkeys(value))}:"

    return characters


def _strip_path(value: str) -> str:
    if not (value.isascii() and value.isdigit()):
        raise ConfigError(f"Expected a strip path positive integer, got: {value}:")
    return f"P{value}:"


def _size(value: str) -> str:
    sizes = value.split("-", 1) if "-" in value else [value.removeprefix("<").removeprefix(">")]
    try:
        for size in sizes:
            parse_size(size)
    except ConfigError:
        raise ConfigError(
            f"Expected a parseable size, got: {value}:", hint="write n, a-b, <n or >n"
        ) from None
    return f"z{value}:"


FREE_TEXT: dict[str, Callable[[str], str]] = {
    "Accurate": _letters(ACCURATE_LETTERS, "accurate", "C"),
    "Verify": _letters(VERIFY_LETTERS, "verify", "V"),
    "StripPath": _strip_path,
    "Size": _size,
}
"""Options with a value of their own, and how it is checked and encoded."""

OPTIONS = (
    "Compression",
    "Signature",
    "Accurate",
    "Verify",
    "OneFs",
    "Recurse",
    "Sparse",
    "HardLinks",
    "ReadFifo",
    "Replace",
    "Portable",
    "MtimeOnly",
    "KeepAtime",
    "Regex",
    "RegexDir",
    "RegexFile",
    "Wild",
    "WildDir",
    "WildFile",
    "Exclude",
    "AclSupport",
    "Plugin",
    "IgnoreCase",
    "FsType",
    "HfsPlusSupport",
    "NoAtime",
    "EnhancedWild",
    "DriveType",
    "CheckFileChanges",
    "StripPath",
    "HonorNoDumpFlag",
    "XAttrSupport",
    "Size",
    "Shadowing",
    "AutoExclude",
    "ForceEncryption",
    "Meta",
)
"""What may stand in an Options block."""

BLOCK_DIRECTIVES = ("File", "Plugin", "ExcludeDirContaining", "Options")
"""What may stand in an Include block; an Exclude block has File alone."""


class IncludeBlock(Datatype[tuple[Include, ...]]):
    """``Include { ... }`` or ``Exclude { ... }``; every further block appends."""

    name = "INCEXC"
    schema = "INCLUDE_EXCLUDE_ITEM"

    def __init__(self, *, exclude: bool) -> None:
        self.exclude = exclude

    @override
    def apply(self, scan: Scanner, resource: Resource, row: Directive) -> None:
        """Read one block."""
        assert isinstance(resource, FileSet)
        if scan.next_in_block().kind is not Kind.BEGIN:
            raise ConfigError(
                "Old style Include/Exclude not supported", hint="write Include { File = ... }"
            )
        block = self._read(scan, resource.entries)
        resource.store(row, (*resource.__dict__.get(row.attribute, ()), block))
        scan.finish()

    def _read(self, scan: Scanner, entries: list[str]) -> Include:
        block = Include()
        while (token := scan.next_in_block()).kind is not Kind.END:
            word = _word(scan, token.kind, token.text, BLOCK_DIRECTIVES)
            if self.exclude and word != "File":
                raise ConfigError(f"{word} directive not permitted in Exclude")
            if word == "Options":
                scan.expect(Kind.BEGIN, "Expecting open brace")
                block = replace(block, options=(*block.options, _read_options(scan)))
                continue
            scan.expect(Kind.EQUALS, "expected an equals")
            if word == "ExcludeDirContaining":
                name = scan.name().text
                block = replace(block, exclude_dir_containing=(*block.exclude_dir_containing, name))
            else:
                entry = _entry(scan)
                entries.append(entry)
                if word == "File":
                    block = replace(block, files=(*block.files, entry))
                else:
                    block = replace(block, plugins=(*block.plugins, entry))
            scan.finish()
        return block if block.options else replace(block, options=(FileOptions(),))

    @override
    def initial(self, default: str | None) -> tuple[Include, ...]:
        """Return no block."""
        return ()

    @override
    def show(self, value: Any) -> Shown:
        """As blocks."""
        return Shown(Form.BLOCKS)


def _word(scan: Scanner, kind: Kind, text: str, words: tuple[str, ...]) -> str:
    if kind is not Kind.IDENTIFIER:
        raise ConfigError(f"Expecting keyword, got: {text or kind.value}")
    return keyword(
        scan,
        text,
        [(word, word) for word in words],
        f"Keyword {text} not permitted in this resource",
    )


def _entry(scan: Scanner) -> str:
    """Read a File or Plugin; a path with backslashes has to be quoted."""
    token = scan.next_in_block()
    if token.kind not in TEXTS:
        raise ConfigError(f"Expected a filename, got: {token.text or token.kind.value}")
    if token.kind is not Kind.QUOTED and "\\" in token.text:
        raise ConfigError(
            f"Backslash found. Use forward slashes or quote the string.: {token.text}"
        )
    return token.text


def _read_options(scan: Scanner) -> FileOptions:
    options = FileOptions()
    words = (*OPTIONS, "WildBase", *OPTION_ALIASES)
    while (token := scan.next_in_block()).kind is not Kind.END:
        word = _word(scan, token.kind, token.text, words)
        word = OPTION_ALIASES.get(word, word)
        scan.expect(Kind.EQUALS, "expected an equals")
        if word in PATTERNS:
            options = _with_pattern(options, word, _pattern(scan, word))
        elif word == "Plugin":
            options = replace(options, plugin=scan.name().text)
        else:
            settings = (*options.settings, *_settings(scan, word))
            options = replace(options, settings=settings)
        scan.finish()
    if len(option_characters(options)) >= MAXIMUM_CHARACTERS:
        raise ConfigError("Too many fileset options specified; cannot parse this correctly")
    return options


def _settings(scan: Scanner, word: str) -> Iterator[Setting]:
    value = scan.string(Mode.FORCE_STRING).text
    if word in FREE_TEXT:
        yield Setting(word, value, FREE_TEXT[word](value))
        return
    choices = [(choice, (choice, characters)) for choice, characters in CHARACTERS[word].items()]
    choice, characters = keyword(
        scan, value, choices, f"Expected a FileSet option keyword, got: {value}:"
    )
    yield Setting(word, choice, characters)


def _pattern(scan: Scanner, word: str) -> str:
    token = scan.next_in_block()
    if token.kind not in TEXTS:
        raise ConfigError(f"Expected a {word} string, got: {token.text or token.kind.value}")
    return token.text


def _with_pattern(options: FileOptions, word: str, pattern: str) -> FileOptions:
    if word == "WildFile" and not re.search(r"[/\\]", pattern):
        word = "WildBase"
    attribute = PATTERNS[word]
    old: tuple[str, ...] = getattr(options, attribute)
    changes: dict[str, Any] = {attribute: (*old, pattern)}
    return replace(options, **changes)


INCLUDE = IncludeBlock(exclude=False)
EXCLUDE = IncludeBlock(exclude=True)


class FileSet(Resource):
    """Which files a job takes."""

    kind = "FileSet"
    group = "FileSets"

    name: str = directive(NAME, "Name that jobs refer to.", required=True)
    description: str = directive(STR, "Free text.")
    include: tuple[Include, ...] = directive(INCLUDE, "Files that are taken.", equals=False)
    exclude: tuple[Include, ...] = directive(
        EXCLUDE, "Files that are left out of all Include blocks.", equals=False
    )
    ignore_fileset_changes: bool = directive(
        BOOL, "A changed FileSet does not make the next backup a Full.", default="false"
    )
    enable_vss: bool = directive(
        BOOL, "Windows clients take a snapshot before the backup.", default="true"
    )

    def __init__(self, **values: object) -> None:
        self.entries: list[str] = []
        """File and Plugin entries in the order of the configuration."""
        super().__init__(**values)

    @property
    def md5(self) -> str:
        """Identity for the catalog: 22 characters, changed when a File or Plugin changes."""
        return fileset_md5(self.entries)


def fileset_lines(
    fileset: FileSet,
    *,
    allow_compression: bool = True,
    evaluate: Evaluate = not_evaluated,
) -> Iterator[bytes]:
    """Yield the messages that give *fileset* to a File Daemon; the caller sends EOD after them.

    *allow_compression* is that of the Storage. *evaluate* runs ``|command`` and reads ``<list``.
    """
    return encode_fileset(
        fileset.include,
        fileset.exclude,
        enable_vss=fileset.enable_vss,
        allow_compression=allow_compression,
        evaluate=evaluate,
    )
