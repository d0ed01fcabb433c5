"""Where messages go: the destinations of a Messages resource.

A job's messages go to the destinations of its own Messages resource, messages outside a job to
those of the Director. Source: configuration, section 4; job semantics, section 12.
"""

import logging
import subprocess
import sys
import syslog
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Final, Protocol, TextIO

from barque.config.messages import MAIL_TARGETS, Destination, Messages, Target
from barque.config.messages import MessageType as Word
from barque.domain.job import JobStatus
from barque.errors import CatalogError
from barque.wire.messages.job import MessageType

log = logging.getLogger(__name__)

WORDS: Final = {
    MessageType.ABORT: Word.ABORT,
    MessageType.DEBUG: Word.DEBUG,
    MessageType.FATAL: Word.FATAL,
    MessageType.ERROR: Word.ERROR,
    MessageType.WARNING: Word.WARNING,
    MessageType.INFO: Word.INFO,
    MessageType.SAVED: Word.SAVED,
    MessageType.NOTSAVED: Word.NOTSAVED,
    MessageType.SKIPPED: Word.SKIPPED,
    MessageType.MOUNT: Word.MOUNT,
    MessageType.ERROR_TERM: Word.ERROR,
    MessageType.TERM: Word.TERMINATE,
    MessageType.RESTORED: Word.RESTORED,
    MessageType.SECURITY: Word.SECURITY,
    MessageType.ALERT: Word.ALERT,
    MessageType.VOLMGMT: Word.VOLMGMT,
    MessageType.AUDIT: Word.AUDIT,
}
"""The configuration's word for each type on the wire."""

TIMESTAMP: Final = "%d-%b %H:%M"
"""Before each line, where the configuration does not say otherwise."""

MAIL_TIMEOUT: Final = 300.0
"""Second; a mail program that takes longer is ended."""

PRIORITIES: Final = {
    MessageType.ERROR: syslog.LOG_ERR,
    MessageType.ABORT: syslog.LOG_CRIT,
    MessageType.FATAL: syslog.LOG_CRIT,
    MessageType.WARNING: syslog.LOG_WARNING,
    MessageType.DEBUG: syslog.LOG_DEBUG,
    MessageType.MOUNT: syslog.LOG_NOTICE,
    MessageType.SECURITY: syslog.LOG_NOTICE,
    MessageType.ALERT: syslog.LOG_NOTICE,
    MessageType.VOLMGMT: syslog.LOG_NOTICE,
    MessageType.AUDIT: syslog.LOG_NOTICE,
}
"""Syslog priority by type; INFO for the others."""

BATCH: Final = 100
"""Lines of a job's log that are written to the catalog together."""

BATCH_AGE: Final = 1.0
"""Second; no line waits longer than that."""

DAEMON_MAIL_AGE: Final = 60.0
"""Second; messages outside jobs are collected so long for one mail."""


