"""FileSets as text and JSON.

Source: configuration, sections 6.1 and 10.
"""

from collections.abc import Iterator

from barque.config.fileset import PATTERNS, FileSet
from barque.config.quote import quoted, quoted_everything
from barque.config.tree import Branch, Leaf, Node, Shape
from barque.domain.fileset import FileOptions, Include, option_characters, split_characters

_WORDS: dict[str, tuple[str, str | bool]] = {
    "a": ("Replace", "Always"),
    "c": ("CheckFileChanges", True),
    "d1": ("Shadowing", "LocalWarn"),
    "d2": ("Shadowing", "LocalRemove"),
    "d3": ("Shadowing", "GlobalWarn"),
    "d4": ("Shadowing", "GlobalRemove"),
    "e": ("Exclude", True),
    "f": ("OneFS", False),
    "h": ("Recurse", False),
    "H": ("HardLinks", False),
    "i": ("IgnoreCase", True),
    "M": ("Signature", "MD5"),
    "n": ("Replace", "Never"),
    "p": ("Portable", True),
    "R": ("HfsPlusSupport", True),
    "r": ("ReadFifo", True),
    "S": ("Signature", "SHA1"),
    "S2": ("Signature", "SHA256"),
    "S3": ("Signature", "SHA512"),
    "S4": ("Signature", "XXH128"),
    "s": ("Sparse", True),
    "m": ("MtimeOnly", True),
    "k": ("KeepAtime", True),
    "K": ("NoAtime", True),
    "A": ("AclSupport", True),
    "N": ("HonorNoDumpFlag", True),
    "w": ("Replace", "IfNewer"),
    "W": ("EnhancedWild", True),
    **{f"Z{level}": ("Compression", f"GZIP{level}") for level in range(10)},
    "Zo": ("Compression", "LZO"),
    "Zff": ("Compression", "LZFAST"),
    "Zf4": ("Compression", "LZ4"),
    "Zfh": ("Compression", "LZ4HC"),
    "X": ("XattrSupport", True),
    "x": ("AutoExclude", False),
}
"""What ``show`` writes for option characters."""

_WITH_VALUE = {"C": "Accurate", "P": "Strip", "V": "Verify", "z": "Size"}


def fileset_nodes(fileset: FileSet, *, complete: bool) -> Iterator[Node]:
    """Write a FileSet; the reference shows neither its two switches nor options without effect."""
    yield Leaf("Name", (quoted(fileset.name),), fileset.name)
    if fileset.description:
        yield Leaf("Description", (quoted(fileset.description),), fileset.description)
    if complete:
        yield from _switches(fileset)
    for block in fileset.include:
        children: list[Node] = [_options(options, complete) for options in block.options]
        children.extend(_entries(block))
        yield Branch("Include", "Include {", children, shape=Shape.ITEM)
    for block in fileset.exclude:
        files = tuple(quoted(file) for file in block.files)
        leaves = (Leaf("File", files, [*block.files]),) if files else ()
        yield Branch("Exclude", "Exclude {", leaves, shape=Shape.ITEM)


def _switches(fileset: FileSet) -> Iterator[Leaf]:
    for row in fileset.table:
        if row.attribute in {"ignore_fileset_changes", "enable_vss"} and fileset.is_set(
            row.attribute
        ):
            value = bool(fileset.value(row))
            yield Leaf(row.name, ("Yes" if value else "No",), value)


def _entries(block: Include) -> Iterator[Leaf]:
    if block.files:
        yield Leaf("File", tuple(map(quoted_everything, block.files)), [*block.files])
    for key, values in (
        ("Plugin", block.plugins),
        ("ExcludeDirContaining", block.exclude_dir_containing),
    ):
        if values:
            yield Leaf(key, tuple(map(quoted, values)), [*values])


def _options(options: FileOptions, complete: bool) -> Branch:
    settings = _all_settings(options) if complete else _effective_settings(options)
    children = [*settings]
    for word, attribute in PATTERNS.items():
        values: tuple[str, ...] = getattr(options, attribute)
        if values:
            children.append(Leaf(word, tuple(map(quoted, values)), [*values]))
    if options.plugin:
        text = quoted(options.plugin) if complete else options.plugin
        children.append(Leaf("Plugin", (text,), options.plugin))
    return Branch("Options", "Options {", children, shape=Shape.ITEM)


def _all_settings(options: FileOptions) -> Iterator[Leaf]:
    for item in options.settings:
        yield Leaf(item.option, (quoted(item.value),), item.value)


def _effective_settings(options: FileOptions) -> Iterator[Leaf]:
    for characters in split_characters(option_characters(options)):
        if characters in _WORDS:
            key, value = _WORDS[characters]
            if isinstance(value, bool):
                yield Leaf(key, ("Yes" if value else "No",), value)
            else:
                yield Leaf(key, (quoted(value),), value)
        elif characters[0] in _WITH_VALUE:
            value = characters[1:].removesuffix(":")
            text = value if characters[0] == "z" else quoted(value)
            yield Leaf(_WITH_VALUE[characters[0]], (text,), value)
