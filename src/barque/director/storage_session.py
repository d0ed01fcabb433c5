"""The Storage Daemon's part of one job, as the Director leads it.

Source: daemon protocol, sections 4.1, 4.2 and 5.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from barque.config.director import Client, Pool, Storage
from barque.director.attributes import AttributeReceiver
from barque.director.catalog_requests import JobCatalogRequests
from barque.director.connections import Reached, reach_storage
from barque.director.dialogue import Dialogue, is_refusal
from barque.director.job_context import JobContext
from barque.director.job_state import ActiveJob
from barque.domain.job import ENDED_GOOD, JobStatus, JobType
from barque.errors import BarqueError, ConnectionLostError, JobError
from barque.wire.framing import Signal
from barque.wire.message import shorten
from barque.wire.messages.director_storage import (
    BeginBootstrap,
    BootstrapOk,
    PassiveClient,
    PassiveClientOk,
    Run,
    StartStorageJob,
    StartStorageJobOk,
    StorageJobEnded,
    StoragePluginOptionsOk,
    UseDevice,
    UseDeviceOk,
    UseStorage,
)
from barque.wire.messages.job import (
    GetSecureEraseCommand,
    MessageType,
    PluginOptions,
    StorageSecureEraseCommand,
)

log = logging.getLogger(__name__)

CONNECT_PATIENCE: Final = 1800.0
"""Second; SdConnectTimeout, unless the configuration says otherwise."""

TLS_AT_ONCE: Final = 4
"""The ``ssl=`` value of connections that begin with TLS-PSK."""


class StorageSession:
    """One job's conversation with one Storage Daemon."""

    def __init__(
        self,
        job: ActiveJob,
        context: JobContext,
        storage: Storage,
        *,
        requests: JobCatalogRequests | None = None,
        attributes: AttributeReceiver | None = None,
    ) -> None:
        self._job = job
        self._context = context
        self._storage = storage
        self._requests = requests
        self._attributes = attributes
        self._opened: Dialogue | None = None
        self._thread: threading.Thread | None = None
        self._over = threading.Event()
        self._on_trouble: Callable[[], None] = lambda: None
        self.ended: StorageJobEnded | None = None
        """What the Storage Daemon said at the end."""
        self.failure: BarqueError | None = None
        """Why its end was never heard."""

    def open(self, bootstrap: Sequence[str] = ()) -> None:
        """Connect and announce the job, with what it reads if that is known; raises BarqueError."""
        job = self._job
        reached: Reached = reach_storage(
            self._context,
            self._storage,
            lambda text: job.say(MessageType.INFO, text, self._context.now()),
            patience=float(self._context.config.director.sd_connect_timeout or CONNECT_PATIENCE),
            job=job,
        )
        job.storage_connected = True
        self._opened = self._dialogue = Dialogue(
            reached.channel,
            job,
            self._context.now,
            requests=self._requests,
            attributes=self._attributes,
        )
        for options in job.resource.sd_plugin_options:
            self._dialogue.ask(PluginOptions(options), StoragePluginOptionsOk)
        started = self._dialogue.ask(self._announcement(), StartStorageJobOk)
        job.session_id, job.session_time = started.session_id, started.session_time
        job.storage_key = started.key
        if bootstrap:
            self.send_bootstrap(bootstrap)
        answer = self._dialogue.ask(GetSecureEraseCommand(), StorageSecureEraseCommand)
        job.storage_erase_command = answer.command.strip()

    def _announcement(self) -> StartStorageJob:
        job = self._job
        knows_fileset = job.type in {JobType.BACKUP, JobType.VERIFY}
        return StartStorageJob(
            job_id=job.job_id,
            job=job.unique_name,
            job_name=job.resource.name,
            client=job.client.name if job.client else "",
            type=ord(job.type),
            level=ord(job.level),
            fileset=job.fileset.name if job.fileset else "**Dummy**",
            spool_attributes=bool(job.resource.spool_attributes),
            fileset_md5=job.fileset.md5 if job.fileset and knows_fileset else "**Dummy**",
            spool_data=job.spool_data,
            prefer_mounted=bool(job.resource.prefer_mounted_volumes),
            spool_size=int(job.resource.spool_size),
            quota=job.quota.left if job.quota else 0,
        )

    def use(self, *, append: bool, storage: Storage | None = None, pool: Pool | None = None) -> str:
        """Reserve a device and return its name as the Storage Daemon gives it.

        *storage* and *pool* are those of the job where nothing else is said.
        """
        storage, pool = storage or self._storage, pool or self._job.pool
        self._dialogue.send(
            UseStorage(
                storage.name,
                storage.media_type,
                pool.name if pool else "Default",
                pool.pool_type if pool else "Backup",
                append,
            )
        )
        for device in storage.device:
            self._dialogue.send(UseDevice(_device_name(device)))
        self._dialogue.signal(Signal.EOD)
        self._dialogue.signal(Signal.EOD)
        return self._dialogue.expect(UseDeviceOk).device

    def send_bootstrap(self, lines: Iterable[str]) -> None:
        """Say what is to be read."""
        self._dialogue.send(BeginBootstrap())
        for line in lines:
            self._dialogue.send(f"{line}\n".encode("utf-8", "surrogateescape"))
        self._dialogue.signal(Signal.EOD)
        self._dialogue.expect(BootstrapOk)

    def call_client(self, client: Client) -> None:
        """Let the Storage Daemon connect to a passive client."""
        near = bool(client.lan_address and self._storage.lan_address)
        address = client.lan_address if near else client.address
        policy = TLS_AT_ONCE if client.tls_enable else 0
        self._dialogue.ask(PassiveClient(address, int(client.port), policy), PassiveClientOk)

    def run(self, on_trouble: Callable[[], None] = lambda: None) -> None:
        """Let it work; what it says is dealt with in a thread of its own from here on.

        That thread calls *on_trouble* when the Storage Daemon is lost, or ends badly.
        """
        self._dialogue.send(Run())
        self._dialogue.channel.flush()
        self._on_trouble = on_trouble
        self._thread = threading.Thread(
            target=self._listen, name=f"job {self._job.job_id} storage", daemon=True
        )
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether it was told to work and its end was not heard yet."""
        return self._thread is not None and not self._over.is_set()

    def _listen(self) -> None:
        try:
            self._hear()
        except BarqueError as error:
            self.failure = error
        except Exception as error:
            # whatever it is, the job's own thread must not wait for ever
            log.exception("job %s: what the Storage Daemon sent", self._job.unique_name)
            self.failure = JobError(f"internal error: {error}")
        finally:
            self._over.set()
        if self.failure is not None or not self.ended_well:
            self._on_trouble()

    def _hear(self) -> None:
        while self.ended is None:
            frame = self._dialogue.receive()
            if isinstance(frame, bytes):
                self.ended = StorageJobEnded.match(frame)
                if self.ended is None and is_refusal(frame):
                    raise JobError(f'it answered "{shorten(frame)}"')
            elif frame is Signal.TERMINATE:
                raise ConnectionLostError("it hung up")
        if self._attributes is not None:
            self._attributes.flush()

    @property
    def ended_well(self) -> bool:
        """Whether it said that its part is done, and well."""
        return self.ended is not None and status_of(self.ended.status) in ENDED_GOOD

    def give_up(self, patience: float) -> None:
        """Cut the connection unless the Storage Daemon ends the job within *patience* seconds.

        In that time it can still tell the catalog what lies on the Volume.
        """
        if self._thread is not None and not self._over.wait(patience):
            self._dialogue.channel.abort()

    def wait(self) -> None:
        """Wait for the Storage Daemon's end of the job, and book what it says.

        Raises JobError when it went away without one, or what it sent could not be kept.
        """
        if self._thread is not None:
            self._thread.join()
        job, ended = self._job, self.ended
        if ended is None:
            job.storage_status = JobStatus.FATAL_ERROR
            raise JobError(
                f'Storage daemon "{self._storage.name}" ended without a job status: {self.failure}'
            )
        job.storage_status = status_of(ended.status)
        job.totals.storage_files = ended.files
        job.totals.storage_bytes = ended.job_bytes
        job.totals.storage_errors = ended.errors or 0
        if self.failure is not None:
            raise JobError(str(self.failure))

    def close(self) -> None:
        """End the conversation."""
        dialogue = self._opened
        if dialogue is None:
            return
        if self._thread is not None:
            if not self._over.is_set():
                dialogue.channel.abort()
            self._thread.join()
        dialogue.close()


def status_of(code: int) -> JobStatus:
    """Return the status for the ASCII code that a daemon sent; what is unknown is an error."""
    try:
        return JobStatus(chr(code))
    except ValueError:
        return JobStatus.ERROR_TERMINATED


def _device_name(device: object) -> str:
    return str(getattr(device, "name", device))
