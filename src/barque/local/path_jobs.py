"""Jobs for paths: what ``barque backup PATH...`` runs.

Each set of paths has a FileSet and a Job of its own, in the Director's configuration, where the
administrator finds and changes them. The same paths find the same job, so that the second
backup is an Incremental.
"""

import hashlib
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from barque.console.client import Console
from barque.errors import BarqueError, CommandError
from barque.local.init import write_private
from barque.local.jobs import records
from barque.local.place import Place
from barque.local.resources import JOBDEFS, own_folders
from barque.local.texts import block, exclude, include, quoted

DIGITS: Final = 8
"""Hexadecimal digits of the paths' hash in a name."""


class PathError(BarqueError):
    """A path that cannot be backed up."""


@dataclass(frozen=True, slots=True)
class PathJob:
    """A job for a set of paths."""

    paths: tuple[str, ...]
    """Absolute, sorted; bytes that are not UTF-8 as surrogates."""
    label: str
    """Names the FileSet; the Job is ``backup-`` and this."""

    @property
    def job(self) -> str:
        """Name of the Job."""
        return f"backup-{self.label}"

    @property
    def fileset(self) -> str:
        """Name of the FileSet."""
        return self.label


def path_job(paths: Sequence[str]) -> PathJob:
    """Return the job for *paths*; raises PathError for one that does not exist."""
    resolved = []
    for path in paths:
        if not os.path.lexists(path):
            raise PathError(f"{path} does not exist")
        resolved.append(os.path.realpath(path))
    unique = tuple(sorted(set(resolved)))
    return PathJob(unique, _label(unique))


def _label(paths: Sequence[str]) -> str:
    """Return a name that people recognise and that no other set of paths has."""
    digest = hashlib.sha256(b"\0".join(os.fsencode(path) for path in paths)).hexdigest()
    word = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(paths[0]).name).strip("-.") or "root"
    return f"{word[:60]}-{digest[:DIGITS]}"


def ensure_job(console: Console, place: Place, job: PathJob) -> bool:
    """Make the Director know *job*; returns whether it is new.

    Raises CommandError, with nothing left behind, when the Director refuses it.
    """
    if job.job in known_jobs(console):
        return False
    written = []
    try:
        for path, text in _files(place, job):
            with suppress(FileExistsError):
                write_private(path, text)
                written.append(path)
        console.json("reload")
    except CommandError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise CommandError(
            f"the Director does not take the job for {job.paths[0]}: {error}"
        ) from None
    return True


def known_jobs(console: Console) -> set[str]:
    """Return the names of all jobs of the Director."""
    return {row["name"] for row in records(console.json(".jobs").get("jobs"))}


def _files(place: Place, job: PathJob) -> list[tuple[Path, str]]:
    shown = ", ".join(job.paths)
    fileset = block(
        "FileSet",
        [
            f"Name = {quoted(job.fileset)}",
            f"Description = {quoted(f'Made by barque backup for {shown}'[:200])}",
            include(job.paths),
            exclude(own_folders(place)),
        ],
    )
    itself = block(
        "Job",
        [
            f"Name = {quoted(job.job)}",
            f"JobDefs = {quoted(JOBDEFS)}",
            f"FileSet = {quoted(job.fileset)}",
            "# To run it every night, add: Schedule = WeeklyCycle",
        ],
    )
    folder = place.director_resources
    return [
        (folder / "fileset" / f"{job.fileset}.conf", fileset),
        (folder / "job" / f"{job.job}.conf", itself),
    ]
