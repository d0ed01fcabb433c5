"""`barque-bextract`: restores files from volumes without Director, catalog or daemon."""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TextIO

from barque.errors import BarqueError, FormatError
from barque.formats.attributes import AttributeRecord
from barque.formats.bootstrap import ATTRIBUTE_STREAMS, Bootstrap, Selector
from barque.formats.record import STREAM_MASK, Record, RecordAssembler, Session
from barque.restoring import (
    Destination,
    RestoredFile,
    Restorer,
    Severity,
    show_listing,
)
from barque.storagedaemon.tool_options import (
    bootstrap_of,
    common_parser,
    complain,
    name_filter,
    source_of,
)
from barque.storagedaemon.volume_reader import RecordReader, read_label

PROGRAM = "bextract"


class _Printer:
    """Prints what becomes of the files."""

    def __init__(self, out: TextIO, *, verbose: bool) -> None:
        self._out = out
        self._verbose = verbose
        self.errors = 0

    def restored(self, file: RestoredFile) -> None:
        """A file was created."""
        if self._verbose:
            self._write(show_listing(file.status, file.path, file.target))

    def message(self, severity: Severity, text: str) -> None:
        """Something is to be said about a file."""
        self.errors += severity is Severity.ERROR
        self._write(f"{PROGRAM}: {severity.name.capitalize()}: {text}\n")

    def _write(self, text: str) -> None:
        self._out.write(os.fsencode(text).decode("utf-8", "replace"))


class Extraction:
    """One run of the tool."""

    def __init__(self, options: argparse.Namespace, out: TextIO) -> None:
        self._options = options
        self._out = out
        self._names = name_filter(options)
        self._printer = _Printer(out, verbose=bool(options.verbose))
        destination = Destination(where=os.fsencode(os.path.abspath(options.target)))  # noqa: PTH100
        self._restorer = Restorer(destination, self._printer)
        self._left_out: set[Session] = set()
        self._damages = 0

    def run(self, bootstrap: Bootstrap | None) -> int:
        """Restore; return how many errors there were."""
        complete = False
        try:
            self._read_all(bootstrap)
            complete = True
        finally:
            totals = self._restorer.finish(complete=complete and not self._damages)
            self._out.write(f"{totals.files} files restored.\n")
        return self._printer.errors + self._damages

    def _read_all(self, bootstrap: Bootstrap | None) -> None:
        assembler = RecordAssembler()
        for volume in source_of(self._options, self._options.device, bootstrap).open_each():
            read_label(volume)
            selector = Selector(bootstrap, volume.name)
            for record in RecordReader(volume, selector, assembler, self._damage):
                if record.file_index > 0:
                    self._take(record)
        assembler.close()
        for session, file_index, stream in assembler.lost:
            self._damage(
                FormatError(
                    f"the record of stream {stream} of file {file_index} of session"
                    f" {session.session_id}/{session.session_time} is incomplete here"
                )
            )

    def _take(self, record: Record) -> None:
        data = bytes(record.data)
        if record.stream & STREAM_MASK in ATTRIBUTE_STREAMS:
            self._choose(record.session, data)
        if record.session not in self._left_out:
            self._restorer.write(record.session, record.file_index, record.stream, data)

    def _choose(self, session: Session, data: bytes) -> None:
        """Note whether the file that begins is wanted; the restorer tells what cannot be read."""
        self._left_out.discard(session)
        try:
            name = os.fsdecode(AttributeRecord.unpack(data).name)
        except FormatError:
            return
        if not self._names.wants(name):
            self._left_out.add(session)

    def _damage(self, error: FormatError) -> None:
        if not self._options.ignore_errors:
            raise error
        self._damages += 1
        complain(PROGRAM, error)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = common_parser(PROGRAM, "Restore files from volumes.")
    made.add_argument("device", help="path of a volume, archive directory, or name of a Device")
    made.add_argument("target", help="directory that the files are restored to")
    return made


def run(arguments: Sequence[str] | None, out: TextIO) -> int:
    """Extract; return the exit code: 0, or 1 when something could not be restored whole."""
    options = parser().parse_args(arguments)
    try:
        if not os.path.isdir(options.target):  # noqa: PTH112
            raise FormatError(f"the target {options.target} is no directory: create it first")
        return 1 if Extraction(options, out).run(bootstrap_of(options)) else 0
    except BarqueError as error:
        complain(PROGRAM, error)
        return 1


def main() -> None:
    """Entry point of `barque-bextract`."""
    sys.exit(run(None, sys.stdout))


if __name__ == "__main__":
    main()
