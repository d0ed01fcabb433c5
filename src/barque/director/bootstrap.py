"""The bootstrap of a restore: where on the Volumes the chosen files are.

Source: volume format, section 6; job semantics, section 9.2.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from barque.errors import JobError

type Ranges = Sequence[tuple[int, int]]
"""First and last FileIndex, inclusive; no range at all means every file."""


class Piece(Protocol):
    """A JobMedia row with what is needed of its Volume and job."""

    @property
    def volume_name(self) -> str:
        """Name of the Volume."""

    @property
    def media_type(self) -> str:
        """Media Type of the Volume."""

    @property
    def storage(self) -> str:
        """Name of the Storage that wrote it; empty when the catalog does not know."""

    @property
    def slot(self) -> int:
        """Place in the autochanger; 0 for none."""

    @property
    def first_index(self) -> int:
        """First FileIndex of the piece."""

    @property
    def last_index(self) -> int:
        """Last FileIndex of the piece."""

    @property
    def start_address(self) -> int:
        """Address of the piece's first byte."""

    @property
    def end_address(self) -> int:
        """Address of the piece's last byte."""


@dataclass(frozen=True, slots=True)
class JobOnVolumes:
    """A backup job to be read, with its pieces in the order of writing."""

    session_id: int
    session_time: int
    pieces: Sequence[Piece]
    wanted: Ranges
    """Files to restore."""
    files: int = 0
    """How many files the job has; counts when *wanted* is empty."""


@dataclass(frozen=True, slots=True)
class BootstrapVolume:
    """One Volume of one job: a set of lines for the Storage Daemon."""

    storage: str
    volume: str
    media_type: str
    device: str
    slot: int
    session_id: int
    session_time: int
    addresses: Sequence[tuple[int, int]]
    """First and last byte, inclusive."""
    ranges: Ranges
    count: int
    """Files in the ranges; 0 when it is not known."""

    def lines(self, *, file_regex: str = "") -> Iterator[str]:
        """Yield the lines, in the order in which they are always written."""
        if self.storage:
            yield f'Storage="{self.storage}"'
        yield f'Volume="{self.volume}"'
        yield f'MediaType="{self.media_type}"'
        if file_regex:
            yield f"FileRegex={file_regex}"
        if self.device:
            yield f'Device="{self.device}"'
        if self.slot > 0:
            yield f"Slot={self.slot}"
        yield f"VolSessionId={self.session_id}"
        yield f"VolSessionTime={self.session_time}"
        for first, last in self.addresses:
            yield f"VolAddr={first}-{last}"
        for first, last in self.ranges:
            yield f"FileIndex={first}" if first == last else f"FileIndex={first}-{last}"
        if self.count:
            yield f"Count={self.count}"


def plan(jobs: Sequence[JobOnVolumes], device_of: dict[str, str]) -> list[BootstrapVolume]:
    """Return what to read, Volume by Volume, in the order of writing.

    *device_of* maps a Storage's name to its device. Raises JobError when a job has no Volume.
    """
    return [part for job in jobs for part in _of_job(job, device_of)]


def _of_job(job: JobOnVolumes, device_of: dict[str, str]) -> Iterator[BootstrapVolume]:
    if not job.pieces:
        raise JobError(
            f"the catalog knows no Volume for session {job.session_id} of {job.session_time}: "
            "its data cannot be found; use bscan on the Volumes to bring the records back"
        )
    wanted = list(job.wanted) or [(1, max(piece.last_index for piece in job.pieces))]
    for pieces in _by_volume(job.pieces):
        hit = [piece for piece in pieces if _cut(wanted, piece)]
        if not hit:
            continue
        ranges = merge(part for piece in hit for part in _cut(wanted, piece))
        first = hit[0]
        yield BootstrapVolume(
            storage=first.storage,
            volume=first.volume_name,
            media_type=first.media_type,
            device=device_of.get(first.storage, ""),
            slot=first.slot,
            session_id=job.session_id,
            session_time=job.session_time,
            addresses=[(piece.start_address, piece.end_address) for piece in hit],
            ranges=ranges,
            count=sum(last - first + 1 for first, last in ranges) if job.wanted else 0,
        )


def _by_volume(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    run: list[Piece] = []
    for piece in pieces:
        if run and run[-1].volume_name != piece.volume_name:
            yield run
            run = []
        run.append(piece)
    if run:
        yield run


def _cut(wanted: Ranges, piece: Piece) -> list[tuple[int, int]]:
    return [
        (max(first, piece.first_index), min(last, piece.last_index))
        for first, last in wanted
        if first <= piece.last_index and last >= piece.first_index
    ]


def merge(ranges: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return *ranges* in order, touching and overlapping ones joined."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined
