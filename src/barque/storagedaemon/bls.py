"""`barque-bls`: lists what is on volumes — files, jobs, blocks, labels.

Works from the path of a volume alone; no configuration, no catalog, no daemon is needed.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import TextIO

from barque.devices.device import OpenVolume
from barque.errors import BarqueError, FormatError
from barque.formats.attributes import AttributeRecord, unpack_status
from barque.formats.block import Block
from barque.formats.bootstrap import ATTRIBUTE_STREAMS, Bootstrap, Selector
from barque.formats.filetypes import FileType
from barque.formats.label import SessionLabel
from barque.formats.record import STREAM_MASK, Piece, Record, RecordAssembler, Session
from barque.restoring import show_listing
from barque.storagedaemon.label_text import label_name, show_label, show_label_record
from barque.storagedaemon.tool_options import (
    NameFilter,
    bootstrap_of,
    common_parser,
    complain,
    name_filter,
    source_of,
)
from barque.storagedaemon.volume_reader import RecordReader, read_blocks, read_label

DELETED = "----------   - -        -                - ---------- --------"
"""Stands in place of the numbers of a file that is no longer there."""


class Listing:
    """One run of the tool: what it was asked, and what it found."""

    def __init__(self, options: argparse.Namespace, out: TextIO) -> None:
        self._options = options
        self._out = out
        self._names: NameFilter = name_filter(options)
        self._labels: dict[Session, SessionLabel] = {}
        self.files = 0
        """Files listed."""
        self.damages = 0
        """Damaged places reported."""

    def run(self, argument: str, bootstrap: Bootstrap | None) -> None:
        """List the volumes that *argument* means."""
        assembler = RecordAssembler()
        for volume in source_of(self._options, argument, bootstrap).open_each():
            self._list_volume(volume, bootstrap, assembler)
        assembler.close()
        for session, file_index, stream in assembler.lost:
            self._damage(
                FormatError(
                    f"the record of stream {stream} of file {file_index} of session"
                    f" {session.session_id}/{session.session_time} is incomplete here"
                )
            )
        if not (self._options.list_blocks or self._options.list_jobs or self._options.dump_labels):
            self._print(f"{self.files} files and directories found.")

    def _list_volume(
        self, volume: OpenVolume, bootstrap: Bootstrap | None, assembler: RecordAssembler
    ) -> None:
        label = read_label(volume)
        if label.previous_volume:
            self._print(
                f"\nWarning, this Volume is a continuation of Volume {label.previous_volume}"
            )
        if self._options.dump_labels:
            self._print(show_label(label, -2))
            return
        selector = Selector(bootstrap, volume.name)
        selector.labels = self._labels
        if self._options.list_blocks:
            for block in read_blocks(volume, selector.ranges(), self._damage):
                if selector.wants_block(block.session, block.last_byte):
                    self._list_block(block)
            return
        for record in RecordReader(volume, selector, assembler, self._damage):
            if self._options.list_jobs:
                self._list_job(record)
            else:
                self._list_record(record)

    def _list_block(self, block: Block) -> None:
        header = block.header
        if not self._options.verbose:
            self._print(f"Block: {header.block_number} size={header.block_size}")
            return
        shown = list(block.pieces())
        number = self._options.verbose
        for text in _show_pieces(block, shown if number > 1 else shown[:1]):
            self._print(text)

    def _list_job(self, record: Record) -> None:
        if record.file_index < 0:
            self._print(show_label_record(record, verbose=bool(self._options.verbose)))

    def _list_record(self, record: Record) -> None:
        if record.file_index < 0:
            if self._options.verbose:
                self._print(
                    f"{label_name(record.file_index)} Record:"
                    f" VolSessionId={record.session.session_id}"
                    f" VolSessionTime={record.session.session_time}"
                    f" JobId={record.stream} DataLen={len(record.data)}"
                )
            return
        if self._options.verbose:
            self._print(
                f"FileIndex={record.file_index} Stream={record.stream} DataLen={len(record.data)}"
            )
        if record.stream & STREAM_MASK in ATTRIBUTE_STREAMS:
            self._list_file(record)

    def _list_file(self, record: Record) -> None:
        try:
            attributes = AttributeRecord.unpack(bytes(record.data))
            name = attributes.name.decode("utf-8", "replace")
            line = _show_file(attributes, name)
        except FormatError as error:
            error.offset = record.offset
            self._damage(error)
            return
        if self._names.wants(name):
            self.files += 1
            self._print(line)

    def _damage(self, error: FormatError) -> None:
        if not self._options.ignore_errors:
            raise error
        self.damages += 1
        complain("bls", error)

    def _print(self, text: str) -> None:
        self._out.write(text + "\n")


def _show_file(record: AttributeRecord, name: str) -> str:
    if record.type == FileType.DELETED:
        return f"{DELETED}  {name}"
    target = record.link if record.type == FileType.LNK else None
    line = show_listing(unpack_status(record.status), record.name, target)
    return line.rstrip("\n").encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _show_pieces(block: Block, shown: Sequence[Piece]) -> Iterator[str]:
    header = block.header
    for piece in shown:
        what = label_name(piece.file_index) if piece.file_index < 0 else str(piece.file_index)
        yield (
            f"File:blk={block.offset >> 32}:{block.offset & 0xFFFFFFFF}"
            f" blk_num={header.block_number} blen={header.block_size} First rec FI={what}"
            f" SessId={piece.session.session_id} SessTim={piece.session.session_time}"
            f" Strm={'cont' if piece.continued else ''}{piece.stream} rlen={piece.length}"
        )


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = common_parser("bls", "List files, jobs, blocks or labels of volumes.")
    made.add_argument("-j", "--list-jobs", action="store_true", help="list jobs")
    made.add_argument("-k", "--list-blocks", action="store_true", help="list blocks")
    made.add_argument("-L", "--dump-labels", action="store_true", help="show the volume label")
    made.add_argument(
        "device", nargs="+", help="path of a volume, archive directory, or name of a Device"
    )
    return made


def run(arguments: Sequence[str] | None, out: TextIO) -> int:
    """List; return the exit code: 0, or 1 when something was damaged or missing."""
    options = parser().parse_args(arguments)
    try:
        listing = Listing(options, out)
        bootstrap = bootstrap_of(options)
        for argument in options.device:
            listing.run(argument, bootstrap)
    except BarqueError as error:
        complain("bls", error)
        return 1
    return 1 if listing.damages else 0


def main() -> None:
    """Entry point of `barque-bls`."""
    sys.exit(run(None, sys.stdout))


if __name__ == "__main__":
    main()
