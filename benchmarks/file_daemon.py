"""Measures the local halves of a backup and a restore, without a network.

Usage: python benchmarks/file_daemon.py DIRECTORY [OPTION LETTERS]
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from barque.filedaemon.fileset import parse_fileset
from barque.filedaemon.outbox import Outbox
from barque.filedaemon.report import JobReport
from barque.filedaemon.saving import Changes, Saver
from barque.filedaemon.walker import Walker
from barque.restoring import Destination, Restorer
from barque.testing.savedtrees import Listener, save
from barque.wire.messages.job import JobMessage


def make_small(root: Path, count: int = 20_000) -> None:
    """Make *count* files of 1 to 8 KiB, 200 in a directory."""
    noise = os.urandom(8192)
    for number in range(count):
        directory = root / f"d{number // 200}"
        directory.mkdir(exist_ok=True)
        (directory / f"file{number}.dat").write_bytes(noise[: 1024 + number * 37 % 7168])


def make_large(root: Path, size: int = 1 << 30) -> None:
    """Make one file of *size* bytes."""
    noise = os.urandom(1 << 20)
    with (root / "large.dat").open("wb") as file:
        for _ in range(size >> 20):
            file.write(noise)


def show(message: JobMessage, urgent: bool) -> None:
    """Print what a Director would be told."""
    print(urgent, message.text, end="")


def measure(root: str, letters: str) -> None:
    """Back *root* up into nothing and print what it took."""
    lines = ["I", f"O {letters}", "N", f"F {root}", "N", "N"]
    fileset = parse_fileset(line.encode() for line in lines)
    sent = 0

    def count(view: memoryview) -> None:
        nonlocal sent
        sent += len(view)

    report = JobReport(daemon="fd", job_id=1, job="job", post=show, clock=time.time)
    outbox = Outbox(count)
    saver = Saver(outbox, report, Changes())
    wall, cpu = time.perf_counter(), time.process_time()
    for found in Walker(fileset, report.info):
        saver.save(found)
    outbox.finish()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(
        f"{letters:8} {saver.file_index:7} files {saver.read / 1e6:9.1f} MB read "
        f"{sent / 1e6:9.1f} MB out {cpu / max(1, saver.file_index) * 1e6:6.1f} us/file "
        f"{saver.read / wall / 1e6:7.0f} MB/s"
    )


def measure_restore(root: str) -> None:
    """Back *root* up into memory, restore it elsewhere and print what the restore took."""
    saved = save(root)
    with tempfile.TemporaryDirectory(prefix="barque-bench-") as where:
        restorer = Restorer(Destination(os.fsencode(where)), Listener())
        wall, cpu = time.perf_counter(), time.process_time()
        for file_index, stream, data in saved.records:
            restorer.write((1, 1), file_index, stream, data)
        totals = restorer.finish()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(
        f"restore  {totals.files:7} files {totals.size / 1e6:9.1f} MB {totals.errors} errors "
        f"{cpu / totals.files * 1e6:9.1f} us/file {totals.size / wall / 1e6:7.0f} MB/s"
    )


def main() -> None:
    """Measure the directory of the command line, or files made for it."""
    if len(sys.argv) > 1:
        letters = sys.argv[2] if len(sys.argv) > 2 else "S4HAX"
        measure(sys.argv[1], letters)
        return
    with tempfile.TemporaryDirectory(prefix="barque-bench-") as directory:
        make_small(Path(directory))
        for letters in ("S4HAX", "S4HAX", "S4H", "MHAX", "S4sAX", "S4Z6HAX"):
            measure(directory, letters)
        measure_restore(directory)
    with tempfile.TemporaryDirectory(prefix="barque-bench-") as directory:
        make_large(Path(directory))
        for letters in ("S4HAX", "S4HAX", "H", "MHAX", "S4sHAX", "Zf4HAX"):
            measure(directory, letters)


if __name__ == "__main__":
    main()
