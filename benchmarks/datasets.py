"""The data that is backed up: the same bytes on every machine and in every run."""

import os
import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * 1024

SMALL_FILES: Final = 200_000
FILES_PER_FOLDER: Final = 500
LARGE_FILES: Final = 16
LARGE_SIZE: Final = 256 * MIB
PLUGIN_SMALL_FILES: Final = 50_000
PLUGIN_LARGE_FILES: Final = 4

SEED: Final = 20260101


@dataclass(frozen=True, slots=True)
class Dataset:
    """A folder with generated files, saved as they are or by a plugin."""

    name: str
    root: Path
    files: int
    bytes: int
    plugins: bool = False
    """Whether plugins save the same files, too."""


def plugin_small(parent: Path, scale: float) -> Dataset:
    """Return many small files, for a plugin."""
    return replace(small(parent, scale, PLUGIN_SMALL_FILES), name="plugin-small", plugins=True)


def plugin_large(parent: Path, scale: float) -> Dataset:
    """Return few large files, for a plugin."""
    return replace(large(parent, scale, PLUGIN_LARGE_FILES), name="plugin-large", plugins=True)


def small(parent: Path, scale: float, files: int = SMALL_FILES) -> Dataset:
    """Return (and make, when it is not there) many files of 1 to 8 KiB."""
    count = max(1, int(files * scale))
    sizes = random.Random(SEED)
    lengths = [sizes.randint(KIB, 8 * KIB) for _ in range(count)]
    dataset = Dataset("small", parent / f"small-{count}", count, sum(lengths))
    if not _made(dataset):
        content = random.Random(SEED + 1)
        for number, length in enumerate(lengths):
            folder = dataset.root / f"{number // FILES_PER_FOLDER:04}"
            if number % FILES_PER_FOLDER == 0:
                folder.mkdir(parents=True, exist_ok=True)
            (folder / f"file-{number:06}").write_bytes(content.randbytes(length))
        _mark(dataset)
    return dataset


def large(parent: Path, scale: float, files: int = LARGE_FILES) -> Dataset:
    """Return (and make, when it is not there) few files of 256 MiB."""
    size = max(MIB, int(LARGE_SIZE * scale) // MIB * MIB)
    dataset = Dataset("large", parent / f"large-{files}-{size}", files, files * size)
    if not _made(dataset):
        dataset.root.mkdir(parents=True, exist_ok=True)
        content = random.Random(SEED + 2)
        for number in range(files):
            with (dataset.root / f"file-{number:02}").open("wb") as file:
                for _ in range(size // MIB):
                    file.write(content.randbytes(MIB))
        _mark(dataset)
    return dataset


def _marker(dataset: Dataset) -> Path:
    return dataset.root.with_name(f"{dataset.root.name}.complete")


def _made(dataset: Dataset) -> bool:
    return _marker(dataset).exists()


def _mark(dataset: Dataset) -> None:
    os.sync()
    _marker(dataset).touch()
