"""The daemon: who connects, who they are, and who serves them."""

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from barque.daemon.debug_log import DebugLog
from barque.devices.device import Device
from barque.errors import AuthenticationError, BarqueError
from barque.storagedaemon import job_commands, status_commands, volume_commands
from barque.storagedaemon.director_session import DirectorSession, serve
from barque.storagedaemon.drive import Drive, Drives
from barque.storagedaemon.job import Jobs
from barque.storagedaemon.job_end import Surroundings
from barque.storagedaemon.settings import DeviceSettings, DirectorSettings, StorageSettings
from barque.transport.channel import Channel
from barque.transport.listen import Listener, receive_hello, turn_away
from barque.transport.proof import Credentials, challenge_then_answer
from barque.wire.framing import Signal
from barque.wire.hello import (
    HelloDirector,
    HelloStartJob,
    HelloStartStorageJob,
    StorageHelloOk,
    StorageHelloRefused,
)
from barque.wire.psk import Identity, ResourceType

log = logging.getLogger(__name__)

COMMANDS = job_commands.COMMANDS + volume_commands.COMMANDS + status_commands.COMMANDS
"""All that a Director may say."""


class StorageDaemon:
    """Serves Directors and File Daemons."""

    def __init__(
        self,
        settings: StorageSettings,
        make_device: Callable[[DeviceSettings], Device],
        clock: Callable[[], float],
    ) -> None:
        self.settings = settings
        """Configuration."""
        self.started_at = clock()
        """s since 1970."""
        self.jobs = Jobs(int(self.started_at))
        """Jobs that run, and the last ones that ended."""
        self.drives = Drives(
            [Drive(device, make_device(device)) for device in settings.devices.values()]
        )
        """Devices at work."""
        debug = DebugLog(Path(settings.working_directory) / f"{settings.name}.trace")
        self._around = Surroundings(settings, self.drives, self.jobs, clock, debug)
        self._listener = Listener(settings.name, self.handle, heartbeat=settings.heartbeat_interval)

    def start(self) -> list[int]:
        """Listen; return the ports.

        Raises:
            ConnectionLostError: an address is in use.
        """
        ports = self._listener.bind(self.settings.addresses)
        self._listener.start()
        return ports

    def stop(self) -> None:
        """Cancel all jobs and hang up."""
        for job in self.jobs.running():
            job.cancel()
        self.drives.notify()
        self._listener.stop()

    def reload(self) -> bool:
        """Leave the configuration as it is: a Storage Daemon reads it once."""
        return True

    def handle(self, channel: Channel) -> None:
        """Serve one connection until it ends."""
        try:
            hello = receive_hello(channel, self._key_of, self.settings.tls)
            identity = hello.identity
        except AuthenticationError as error:
            log.warning("%s", error)
            turn_away(channel)
            return
        if isinstance(hello, HelloDirector):
            self._serve_director(channel, identity)
        elif isinstance(hello, HelloStartJob | HelloStartStorageJob):
            self._serve_file_daemon(channel, identity)
        else:
            log.warning("%s is no Director and no File Daemon", channel.peer)
            turn_away(channel)

    def _key_of(self, identity: Identity) -> bytes | None:
        if identity.type is ResourceType.DIRECTOR:
            director = self.settings.directors.get(identity.name)
            return director.key if director else None
        if identity.type is ResourceType.JOB:
            job = self.jobs.find(identity.name)
            return job.key.encode() if job else None
        return None

    def _credentials(self, key: bytes, director: DirectorSettings | None) -> Credentials:
        own = Identity(ResourceType.STORAGE, self.settings.name)
        return Credentials(own, key, director.tls if director else self.settings.tls)

    def _authenticate(
        self, channel: Channel, identity: Identity, director: DirectorSettings | None
    ) -> bool:
        key = self._key_of(identity)
        if key is None:
            log.warning("%s: %s is not known here", channel.peer, identity.name)
            return False
        credentials = self._credentials(key, director)
        if not channel.tls and credentials.settings.policy == 2:
            log.warning(
                "%s: %s connects without TLS, which is required", channel.peer, identity.name
            )
            return False
        try:
            challenge_then_answer(channel, credentials)
        except AuthenticationError as error:
            log.warning("%s: %s", channel.peer, error)
            return False
        if credentials.settings.authenticate and channel.tls:
            channel.stop_tls(30.0)
        return True

    def _serve_director(self, channel: Channel, identity: Identity) -> None:
        director = self.settings.directors.get(identity.name)
        if not self._authenticate(channel, identity, director) or director is None:
            turn_away(channel, StorageHelloRefused().encode())
            return
        channel.send(StorageHelloOk())
        session = DirectorSession(channel, director, self._around, self.started_at)
        try:
            serve(session, COMMANDS)
        except BarqueError as error:
            log.warning("%s: %s", director.name, error)
        finally:
            if session.job is not None:
                self.jobs.remove(session.job)
                with suppress(BarqueError):
                    session.job.end_plugins()

    def _serve_file_daemon(self, channel: Channel, identity: Identity) -> None:
        if not self._authenticate(channel, identity, None):
            turn_away(channel)
            return
        job = self.jobs.find(identity.name)
        if job is None or not job.give_channel(channel):
            log.warning("%s: job %s needs no connection now", channel.peer, identity.name)
            return
        channel.flush()
        job.wait_until_released()
        channel.signal(Signal.TERMINATE)
