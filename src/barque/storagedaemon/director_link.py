"""The connection to the Director during a job: messages, status, questions to the catalog.

Source: daemon protocol, sections 5.4 to 5.7.
"""

import threading
import time

from barque.errors import ConnectionLostError, JobError
from barque.transport.channel import Channel
from barque.wire.framing import Signal
from barque.wire.message import Message, shorten
from barque.wire.messages.catalog_request import (
    CreateJobMedia,
    CreateJobMediaOk,
    DeleteNullJobMedia,
    FindMedia,
    GetVolumeInfo,
    UpdateMedia,
    VolumeInfo,
)
from barque.wire.messages.job import SEVERITY_WORDS, JobMessage, JobStatusChanged, MessageType


class DirectorLink:
    """One job's way to its Director. Any thread may send; questions are asked one at a time."""

    def __init__(self, channel: Channel, daemon: str, job: str, job_id: int) -> None:
        self.channel = channel
        """The connection on which the Director gave the job."""
        self.job = job
        """Unique job name that all lines carry."""
        self.job_id = job_id
        """JobId of that job."""
        self.answer_timeout: float | None = None
        """s to wait for an answer; None: as long as the connection lives."""
        self._daemon = daemon
        self._asking = threading.Lock()
        self.errors = 0
        """Messages of type Error and worse sent so far."""
        self.warnings = 0
        """Messages of type Warning sent so far."""

    def message(self, kind: MessageType, text: str) -> None:
        """Send a line for the job's log."""
        self.errors += kind in {MessageType.ERROR, MessageType.FATAL}
        self.warnings += kind == MessageType.WARNING
        prefix = f"{self._daemon} JobId {self.job_id}: {SEVERITY_WORDS.get(kind, '')}"
        line = JobMessage(self.job, int(kind), int(time.time()), f"{prefix}{text}\n")
        self.channel.send(line)
        self.channel.flush()

    def info(self, text: str) -> None:
        """Send a line that only informs."""
        self.message(MessageType.INFO, text)

    def status(self, letter: str) -> None:
        """Tell where the job stands."""
        self.channel.send(JobStatusChanged(self.job, ord(letter)))
        self.channel.flush()

    def ask(self, question: Message) -> bytes:
        """Send a question and return the answer.

        Raises:
            ConnectionLostError: the Director is gone.
        """
        with self._asking:
            self.channel.send(question)
            while True:
                frame = self.channel.receive(self.answer_timeout)
                if isinstance(frame, bytes):
                    return frame
                if frame is Signal.TERMINATE:
                    raise ConnectionLostError("the Director ended the connection during the job")

    def find_media(
        self, index: int, pool: str, media_type: str, unwanted: str
    ) -> VolumeInfo | None:
        """Return the *index*-th volume that could be written, None when there is none."""
        answer = self.ask(FindMedia(self.job, index, pool, media_type, unwanted))
        return VolumeInfo.match(answer)

    def volume_info(self, volume: str, *, write: bool) -> VolumeInfo | str:
        """Return what the catalog says of *volume*, or the Director's refusal as text."""
        answer = self.ask(GetVolumeInfo(self.job, volume, write))
        return VolumeInfo.match(answer) or shorten(answer)

    def update_media(self, update: UpdateMedia) -> VolumeInfo:
        """Store the state of a volume; return it as the catalog has it now.

        Raises:
            JobError: the Director refused.
        """
        answer = self.ask(update)
        info = VolumeInfo.match(answer)
        if info is None:
            raise JobError(
                f'the Director did not store the state of volume "{update.volume}":'
                f" {shorten(answer)}"
            )
        return info

    def create_job_media(self, piece: CreateJobMedia) -> None:
        """Store where a piece of the job lies.

        Raises:
            JobError: the Director refused.
        """
        answer = self.ask(piece)
        if CreateJobMediaOk.match(answer) is None:
            raise JobError(f"the Director did not store a JobMedia record: {shorten(answer)}")

    def delete_null_job_media(self) -> None:
        """Drop the placeholders; that they stay would harm nothing, so no answer is an error."""
        self.ask(DeleteNullJobMedia(self.job, self.job_id))
