"""Bootstrap: which records of which volumes a restore needs.

The text is a list of sets; each begins with `Volume=`. A record is wanted when one set matches it;
a keyword that a set lacks matches everything.
Source: volume format, section 6.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from barque.errors import FormatError
from barque.formats.label import SessionLabel
from barque.formats.record import STREAM_MASK, Record, Session

ATTRIBUTE_STREAMS = frozenset({1, 5})
"""Streams whose records begin with the name of the file."""


class Range(NamedTuple):
    """Numbers from *first* to *last*, both included."""

    first: int
    """Smallest."""
    last: int
    """Greatest."""


type Ranges = list[Range]


@dataclass(slots=True)
class BootstrapSet:
    """What is wanted from one volume, or from volumes that follow each other."""

    volumes: list[str]
    """Names of the volumes."""
    storage: str = ""
    """Storage that has them; only the Director uses it."""
    media_type: str = ""
    """Media Type of a device that can read them."""
    device: str = ""
    """Device to use."""
    slot: int = 0
    """Slot of an autochanger; 0: none."""
    session_ids: Ranges = field(default_factory=list)
    """VolSessionId."""
    session_times: Ranges = field(default_factory=list)
    """VolSessionTime."""
    files: Ranges = field(default_factory=list)
    """High half of the address; file marks on a tape."""
    blocks: Ranges = field(default_factory=list)
    """Low half of the address."""
    addresses: Ranges = field(default_factory=list)
    """Byte offsets in the volume, compared with the last byte of a block."""
    file_indexes: Ranges = field(default_factory=list)
    """FileIndex."""
    streams: Ranges = field(default_factory=list)
    """Stream, without flags."""
    job_ids: Ranges = field(default_factory=list)
    """JobId of the session label."""
    count: int = 0
    """Files that are expected; 0: not told."""
    clients: list[str] = field(default_factory=list)
    """Client of the session label."""
    jobs: list[str] = field(default_factory=list)
    """Unique or plain job name of the session label."""
    job_types: list[str] = field(default_factory=list)
    """Letter of the job type of the session label."""
    job_levels: list[str] = field(default_factory=list)
    """Letter of the level of the session label."""
    exclude: list[str] = field(default_factory=list)
    """Names that are not wanted."""
    file_regex: str = ""
    """Pattern that the name of a wanted file contains."""

    def reads_session(self, session: Session) -> bool:
        """Tell whether records of *session* can be wanted."""
        return _within(self.session_ids, session.session_id) and _within(
            self.session_times, session.session_time
        )

    def reads_address(self, last_byte: int) -> bool:
        """Tell whether the block that ends at *last_byte* can be wanted."""
        return (
            _within(self.addresses, last_byte)
            and _within(self.files, last_byte >> 32)
            and _within(self.blocks, last_byte & 0xFFFFFFFF)
        )

    def wants_job(self, label: SessionLabel | None) -> bool:
        """Tell whether the job that wrote the session is wanted; without a label it is."""
        if label is None:
            return True
        return (
            _within(self.job_ids, label.job_id)
            and (not self.jobs or label.job in self.jobs or label.job_name in self.jobs)
            and (not self.clients or label.client in self.clients)
            and (not self.job_types or chr(label.job_type) in self.job_types)
            and (not self.job_levels or chr(label.job_level) in self.job_levels)
        )


@dataclass(slots=True)
class Bootstrap:
    """All sets, in the order of the text."""

    sets: list[BootstrapSet]
    """At least one."""

    def volumes(self) -> list[str]:
        """Names of the volumes in the order in which they are to be read, each once."""
        return list(dict.fromkeys(name for part in self.sets for name in part.volumes))

    def of_volume(self, volume: str) -> list[BootstrapSet]:
        """Return the sets that want something from *volume*."""
        return [part for part in self.sets if volume in part.volumes]


# --- text ---


def _numbers(value: str) -> Ranges:
    return [_one_range(part) for part in value.split(",")]


def _one_range(part: str) -> Range:
    first, dash, last = part.strip().partition("-")
    low = int(first)
    return Range(low, int(last) if dash else low)


def _names(value: str) -> list[str]:
    return [part.strip() for part in value.split(",")]


type Setter = Callable[[BootstrapSet, str], None]


def _extends(
    attribute: str, read: Callable[[str], list[Range]] | Callable[[str], list[str]]
) -> Setter:
    def setter(part: BootstrapSet, value: str) -> None:
        getattr(part, attribute).extend(read(value))

    return setter


def _is(attribute: str, read: Callable[[str], int] | Callable[[str], str]) -> Setter:
    def setter(part: BootstrapSet, value: str) -> None:
        setattr(part, attribute, read(value))

    return setter


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"{error}") from error
    return value


KEYWORDS: dict[str, Setter] = {
    "storage": _is("storage", str),
    "mediatype": _is("media_type", str),
    "device": _is("device", str),
    "slot": _is("slot", int),
    "volsessionid": _extends("session_ids", _numbers),
    "volsessiontime": _extends("session_times", _numbers),
    "volfile": _extends("files", _numbers),
    "volblock": _extends("blocks", _numbers),
    "voladdr": _extends("addresses", _numbers),
    "fileindex": _extends("file_indexes", _numbers),
    "stream": _extends("streams", _numbers),
    "count": _is("count", int),
    "client": _extends("clients", _names),
    "job": _extends("jobs", _names),
    "jobid": _extends("job_ids", _numbers),
    "jobtype": _extends("job_types", _names),
    "joblevel": _extends("job_levels", _names),
    "include": lambda _part, _value: None,
    "exclude": _extends("exclude", _names),
    "fileregex": _is("file_regex", _pattern),
}
"""Keyword in lower case to what it sets; `Volume` begins a set and is not among them."""


def parse_bootstrap(text: str) -> Bootstrap:
    """Read the text of a bootstrap.

    Raises:
        FormatError: with the number and the text of the line that means nothing.
    """
    sets: list[BootstrapSet] = []
    storage = ""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        keyword, value = _split(number, stripped)
        if keyword == "volume":
            sets.append(BootstrapSet(value.split("|"), storage=storage))
        elif keyword == "storage":
            storage = value
        else:
            _set_keyword(sets, number, stripped, keyword, value)
    if not sets:
        raise FormatError("the bootstrap names no volume: a line `Volume=name` is missing")
    return Bootstrap(sets)


def _split(number: int, line: str) -> tuple[str, str]:
    keyword, equals, value = line.partition("=")
    if not equals:
        raise FormatError(f"bootstrap line {number} has no `=`: {line}")
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    return keyword.strip().lower(), value


def _set_keyword(
    sets: list[BootstrapSet], number: int, line: str, keyword: str, value: str
) -> None:
    setter = KEYWORDS.get(keyword)
    if setter is None:
        raise FormatError(f"bootstrap line {number} has an unknown keyword: {line}")
    if not sets:
        raise FormatError(f"bootstrap line {number} stands before the first `Volume=`: {line}")
    try:
        setter(sets[-1], value)
    except ValueError as error:
        raise FormatError(f"bootstrap line {number} has a wrong value ({error}): {line}") from error


_SHOWN: tuple[tuple[str, str, bool], ...] = (
    ("Device", "device", True),
    ("Slot", "slot", False),
    ("VolSessionId", "session_ids", False),
    ("VolSessionTime", "session_times", False),
    ("VolFile", "files", False),
    ("VolBlock", "blocks", False),
    ("VolAddr", "addresses", False),
    ("Stream", "streams", False),
    ("JobId", "job_ids", False),
    ("Client", "clients", False),
    ("Job", "jobs", False),
    ("JobType", "job_types", False),
    ("JobLevel", "job_levels", False),
    ("Exclude", "exclude", False),
    ("FileIndex", "file_indexes", False),
    ("Count", "count", False),
)


def show_bootstrap(bootstrap: Bootstrap) -> str:
    """Return the text of a bootstrap, in the order of keywords that the Director uses."""
    return "".join(line + "\n" for part in bootstrap.sets for line in _show_set(part))


def _show_set(part: BootstrapSet) -> Iterator[str]:
    if part.storage:
        yield f'Storage="{part.storage}"'
    yield f'Volume="{"|".join(part.volumes)}"'
    if part.media_type:
        yield f'MediaType="{part.media_type}"'
    if part.file_regex:
        yield f"FileRegex={part.file_regex}"
    for keyword, attribute, quoted in _SHOWN:
        value = getattr(part, attribute)
        for one in value if isinstance(value, list) else [value] if value else []:
            shown = _show_range(one) if isinstance(one, Range) else str(one)
            yield f'{keyword}="{shown}"' if quoted else f"{keyword}={shown}"


def _show_range(value: Range) -> str:
    return str(value.first) if value.first == value.last else f"{value.first}-{value.last}"


# --- choosing ---


def _within(ranges: Ranges, value: int) -> bool:
    return not ranges or any(first <= value <= last for first, last in ranges)


@dataclass(slots=True)
class _Progress:
    part: BootstrapSet
    taken: int = 0
    last: tuple[Session, int] | None = None
    done: bool = False
    left_out: tuple[Session, int] | None = None
    """File whose name did not match the pattern."""


class Selector:
    """Chooses the blocks and records of one volume, and knows when no more can come."""

    def __init__(self, bootstrap: Bootstrap | None, volume: str) -> None:
        sets = bootstrap.of_volume(volume) if bootstrap else [BootstrapSet([volume])]
        self._all = [_Progress(part) for part in sets]
        self._active = self._all
        self.decides_by_file = not any(part.streams or part.file_regex for part in sets)
        """Whether all records that one file has in a block are wanted, or none of them is."""
        self.labels: dict[Session, SessionLabel] = {}
        """Session labels seen; give those of the volumes before to the next selector."""

    @property
    def finished(self) -> bool:
        """All sets have what they want."""
        return not self._active

    def ranges(self) -> Ranges | None:
        """Byte ranges that hold everything that is wanted, in order; None: the whole volume.

        Overlapping ranges are joined, so that no block is read twice.
        """
        if not all(one.part.addresses for one in self._all):
            return None
        joined: Ranges = []
        for first, last in sorted(span for one in self._all for span in one.part.addresses):
            if joined and first <= joined[-1].last + 1:
                joined[-1] = Range(joined[-1].first, max(last, joined[-1].last))
            else:
                joined.append(Range(first, last))
        return joined

    def wants_block(self, session: Session | None, last_byte: int) -> bool:
        """Tell whether the block of *session* that ends at *last_byte* is to be taken apart."""
        return any(
            (session is None or one.part.reads_session(session))
            and one.part.reads_address(last_byte)
            for one in self._active
        )

    def wants_index(self, session: Session, file_index: int) -> bool:
        """Tell whether a record with this FileIndex can be wanted, before it is put together."""
        return any(
            one.part.reads_session(session) and _within(one.part.file_indexes, file_index)
            for one in self._active
        )

    def wants(self, record: Record, last_byte: int) -> bool:
        """Tell whether *record*, whose last block ends at *last_byte*, is to be delivered."""
        wanted = False
        for one in self._active:
            if self._matches(one, record, last_byte):
                wanted = True
        if any(one.done for one in self._active):
            self._active = [one for one in self._active if not one.done]
        return wanted

    def _matches(self, one: _Progress, record: Record, last_byte: int) -> bool:
        part = one.part
        if not (part.reads_session(record.session) and part.reads_address(last_byte)):
            return False
        file = (record.session, record.file_index)
        if part.count and part.file_indexes and one.taken >= part.count and file != one.last:
            one.done = True
            return False
        if not _within(part.file_indexes, record.file_index):
            return False
        if part.file_regex and not _named(one, record, file):
            return False
        if file != one.last:
            one.last = file
            one.taken += 1
        return part.wants_job(self.labels.get(record.session)) and _within(
            part.streams, record.stream & STREAM_MASK
        )


def _named(one: _Progress, record: Record, file: tuple[Session, int]) -> bool:
    if record.stream & STREAM_MASK in ATTRIBUTE_STREAMS:
        fields = bytes(record.data).split(b"\0", 1)[0].split(b" ", 2)
        name = fields[-1].decode("utf-8", "surrogateescape")
        one.left_out = None if re.search(one.part.file_regex, name) else file
    return one.left_out != file
