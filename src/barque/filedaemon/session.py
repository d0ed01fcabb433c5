"""The conversation with a Director: command by command, to the end of the job.

Source: daemon protocol, sections 3 and 3.9.
"""

import logging
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from barque.config.filedaemon import Director
from barque.domain.job import JobStatus
from barque.errors import BarqueError, ConnectionLostError, JobError, RemoteProtocolError
from barque.filedaemon.commands import Command, find_command
from barque.filedaemon.job import Job
from barque.filedaemon.plugins import JOB_END
from barque.filedaemon.restore import RestoreRun
from barque.filedaemon.scripts import When, run_scripts
from barque.transport.channel import Channel
from barque.wire.framing import Signal
from barque.wire.message import shorten
from barque.wire.messages.director_file import ClientRefused, EndJob
from barque.wire.messages.job import JobMessage

if TYPE_CHECKING:
    from barque.filedaemon.daemon import FileDaemon

log = logging.getLogger(__name__)

MONITOR_REFUSED: Final = b"2997 Invalid command for a Director with Monitor directive enabled.\n"


class Session:
    """One connection of a Director."""

    def __init__(self, daemon: "FileDaemon", channel: Channel, director: Director) -> None:
        self.daemon = daemon
        self.channel = channel
        self.director = director
        self.job: Job | None = None
        self._timer: threading.Timer | None = None
        self.restore: RestoreRun | None = None
        """The restore that goes on over several commands."""

    @property
    def allowed_commands(self) -> Sequence[str]:
        """Kinds of jobs that this Director may run; empty means all."""
        return self.director.allowed_job_command or self.daemon.client.allowed_job_command

    @property
    def allowed_directories(self) -> Sequence[str]:
        """Directories whose scripts this Director may run; empty means all."""
        return self.director.allowed_script_dir or self.daemon.client.allowed_script_dir

    def limit_time(self, job: Job, seconds: int) -> None:
        """Cancel *job* when it takes longer (AbsoluteJobTimeout); 0 is no limit."""
        if seconds:
            self._timer = threading.Timer(seconds, self._expire, (job, seconds))
            self._timer.daemon = True
            self._timer.start()

    @staticmethod
    def _expire(job: Job, seconds: int) -> None:
        with suppress(BarqueError):
            job.report.error(f"The job took longer than {seconds} seconds and is canceled.")
        job.cancel()

    def require_job(self) -> Job:
        """Return the job that commands are about; raises RemoteProtocolError without one."""
        if self.job is None:
            raise RemoteProtocolError("a command for a job came before the job")
        return self.job

    def post(self, message: JobMessage, urgent: bool) -> None:
        """Send a message about the job."""
        self.channel.send(message)
        if urgent:
            self.channel.flush()

    def answer(self, message: JobMessage, _urgent: bool) -> None:
        """Send the text of a message as it is: it is a part of what a console asked for."""
        self.channel.send(message.text.encode("utf-8", "surrogateescape"))

    def receive_lines(self) -> list[bytes]:
        """Return the messages up to EOD; raises ConnectionLostError when the Director leaves."""
        lines = []
        while (frame := self.channel.receive()) is not Signal.EOD:
            if isinstance(frame, Signal):
                raise ConnectionLostError("the Director left in the middle of a list")
            lines.append(frame)
        return lines

    def run(self) -> None:
        """Serve the Director until it leaves or its job is over."""
        stopped = threading.Event()
        interval = self.daemon.client.heartbeat_interval
        if interval:
            threading.Thread(target=self._beat, args=(stopped, interval), daemon=True).start()
        try:
            self._serve()
        except ConnectionLostError as error:
            # the Director left between two commands: nobody is there to be told
            self._note(error)
        finally:
            stopped.set()
            self._end()

    def _beat(self, stopped: threading.Event, interval: float) -> None:
        """Send signs of life."""
        with suppress(BarqueError):
            while not stopped.wait(interval):
                self.channel.signal(Signal.HEARTBEAT)
                self.channel.flush()

    def _serve(self) -> None:
        while True:
            frame = self.channel.receive()
            if isinstance(frame, Signal):
                if frame is Signal.TERMINATE:
                    return
                continue
            command = find_command(frame)
            if command is None:
                log.warning("%s sent an unknown command: %s", self.director.name, shorten(frame))
                self.channel.send(ClientRefused())
                return
            if self.director.monitor and not command.for_monitors:
                self.channel.send(MONITOR_REFUSED)
                self.channel.signal(Signal.EOD)
                return
            if not self._run(command, frame):
                return

    def _run(self, command: Command, frame: bytes) -> bool:
        """Run one command; return whether the next may come."""
        try:
            return command.handler(self, frame)
        except JobError as error:
            self._fail(error, error.status)
        except ConnectionLostError as error:
            self._fail(error)
        except BarqueError as error:
            log.warning("%s: %s", self.director.name, error)
            self._fail(error)
        except Exception as error:
            # a mistake of ours must end the job as failed, with a line that tells so
            log.exception("%s: %s failed", self.director.name, command.keyword.decode())
            self._fail(JobError(f"internal error of the File Daemon: {error!r}"))
        return False

    def _fail(self, error: BarqueError, status: str = JobStatus.ERROR_TERMINATED) -> None:
        """Note why the job fails, and tell the Director once, if there is one."""
        job = self._note(error, status)
        if job is not None and not job.report.fatal:
            with suppress(BarqueError):
                job.report.fatal_error(str(error))

    def _note(self, error: BarqueError, status: str = JobStatus.ERROR_TERMINATED) -> Job | None:
        """Note that the job fails; returns it unless it is canceled, or there is none."""
        job = self.job
        if job is None:
            log.warning("connection from %s: %s", self.channel.peer, error)
            return None
        if job.canceled.is_set() or status == JobStatus.CANCELED:
            job.set_status(JobStatus.CANCELED)
            return None
        job.set_status(JobStatus.ERROR_TERMINATED)
        return job

    def _end(self) -> None:
        """Finish the job: scripts, goodbye to the Storage Daemon, the closing line."""
        job = self.job
        if self._timer is not None:
            self._timer.cancel()
        if self.restore is not None:
            with suppress(BarqueError):
                self.restore.finish()
        if job is not None:
            job.drop_storage()
        with suppress(BarqueError):
            if job is not None:
                job.raise_event(JOB_END)
                if job.plugins is not None:
                    job.plugins.close()
                run_scripts(
                    job, When.AFTER, client=self.daemon.name, allowed=self.allowed_directories
                )
                if job.job_id:
                    self.channel.send(_end_of(job))
            self.channel.signal(Signal.TERMINATE)
            self.channel.flush()
        if job is not None and job.accurate is not None:
            job.accurate.close()
        if job is not None:
            self.daemon.remove_job(job)


def _end_of(job: Job) -> EndJob:
    """Return the line that tells how *job* ended."""
    if job.report.fatal:
        job.set_status(JobStatus.ERROR_TERMINATED)
    progress = job.progress
    return EndJob(
        ord(job.status),
        progress.files,
        progress.read,
        progress.sent,
        job.report.errors,
        int(job.vss and False),
        0,
    )
