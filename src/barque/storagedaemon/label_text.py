"""Labels as text, in the form of the original tools.

Source: output of `bls -L` and `bls -j`.
"""

from collections.abc import Iterator
from datetime import datetime

from barque.formats.label import EndOfSession, SessionLabel, VolumeLabel, from_btime, label_of
from barque.formats.record import Label, Record

NAMES: dict[int, str] = {
    Label.PRE_LABEL: "Fresh Volume Label",
    Label.VOL_LABEL: "Volume Label",
    Label.SOS_LABEL: "Begin Job Session",
    Label.EOS_LABEL: "End Job Session",
    Label.EOM_LABEL: "End of Medium",
    Label.EOT_LABEL: "End of Physical Medium",
    Label.SOB_LABEL: "Start of object",
    Label.EOB_LABEL: "End of object",
}
"""FileIndex of a label to what listings call it."""


def label_name(file_index: int) -> str:
    """Return what listings call a label."""
    return NAMES.get(file_index, "Unknown")


def _local(btime: int) -> datetime:
    return from_btime(btime).astimezone()


def show_label(label: VolumeLabel, file_index: int) -> str:
    """Return a volume label in full."""
    lines = (
        "",
        "Volume Label:",
        f"Id                : {label.identifier.rstrip()}",
        f"VerNo             : {label.version}",
        f"VolName           : {label.volume}",
        f"PrevVolName       : {label.previous_volume}",
        "VolFile           : 0",
        f"LabelType         : {Label(file_index).name}",
        f"LabelSize         : {len(label.pack())}",
        f"PoolName          : {label.pool}",
        f"MediaType         : {label.media_type}",
        f"PoolType          : {label.pool_type}",
        f"HostName          : {label.host}",
        f"Date label written: {_local(label.label_time):%d-%b-%Y %H:%M}",
    )
    return "\n".join(lines)


def show_label_record(record: Record, *, verbose: bool) -> str:
    """Return what a listing of jobs says of a label record."""
    label = label_of(record)
    if isinstance(label, VolumeLabel) and verbose:
        return show_label(label, record.file_index)
    if isinstance(label, SessionLabel):
        shown = _full(label, record) if verbose else _short(label, record)
        return "\n".join(shown)
    return _place(record, record.stream) + f" DataLen={len(record.data)}"


def _place(record: Record, job_id: int) -> str:
    name = label_name(record.file_index).removesuffix(" Label")
    high, low = record.offset >> 32, record.offset & 0xFFFFFFFF
    return (
        f"{name} Record: File:blk={high}:{low} SessId={record.session.session_id}"
        f" SessTime={record.session.session_time} JobId={job_id}"
    )


def _short(label: SessionLabel, record: Record) -> Iterator[str]:
    yield _place(record, label.job_id)
    line = (
        f"   Job={label.job} Date={_local(label.write_time):%d-%b-%y %H:%M}"
        f" Level={chr(label.job_level)} Type={chr(label.job_type)}"
    )
    if isinstance(label, EndOfSession):
        line += (
            f" Files={label.job_files:,} Bytes={label.job_bytes:,} Errors={label.job_errors}"
            f" Status={chr(label.job_status)}"
        )
    yield line


def _full(label: SessionLabel, record: Record) -> Iterator[str]:
    yield f"\n{label_name(record.file_index)} Record:"
    yield f"JobId             : {label.job_id}"
    yield f"VerNum            : {label.version}"
    yield f"PoolName          : {label.pool}"
    yield f"PoolType          : {label.pool_type}"
    yield f"JobName           : {label.job_name}"
    yield f"ClientName        : {label.client}"
    yield f"Job (unique name) : {label.job}"
    yield f"FileSet           : {label.fileset}"
    yield f"JobType           : {chr(label.job_type)}"
    yield f"JobLevel          : {chr(label.job_level)}"
    if isinstance(label, EndOfSession):
        yield f"JobFiles          : {label.job_files:,}"
        yield f"JobBytes          : {label.job_bytes:,}"
        yield f"StartBlock        : {label.start_block:,}"
        yield f"EndBlock          : {label.end_block:,}"
        yield f"StartFile         : {label.start_file:,}"
        yield f"EndFile           : {label.end_file:,}"
        yield f"JobErrors         : {label.job_errors:,}"
        yield f"JobStatus         : {chr(label.job_status)}"
    yield f"Date written      : {_local(label.write_time):%d-%b-%Y %H:%M}"
