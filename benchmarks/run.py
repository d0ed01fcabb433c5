"""``make bench``: barque beside other backup programs on the same data.

SCALE= shrinks the data (1 is 200,000 small files and 4 GiB in large ones), TOOLS= and DATA= choose,
BENCH_DIR= says where (default: the temporary folder), BAREOS_PREFIX= names a real Bareos.
Everything is read from a warm cache.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks import browse
from benchmarks.daemons import bareos_daemons, measure_daemons, our_daemons, total
from benchmarks.datasets import Dataset, large, plugin_large, plugin_small, small
from benchmarks.foreign import installed, measure_foreign
from benchmarks.measure import Measured
from rich import box
from rich.console import Console as Terminal
from rich.table import Table

RESULTS: Final = Path(__file__).with_name("results.json")
BASELINE: Final = "barque"
BROWSE: Final = "browse"
"""Names no data, but what consoles do with a catalog of many files."""

DATASETS: Final = {
    "small": small,
    "large": large,
    "plugin-small": plugin_small,
    "plugin-large": plugin_large,
}


def main() -> None:
    """Measure, print and keep the figures."""
    scale = float(os.environ.get("SCALE", "1"))
    folder = Path(os.environ.get("BENCH_DIR") or Path(tempfile.gettempdir()) / "barque-bench")
    names = os.environ.get("DATA", ",".join(DATASETS)).split(",")
    if BROWSE in names:
        browse.main()
        names.remove(BROWSE)
    if not names:
        return
    measured: list[Measured] = []
    for name in names:
        print(f"data set {name} in {folder}", flush=True)
        dataset = DATASETS[name](folder / "data", scale)
        _warm(dataset)
        for row in measure_all(dataset, folder / "work"):
            print(_line(row), flush=True)
            measured.append(row)
    RESULTS.write_text(json.dumps([row.row() for row in measured], indent=2) + "\n")
    print_table(measured)
    for line in plugin_ratios(measured):
        print(line)
    print(f"rows: {RESULTS}")


def measure_all(dataset: Dataset, work: Path) -> Iterator[Measured]:
    """Yield the figures of every tool that is asked for and installed."""
    wanted = set(os.environ.get("TOOLS", "barque,bareos,restic,borg").split(","))
    prefix = os.environ.get("BAREOS_PREFIX")
    if "barque" in wanted:
        with our_daemons(work / "barque", dataset) as daemons:
            yield from measure_daemons(daemons, dataset)
        shutil.rmtree(work)
    if "bareos" in wanted and prefix:
        with bareos_daemons(Path(prefix), work / "bareos", dataset) as daemons:
            yield from measure_daemons(daemons, dataset)
        shutil.rmtree(work)
    for program in installed():
        if program.name in wanted and not dataset.plugins:
            yield from measure_foreign(program, dataset, work)
            shutil.rmtree(work)


def _warm(dataset: Dataset) -> None:
    for path in dataset.root.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                while file.read(1 << 20):
                    pass


def _line(row: Measured) -> str:
    return (
        f"  {row.tool:8} {row.dataset:6} {row.operation:12} {row.seconds:8.2f} s "
        f"(start {row.start_s:.2f}) {row.files_per_s:10,.0f} files/s {row.mb_per_s:8,.0f} MB/s"
    )


def print_table(rows: Sequence[Measured]) -> None:
    """Print one line for each figure, with its ratio to barque's."""
    table = Table(box=box.SIMPLE_HEAD, title="rates without the time until data flows")
    for title in ("Data", "Operation", "Tool"):
        table.add_column(title)
    titles = (
        "Seconds",
        "Start",
        "Files/s",
        "MB/s",
        "barque is",
        "CPU s",
        "Peak MiB",
        "Cat. B/file",
    )
    for title in titles:
        table.add_column(title, justify="right", no_wrap=True)
    ours = {(row.dataset, row.operation): row for row in rows if row.tool == BASELINE}
    for row in sorted(rows, key=lambda row: (row.dataset, row.operation)):
        base = ours.get((row.dataset, row.operation))
        ratio = f"{row.working_s / base.working_s:.2f} x" if base else ""
        peak = " ".join(f"{name} {cost.rss_mib:.0f}" for name, cost in row.costs.items())
        table.add_row(
            row.dataset,
            row.operation,
            row.tool,
            f"{row.seconds:.2f}",
            f"{row.start_s:.2f}",
            f"{row.files_per_s:,.0f}",
            f"{row.mb_per_s:,.0f}",
            ratio,
            f"{total(row.costs):.1f}",
            peak,
            f"{row.catalog_bytes_per_file:.0f}" if row.catalog_bytes_per_file else "",
        )
    terminal = Terminal()
    if not terminal.is_terminal:
        terminal.width = 160
    terminal.print(table)


def plugin_ratios(rows: Sequence[Measured]) -> Iterator[str]:
    """Yield how fast a plugin's files go, beside the same files without it."""
    found = {(row.tool, row.dataset, row.operation): row for row in rows}
    for (tool, dataset, operation), row in found.items():
        plain = found.get((tool, dataset, operation.partition("-")[0]))
        if plain is not None and plain is not row:
            ratio = plain.working_s / row.working_s
            yield f"{tool}, {dataset}: {operation} runs at {ratio:.2f} of {plain.operation}"


if __name__ == "__main__":
    main()