class ConsoleMessages:
    """The lines that wait for the next console that asks for messages."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._pending = path.exists() and path.stat().st_size > 0

    def add(self, line: str) -> None:
        """Append a line; the file survives a restart of the Director."""
        with self._lock:
            created = not self._path.exists()
            with self._path.open("a", encoding="utf-8", errors="surrogateescape") as file:
                file.write(line)
            if created:
                self._path.chmod(0o600)
            self._pending = True

    @property
    def pending(self) -> bool:
        """Whether lines wait."""
        return self._pending

    def take(self) -> list[str]:
        """Return the waiting lines and forget them."""
        with self._lock:
            if not self._pending:
                return []
            text = self._path.read_text(encoding="utf-8", errors="surrogateescape")
            self._path.unlink()
            self._pending = False
        return text.splitlines(keepends=True)


class LogWriter(Protocol):
    """Keeps lines in a catalog."""

    def add_many(self, job_id: int, messages: list[tuple[int, str]], /) -> None:
        """Keep several lines (time, text)."""


type MailCommand = Callable[[str, str], str]
"""Fills the percent codes of a mail command: command, recipients → command."""


class JobLog:
    """Takes one job's lines (or, as job 0, the daemon's own) to their destinations."""

    def __init__(
        self,
        job_id: int,
        destinations: Sequence[Destination],
        console: ConsoleMessages,
        *,
        catalog: LogWriter | None = None,
        expand: MailCommand | None = None,
        timestamp: str = TIMESTAMP,
    ) -> None:
        self._job_id = job_id
        self._destinations = destinations
        self._console = console
        self._catalog = catalog
        self._expand = expand or (lambda command, _recipients: command)
        self._timestamp = timestamp
        self._lock = threading.Lock()
        self._mails: dict[int, list[str]] = {}
        self._batch: list[tuple[int, str]] = []
        self._opened: dict[str, IO[str]] = {}

    def write(self, kind: MessageType, line: str, at: float) -> None:
        """Send *line* to every destination that wants its type."""
        word = WORDS.get(kind)
        with self._lock:
            for number, destination in enumerate(self._destinations):
                if word in destination.types:
                    self._try_to_deliver(number, destination, kind, line, at)

    def _try_to_deliver(
        self, number: int, destination: Destination, kind: MessageType, line: str, at: float
    ) -> None:
        """A job does not end because its messages cannot be written."""
        try:
            self._deliver(number, destination, kind, line, at)
        except OSError as error:
            where = destination.where or destination.target
            log.error("cannot write messages to %s: %s", where, error.strerror)  # noqa: TRY400 - the text says it

    def _deliver(
        self, number: int, destination: Destination, kind: MessageType, line: str, at: float
    ) -> None:
        stamped = self._stamp(destination, at) + line
        match destination.target:
            case Target.CONSOLE:
                self._console.add(stamped)
            case Target.CATALOG:
                self._keep(line, at)
            case Target.STDOUT:
                _print(sys.stdout, stamped)
            case Target.STDERR:
                _print(sys.stderr, stamped)
            case Target.FILE | Target.APPEND:
                self._append(destination, stamped)
            case Target.SYSLOG:
                _to_syslog(destination.where, kind, line)
            case Target.OPERATOR:
                self._mail(destination, stamped)
            case target if target in MAIL_TARGETS:
                self._collect(number, stamped)
            case _:
                pass

    def _stamp(self, destination: Destination, at: float) -> str:
        layout = destination.timestamp_format or self._timestamp
        return time.strftime(layout, time.localtime(at)) + " "

    def _keep(self, line: str, at: float) -> None:
        if self._catalog is None or not self._job_id:
            return
        if not self._batch:
            _later(BATCH_AGE, self.flush)
        self._batch.append((int(at), line))
        if len(self._batch) >= BATCH:
            self._write_batch()

    def _write_batch(self) -> None:
        batch, self._batch = self._batch, []
        if not batch or self._catalog is None:
            return
        try:
            self._catalog.add_many(self._job_id, batch)
        except CatalogError as error:
            log.error("the log of job %s could not be kept: %s", self._job_id, error)  # noqa: TRY400 - the text says it

    def flush(self) -> None:
        """Write what waits for the catalog."""
        with self._lock:
            self._write_batch()

    def _collect(self, number: int, line: str) -> None:
        """Keep a line for a mail: at the end of the job, or soon when there is no job."""
        if not self._job_id and not self._mails:
            _later(DAEMON_MAIL_AGE, self._send_daemon_mails)
        self._mails.setdefault(number, []).append(line)

    def _send_daemon_mails(self) -> None:
        with self._lock:
            mails, self._mails = self._mails, {}
        for number, lines in mails.items():
            self._mail(self._destinations[number], "".join(lines))

    def _append(self, destination: Destination, line: str) -> None:
        file = self._opened.get(destination.where) or self._open(destination)
        file.write(line)
        file.flush()

    def _open(self, destination: Destination) -> IO[str]:
        mode = "w" if destination.target is Target.FILE else "a"
        path = Path(destination.where)
        file = path.open(mode, encoding="utf-8", errors="surrogateescape")
        self._opened[destination.where] = file
        return file

    def close(self, status: JobStatus) -> None:
        """Write what waits, send the mails that *status* calls for, close files."""
        with self._lock:
            self._write_batch()
            for number, lines in self._mails.items():
                destination = self._destinations[number]
                if _wanted(destination.target, status):
                    self._mail(destination, "".join(lines))
            self._mails.clear()
            for file in self._opened.values():
                file.close()
            self._opened.clear()

    def _mail(self, destination: Destination, text: str) -> None:
        command = self._expand(
            destination.command or f"/usr/lib/sendmail -F BAREOS {destination.where}",
            destination.where,
        )
        body = text if destination.command else f"Subject: BAREOS Message\n\n{text}"
        try:
            done = subprocess.run(  # noqa: S602 - the administrator's own mail command
                command,
                shell=True,
                input=body.encode("utf-8", "surrogateescape"),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=MAIL_TIMEOUT,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            log.error("the mail command %s failed: %s", command.split()[0], error)  # noqa: TRY400 - the text says it
            return
        if done.returncode or done.stdout:
            said = done.stdout.decode("utf-8", "replace").strip()
            log.warning("Mail prog: %s (exit %s)", said, done.returncode)


def _later(seconds: float, act: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    timer.start()


def _wanted(target: Target, status: JobStatus) -> bool:
    good = status in {JobStatus.TERMINATED, JobStatus.WARNINGS}
    return target is Target.MAIL or (target is Target.MAIL_ON_SUCCESS) is good


def _print(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError, UnicodeError):
        log.debug("standard output is closed")


def _to_syslog(facility: str, kind: MessageType, line: str) -> None:
    code = getattr(syslog, f"LOG_{(facility or 'daemon').upper()}", syslog.LOG_DAEMON)
    syslog.syslog(code | PRIORITIES.get(kind, syslog.LOG_INFO), line.rstrip("\n"))


def destinations_of(messages: Messages | None) -> Sequence[Destination]:
    """Return the destinations of a Messages resource; none for None."""
    return messages.destinations if messages else ()
