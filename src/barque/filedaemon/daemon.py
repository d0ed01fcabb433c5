"""The File Daemon: who may connect, and the jobs that run.

Source: daemon protocol, section 2.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final

from barque.config.filedaemon import Director
from barque.config.load import FileDaemonConfig
from barque.config.messages import MessageType as ConfiguredType
from barque.config.messages import Target
from barque.daemon.debug_log import DebugLog
from barque.errors import AuthenticationError, ProtocolError
from barque.filedaemon.job import SYSTEM_CLOCK, Clock, Job
from barque.filedaemon.plugin_knowledge import PluginPlace
from barque.filedaemon.plugins import JobPlugins
from barque.filedaemon.report import ALL_TYPES
from barque.filedaemon.session import Session
from barque.filedaemon.status import HISTORY, Ended, Overview
from barque.filedaemon.storage import job_credentials
from barque.plugins.information import PluginsInUse
from barque.transport.channel import Channel
from barque.transport.listen import receive_hello, turn_away
from barque.transport.proof import Credentials, challenge_then_answer
from barque.transport.tls import settings_of
from barque.wire.hello import FileHelloOk, FileHelloRefused, HelloDirector, HelloStorageCalling
from barque.wire.messages.job import MessageType
from barque.wire.psk import Identity, ResourceType

log = logging.getLogger(__name__)

type Pause = Callable[[Channel, bytes], None]
"""Ends a connection that failed to authenticate."""

_TYPE_WORDS: Final = {
    ConfiguredType.ABORT: MessageType.ABORT,
    ConfiguredType.DEBUG: MessageType.DEBUG,
    ConfiguredType.FATAL: MessageType.FATAL,
    ConfiguredType.ERROR: MessageType.ERROR,
    ConfiguredType.WARNING: MessageType.WARNING,
    ConfiguredType.INFO: MessageType.INFO,
    ConfiguredType.SAVED: MessageType.SAVED,
    ConfiguredType.NOTSAVED: MessageType.NOTSAVED,
    ConfiguredType.SKIPPED: MessageType.SKIPPED,
    ConfiguredType.MOUNT: MessageType.MOUNT,
    ConfiguredType.TERMINATE: MessageType.TERM,
    ConfiguredType.RESTORED: MessageType.RESTORED,
    ConfiguredType.SECURITY: MessageType.SECURITY,
    ConfiguredType.ALERT: MessageType.ALERT,
    ConfiguredType.VOLMGMT: MessageType.VOLMGMT,
    ConfiguredType.AUDIT: MessageType.AUDIT,
}
"""Types of messages in the configuration, and on the wire."""


class FileDaemon:
    """Serves Directors; its :meth:`serve` is what a listener calls."""

    def __init__(
        self,
        config: FileDaemonConfig,
        *,
        clock: Clock = SYSTEM_CLOCK,
        pause: Pause = turn_away,
        backup_only: bool = False,
        restore_only: bool = False,
    ) -> None:
        self.config = config
        self.client = config.client
        self.name = config.client.name
        self.clock = clock
        self.backup_only = backup_only
        self.restore_only = restore_only
        self._pause = pause
        self._lock = threading.Lock()
        self._jobs: list[Job] = []
        self._connections: dict[Session, float] = {}
        self._ended: deque[Ended] = deque(maxlen=HISTORY)
        self._jobs_run = 0
        self._started_at = clock()
        self.debug = DebugLog(Path(config.client.working_directory) / f"{self.name}.trace")
        """What is written for debugging."""

    # --- connections

    def serve(self, channel: Channel) -> None:
        """Take one connection from hello to goodbye."""
        try:
            session = self._greet(channel)
        except AuthenticationError as error:
            log.warning("connection from %s refused: %s", channel.peer, error)
            self._pause(channel, FileHelloRefused().encode())
            return
        except ProtocolError as error:
            log.info("connection from %s: %s", channel.peer, error)
            return
        if session is not None:
            self.run_session(session)

    def _greet(self, channel: Channel) -> Session | None:
        """Authenticate who connects; None when a Storage Daemon's connection has done its work."""
        hello = receive_hello(channel, self._find_key, settings_of(self.client))
        if isinstance(hello, HelloDirector):
            return self._greet_director(channel, hello)
        if isinstance(hello, HelloStorageCalling):
            self._greet_storage(channel, hello)
            return None
        raise AuthenticationError(f"{channel.peer} is neither Director nor Storage Daemon")

    def run_session(self, session: Session) -> None:
        """Serve a Director that is authenticated."""
        with self._lock:
            self._connections[session] = self.clock()
        try:
            session.run()
        finally:
            with self._lock:
                self._connections.pop(session, None)

    def _find_key(self, identity: Identity) -> bytes | None:
        """Return the secret shared with a peer."""
        if identity.type is ResourceType.DIRECTOR:
            director = self.config.directors.get(identity.name)
            return director.password.md5_hex.encode() if director else None
        if identity.type is ResourceType.JOB:
            job = self.find_job(identity.name)
            return job.key.encode() if job else None
        return None

    def _greet_director(self, channel: Channel, hello: HelloDirector) -> Session:
        director = self.config.directors.get(hello.name)
        if director is None:
            raise AuthenticationError(f'a Director "{hello.name}" is not in the configuration')
        if not director.connection_from_director_to_client:
            raise AuthenticationError(f'Director "{hello.name}" may not connect to this client')
        if not channel.tls and director.tls_enable:
            raise AuthenticationError(f'Director "{hello.name}" came without TLS')
        return self.accept_director(channel, director)

    def accept_director(self, channel: Channel, director: Director) -> Session:
        """Authenticate a Director whose hello was read; raises AuthenticationError."""
        challenge_then_answer(channel, self.credentials(director))
        channel.send(FileHelloOk())
        if director.tls_authenticate:
            channel.stop_tls(30)
        return Session(self, channel, director)

    def credentials(self, director: Director) -> Credentials:
        """Return who we are for *director*."""
        return Credentials(
            Identity(ResourceType.CLIENT, self.name),
            director.password.md5_hex.encode(),
            settings_of(self.client),
        )

    def _greet_storage(self, channel: Channel, hello: HelloStorageCalling) -> None:
        """Give the connection of a Storage Daemon to its job; it lives as long as the job."""
        job = self.find_job(hello.job)
        if job is None:
            raise AuthenticationError(f"SD connect failed: Job name not found: {hello.job}")
        if not channel.tls and job.tls_policy != 0:
            raise AuthenticationError(f"the Storage Daemon of {hello.job} came without TLS")
        credentials = job_credentials(job, job.tls_policy)
        own = Identity(ResourceType.CLIENT, self.name)
        challenge_then_answer(channel, Credentials(own, credentials.key, credentials.settings))
        job.accept_storage(channel)
        job.finished.wait()

    # --- jobs

    def add_job(self, job: Job) -> None:
        """Let a job be found by other connections; raises nothing for a name that is there."""
        with self._lock:
            self._jobs.append(job)

    def find_job(self, name: str) -> Job | None:
        """Return the running job *name*."""
        with self._lock:
            return next((job for job in self._jobs if job.name == name), None)

    def remove_job(self, job: Job) -> None:
        """Take a job that is over into the history."""
        with self._lock:
            if job in self._jobs:
                self._jobs.remove(job)
            if job.job_id:
                self._jobs_run += 1
                self._ended.append(
                    Ended(
                        job.job_id,
                        job.name,
                        job.type,
                        job.level,
                        job.status,
                        job.progress.files,
                        job.progress.sent,
                        job.report.errors,
                        self.clock(),
                    )
                )
        job.finished.set()

    def plugin_place(self) -> PluginPlace:
        """Return what plugins need to know of the daemon."""
        client = self.client
        return PluginPlace(
            self.name,
            client.plugin_directory,
            tuple(client.plugin_names),
            client.working_directory,
            self.config.used,
            self.debug.level,
        )

    def count_plugins(self) -> int:
        """Return how many instances of plugins run in all jobs."""
        with self._lock:
            jobs = list(self._jobs)
        return sum(len(job.plugins) for job in jobs if isinstance(job.plugins, JobPlugins))

    def cancel_all(self) -> None:
        """End every job, because the daemon ends."""
        with self._lock:
            jobs = list(self._jobs)
        for job in jobs:
            job.cancel()

    def overview(self, asking: Session) -> Overview:
        """Return what status pages tell."""
        with self._lock:
            return Overview(
                self.name,
                self._started_at,
                self._jobs_run,
                tuple(job for job in self._jobs if job.job_id),
                tuple(
                    (session.director.name, since)
                    for session, since in self._connections.items()
                    if session.job is None or session is asking
                ),
                tuple(self._ended),
                self.clock(),
                self.client.maximum_bandwidth_per_job,
                self.debug.level,
                int(self.debug.settings.trace),
                bool(self.config.warnings),
                self._plugins_in_use(),
            )

    def _plugins_in_use(self) -> PluginsInUse:
        running = tuple(
            (job.job_id, name)
            for job in self._jobs
            if isinstance(job.plugins, JobPlugins)
            for name in job.plugins.names
        )
        client = self.client
        return PluginsInUse("fd", client.plugin_directory, tuple(client.plugin_names), running)

    # --- messages

    def wanted_messages(self, director: Director) -> frozenset[MessageType]:
        """Return the types of job messages that the Messages resource sends to *director*."""
        messages = self.client.messages
        if messages is None:
            messages = next(iter(self.config.messages.values()), None)
        if messages is None:
            return ALL_TYPES
        wanted: set[MessageType] = set()
        for destination in messages.destinations:
            if destination.target is Target.DIRECTOR and director.name in destination.where.split():
                wanted |= {_TYPE_WORDS[kind] for kind in destination.types}
        return frozenset(wanted)
