"""Browsing and restoring what a big job holds, on each engine of the catalog.

``FILES=10_000_000 python -m benchmarks.browse``, or ``DATA=browse make bench``. A catalog is filled
with the files of one Full and of an Incremental over a hundredth of the directories, by the code
that jobs use; then everything is timed that consoles ask for. ENGINES=sqlite,postgresql chooses,
BENCH_DIR= says where (default: the temporary folder), KEEP= keeps an SQLite catalog.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Final

from benchmarks.measure import Watch

from barque.catalog import Catalog, open_catalog
from barque.catalog.source import Source, SQLiteSource
from barque.director.big_restore_tree import BigRestoreTree
from barque.director.commands.restore_files import CatalogFiles
from barque.director.restore_tree import everything
from barque.testing.catalog import make_job
from barque.testing.postgresql import throwaway_cluster

FILES: Final = 10_000_000
"""Of the Full, with directories."""

FILES_A_DIRECTORY: Final = 16
"""Beside the directory itself."""

WIDE: Final = 100_000
"""Files in one directory, and directories in another; a tenth of all in small catalogs."""

CHANGED: Final = 100
"""Each so many-th directory changed before the Incremental."""

LIMIT: Final = 2000
"""Lines of one answer, as consoles ask for them."""

REPEATS: Final = 3
"""The best of so many counts, for what only reads."""

LAST: Final = WIDE - LIMIT
"""Where the last page of the wide directories begins."""

JOBS: Final = (1, 2)
_BIG_PLACES: Final = (b"/data/wide/", b"/data/users/")
_PLACES: Final = (b"/", b"/data/", b"/data/000/", b"/data/000/01/07/", *_BIG_PLACES)
_FILE: Final = "P4A {:x} IGk B A A A M BAA I BpVzWl BpVzWl BrAzfj A A d"
_DIRECTORY: Final = "P4A {:x} EHt C A A A BAA BAA I BpVzWl BpVzWl BrAzfj A A d"
_DIGEST: Final = "x5nLVqLWW1VbLYH7dBFX5w"


def main() -> None:
    """Measure each engine and print as it comes."""
    files = int(os.environ.get("FILES") or FILES)
    folder = Path(os.environ.get("BENCH_DIR") or tempfile.gettempdir())
    folder.mkdir(parents=True, exist_ok=True)
    engines = os.environ.get("ENGINES", "sqlite,postgresql").split(",")
    if "sqlite" in engines:
        path = folder / f"browse-{files}.db"
        measure(SQLiteSource(path), files)
        if not os.environ.get("KEEP"):
            path.unlink()
    if "postgresql" in engines:
        tempfile.tempdir = str(folder)
        with throwaway_cluster() as cluster:
            measure(cluster.source("browse"), files)


def measure(source: Source, files: int) -> None:
    """Print what browsing costs in a catalog with so many *files*."""
    print(f"{type(source).__name__.removesuffix('Source')}, {files:,} files", flush=True)
    with open_catalog(source) as catalog:
        if catalog.jobs.get(JOBS[0]) is None:
            timed("fill the catalog", lambda: fill(catalog, files), 1)
        catalog.bvfs.clear()
        timed("note the directories at the end of the Full", lambda: update(catalog, JOBS[0]), 1)
        timed("... of the Incremental", lambda: update(catalog, JOBS[1]), 1)
        listings(catalog)
        restore(catalog)


def fill(catalog: Catalog, files: int) -> None:
    """Record a Full of *files* files and an Incremental."""
    for job_id, level, step in zip(JOBS, "FI", (1, CHANGED), strict=True):
        assert make_job(catalog, level, job_id, files=files // step) == job_id
        with catalog.attributes(job_id) as batch:
            for number, (path, name) in enumerate(_names(files, step), 1):
                lstat = _FILE if name else _DIRECTORY
                batch.add(number, path, name, lstat.format(number), _DIGEST)


def _names(files: int, step: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield path and name of every file of each *step*-th directory."""
    wide = min(WIDE, files // 10)
    for number in range(0, (files - 2 * wide) // (FILES_A_DIRECTORY + 1), step):
        path = b"/data/%03d/%02d/%02d/" % (number // 10000, number // 100 % 100, number % 100)
        yield path, b""
        for place in range(FILES_A_DIRECTORY):
            yield path, b"report-%02d.txt" % place
    yield b"/data/wide/", b""
    for number in range(0, wide, step):
        yield b"/data/wide/", b"message-%06d.eml" % number
    for number in range(0, wide, step):
        yield b"/data/users/u%06d/" % number, b""


def update(catalog: Catalog, job_id: int) -> str:
    """Make a job browsable; tells the longest time between two of its changes."""
    times = [time.perf_counter()]

    def go_on() -> bool:
        times.append(time.perf_counter())
        return True

    catalog.bvfs.update([job_id], go_on)
    longest = max(end - begin for begin, end in pairwise(times))
    return f"{len(times) - 1} changes, the longest after {longest:.2f} s"


def listings(catalog: Catalog) -> None:
    """Time what the browsing commands answer."""
    bvfs = catalog.bvfs
    for path in _PLACES:
        for offset in (0, LAST) if path in _BIG_PLACES else (0,):
            _list(catalog, path, offset)
    middle = bvfs.path_id(b"/data/000/01/") or 0
    timed(
        ".bvfs_restore /data/000/01/",
        lambda: bvfs.make_restore_list("b2000", JOBS, path_ids=[middle]),
    )
    bvfs.drop_restore_list("b2000")


def _list(catalog: Catalog, path: bytes, offset: int) -> None:
    """Time one page of a directory."""
    bvfs = catalog.bvfs
    path_id = bvfs.path_id(path) or 0
    words = f"{path.decode()} from {offset}" if offset else path.decode()
    for name, command in ((".bvfs_lsdirs", bvfs.directories), (".bvfs_lsfiles", bvfs.files)):
        timed(f"{name} {words}", partial(_page, command, path_id, offset))


def _page(command: Callable[..., Sequence[object]], path_id: int, offset: int) -> int:
    return len(command(JOBS, path_id, limit=LIMIT, offset=offset))


def restore(catalog: Catalog) -> None:
    """Time the tree of a restore, and a restore of everything without one."""
    source = CatalogFiles(catalog, JOBS)
    trees: list[BigRestoreTree] = []

    def build() -> int:
        trees.append(BigRestoreTree(source))
        trees[0].load(source.entries())
        return trees[0].inserted

    timed("restore: build the tree", build, 1)
    browse(trees[0])
    mark(trees.pop())
    timed("restore all done", lambda: everything(catalog.chains.files(JOBS))[0].count, 1)


def browse(tree: BigRestoreTree) -> None:
    """Time what only looks."""
    for path in ("/data/000/01/07", "/data/users/u000099"):
        timed(f"cd {path}", partial(_go, tree, path))
    for place in _PLACES:
        timed(f"ls {place.decode()}", partial(_ls, tree, place.decode()))


def mark(tree: BigRestoreTree) -> None:
    """Time what marks, and what tells of it."""

    def change(pattern: str, *, marked: bool = True) -> None:
        words = "mark" if marked else "unmark"
        timed(f"{words} {pattern}", partial(tree.mark, pattern, tree.root, marked=marked), 1)

    change("/data/000/01/07")
    change("/data/000/02")
    timed("count", tree.count)
    timed("estimate", tree.estimate, 1)
    change("/data/000/02", marked=False)
    timed("done", partial(_done, tree), 1)
    change("*")
    change("**/*-15.txt", marked=False)
    timed("find message-000500.eml", lambda: len(list(tree.named("message-000500.eml"))), 1)
    timed("done", partial(_done, tree), 1)


def _done(tree: BigRestoreTree) -> int:
    """Return how many ranges of FileIndexes a restore reads."""
    return sum(map(len, tree.chosen().selection().files.values()))


def _go(tree: BigRestoreTree, path: str) -> str:
    place = tree.find(path, tree.root)
    return place.path if place else "not found"


def _ls(tree: BigRestoreTree, path: str) -> int:
    place = tree.find(path, tree.root)
    return sum(len(f"{found.tag}{found.shown}") > 0 for found in place.sorted()) if place else 0


@contextmanager
def _watched(what: str) -> Iterator[list[object]]:
    """Print time and peak memory of a step, and what is put into the list."""
    watch = Watch({"self": os.getpid()})
    answer = list[object]()
    yield answer
    cost = watch.costs()["self"]
    print(f"  {what:45} {answer[0]:14,.1f} ms {cost.rss_mib:7,.0f} MiB  {answer[1]}", flush=True)


def timed(what: str, step: Callable[[], object], repeats: int = REPEATS) -> None:
    """Print the best time of *repeats*, the peak of memory, and what *step* returned."""
    with _watched(what) as answer:
        best, found = float("inf"), None
        for _ in range(repeats):
            start = time.perf_counter()
            found = step()
            best = min(best, time.perf_counter() - start)
        answer += [best * 1000, "" if found is None else found]


if __name__ == "__main__":
    main()
