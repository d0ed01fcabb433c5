"""Restores as seen from a console: which backup, which files, where to.

Source: console commands, section 7.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from barque.console.client import Console, Json
from barque.errors import CommandError
from barque.local.jobs import job_id_in, quote, records
from barque.local.resources import CLIENT

_SELECTED: Final = re.compile(r"^([\d,]+) files? selected to be restored", re.MULTILINE)
_NOTHING: Final = ("No files newly marked", "No files marked")


@dataclass(frozen=True, slots=True)
class Source:
    """What is restored from."""

    client: str
    fileset: str
    before: str = ""
    """``YYYY-MM-DD HH:MM:SS``; empty for now."""

    @property
    def command(self) -> str:
        """The restore command up to the selection of files."""
        moment = f"before={quote(self.before)}" if self.before else "current"
        return f"restore client={quote(self.client)} fileset={quote(self.fileset)} select {moment}"


@dataclass(frozen=True, slots=True)
class Queued:
    """A restore that the Director has accepted."""

    job_id: int
    files: int
    """How many files it will restore."""


def find_source(console: Console, paths: Sequence[str], before: str) -> Source:
    """Return the newest backup that holds all of *paths*; the newest of all for none.

    Raises CommandError when there is none.
    """
    rows = records(console.json(f"llist backups client={quote(CLIENT)}").get("backups"))
    tried: set[str] = set()
    for row in sorted(rows, key=lambda row: int(row["jobid"]), reverse=True):
        fileset = row.get("fileset", "")
        if fileset in tried or (before and row.get("starttime", "") >= before):
            continue
        tried.add(fileset)
        if not paths or _covers(fileset_roots(console, fileset), paths):
            return Source(row.get("client") or CLIENT, fileset, before)
    when = f" before {before}" if before else ""
    what = f" of {', '.join(paths)}" if paths else ""
    raise CommandError(f"there is no backup{what}{when}: see barque jobs")


def original_place(path: str) -> str:
    """Return *path* as a backup names it: absolute, links in the folders above it resolved."""
    folder, name = os.path.split(path.rstrip("/") or "/")
    if name in {"", ".", ".."}:
        return os.path.realpath(path)
    return f"{os.path.realpath(folder).rstrip('/')}/{name}"


def fileset_roots(console: Console, name: str) -> list[str]:
    """Return the File lines of a FileSet; none for one that is no longer configured."""
    try:
        filesets = console.json(f"show fileset={quote(name)}").get("filesets")
    except CommandError:
        return []
    resource = filesets.get(name) if isinstance(filesets, dict) else None
    blocks = resource.get("include") if isinstance(resource, dict) else None
    roots: list[str] = []
    for part in blocks if isinstance(blocks, list) else []:
        files: Json = part.get("file") if isinstance(part, dict) else None
        roots += [str(path) for path in files] if isinstance(files, list) else []
    return roots


def _covers(roots: Sequence[str], paths: Sequence[str]) -> bool:
    return all(any(_is_below(path, root) for root in roots) for path in paths)


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")


def start_restore(console: Console, source: Source, paths: Sequence[str], where: str) -> Queued:
    """Queue the restore of *paths* (everything for none) below the folder *where*.

    ``/`` as *where* restores to the original place.
    Raises CommandError when the Director refuses or does not know a path.
    """
    command = f"{source.command} where={quote(where)}"
    reply = _mark(console, command, paths) if paths else console.call(f"{command} all done yes")
    found = _SELECTED.search(reply)
    files = int(found[1].replace(",", "")) if found else 0
    return Queued(job_id_in(command, reply), files)


def list_directory(console: Console, source: Source, path: str) -> str:
    """Return the listing of a folder, or of one file, as it was backed up."""
    with Browser(console, source.command) as browser:
        if browser.enter(path):
            return browser.tell("dir")
        folder, name = os.path.split(path)
        browser.enter(folder)
        listed = browser.tell(f"dir {quote(_literal(name))}")
    if not listed.strip():
        raise CommandError(f"the backup of {source.fileset} does not hold {path}")
    return listed


def _mark(console: Console, command: str, paths: Sequence[str]) -> str:
    """Mark *paths* in the Director's file browser and return the reply that queues the job."""
    with Browser(console, command) as browser:
        for path in paths:
            browser.mark(path)
        return browser.finish()


class Browser:
    """The Director's selection of files: a small shell within a command."""

    def __init__(self, console: Console, command: str) -> None:
        self._console = console
        reply = "".join(console.stream(command))
        if not console.asked or "cwd is:" not in reply:
            self.abort()
            said = [line for line in reply.splitlines() if line.strip()][-2:]
            raise CommandError(" ".join(said) or f"«{command}» was refused")

    def tell(self, line: str) -> str:
        """Give one command and return its reply, without the prompt."""
        reply = "".join(self._console.stream(line))
        return reply.removesuffix("$ ")

    def enter(self, path: str) -> bool:
        """Go to the folder *path*; False when there is none."""
        return "Invalid path" not in self.tell(f"cd {quote(_literal(path or '/'))}")

    def mark(self, path: str) -> None:
        """Mark a file, or a folder and all below it; raises CommandError when there is none."""
        folder, name = os.path.split(path.rstrip("/"))
        reply = ""
        if self.enter(folder or "/"):
            reply = self.tell(f"mark {quote(_literal(name))}" if name else "mark *")
        if not reply or any(text in reply for text in _NOTHING):
            raise CommandError(f"the backup does not hold {path}")

    def finish(self) -> str:
        """Leave the selection and confirm; returns what the Director said."""
        reply = "".join(self._console.stream("done"))
        while self._console.asked:
            if "OK to run?" not in reply.splitlines()[-1]:
                break
            reply += "".join(self._console.stream("yes"))
        return reply

    def abort(self) -> None:
        """Leave whatever the Director asks for."""
        for answer in ("quit", ".", ".", "."):
            if not self._console.asked:
                return
            for _ in self._console.stream(answer):
                pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.abort()


def _literal(name: str) -> str:
    """Return *name* with what the Director takes for a pattern made literal."""
    return re.sub(r"([*?\[\\])", r"\\\1", name)
