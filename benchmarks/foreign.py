"""Other backup programs on the same data: restic and BorgBackup."""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.datasets import Dataset
from benchmarks.measure import Measured, run_program


@dataclass(frozen=True, slots=True)
class Foreign:
    """One row: the commands of a program. ``{repo}``, ``{data}``, ``{n}`` are filled in."""

    name: str
    prepare: Sequence[str]
    backup: Sequence[str]
    restore: Sequence[str]
    """Runs in the folder that is restored to."""
    environment: Mapping[str, str]


PROGRAMS: Final = (
    Foreign(
        "restic",
        ("restic", "init", "-r", "{repo}"),
        ("restic", "backup", "-r", "{repo}", "--compression", "off", "--quiet", "{data}"),
        ("restic", "restore", "latest", "-r", "{repo}", "--target", "."),
        {"RESTIC_PASSWORD": "benchmark", "RESTIC_CACHE_DIR": "{repo}.cache"},
    ),
    Foreign(
        "borg",
        ("borg", "init", "-e", "none", "{repo}"),
        ("borg", "create", "-C", "none", "{repo}::{n}", "{data}"),
        ("borg", "extract", "{repo}::0"),
        {
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
            "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes",
            "BORG_BASE_DIR": "{repo}.cache",
        },
    ),
)


def installed() -> list[Foreign]:
    """Return the programs that this machine has."""
    return [program for program in PROGRAMS if shutil.which(program.name)]


def measure_foreign(program: Foreign, dataset: Dataset, work: Path) -> list[Measured]:
    """Return a Full, an unchanged Incremental and a restore."""
    repository = work / program.name
    target = work / "restored"
    target.mkdir(parents=True)
    environment = {key: value.format(repo=repository) for key, value in program.environment.items()}

    def filled(command: Sequence[str], number: int) -> list[str]:
        return [word.format(repo=repository, data=dataset.root, n=number) for word in command]

    def measured(operation: str, command: list[str], size: int, cwd: Path) -> Measured:
        os.sync()
        seconds, cost = run_program(command, cwd=cwd, environment=environment)
        return Measured(
            program.name,
            dataset.name,
            operation,
            dataset.files,
            size,
            seconds,
            0.0,
            {program.name: cost},
        )

    run_program(filled(program.prepare, 0), environment=environment)
    return [
        measured("full", filled(program.backup, 0), dataset.bytes, work),
        measured("incremental", filled(program.backup, 1), 0, work),
        measured("restore", filled(program.restore, 0), dataset.bytes, target),
    ]
