"""Director, File Daemon and Storage Daemon on the data: ours, or those of a real Bareos.

Both get the same configuration: TLS on every connection, XXH128, no compression.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from benchmarks.datasets import Dataset
from benchmarks.measure import Cost, Measured, Watch, wait_for

from barque.console.client import Console
from barque.local.init import initialise
from barque.local.jobs import job_id_in, outcome_of, quote
from barque.local.place import Place
from barque.local.ports import free_port_base, is_open
from barque.local.session import console_at
from barque.local.texts import Block, block, quoted

POLL: Final = 0.05
"""Second; how often the end of a job is looked for."""

READY: Final = 60.0
"""Second; until the daemons must listen."""

SETTLE: Final = 1.1
"""Second; a backup does not start in the second in which the last one ended."""

FLOWING: Final = 4096
"""Byte; a volume that has grown by so much since the label holds data."""


@dataclass(frozen=True, slots=True)
class Set:
    """Three running daemons."""

    tool: str
    place: Place
    processes: Mapping[str, int]
    catalog_bytes: Callable[[], int]


PLUGINS: Final = Path(__file__).with_name("plugins")
WAYS: Final = {"plugin": "", "plugin-core": ":core=1"}
"""How the plugin of the benchmark gives its data: by reads of 64 KiB, or as an open file."""


def bench_resources(place: Place, dataset: Dataset) -> None:
    """Add the jobs that are measured to a configuration."""
    _add_job(place, "bench", f"File = {quoted(str(dataset.root))}")
    definition = f"python3:module_path={PLUGINS}:module_name=bench_files:root={dataset.root}"
    for way, option in WAYS.items() if dataset.plugins else ():
        _add_job(place, way, f"Plugin = {quoted(definition + option)}")


def _add_job(place: Place, name: str, line: str) -> None:
    options = Block("Options", ["Signature = XXH128", "HardLinks = yes"])
    fileset = block("FileSet", [f"Name = {name}", Block("Include", [options, line])])
    job = block(
        "Job", [f"Name = {name}", "JobDefs = DefaultJob", f"FileSet = {name}", "Accurate = no"]
    )
    for kind, text in (("fileset", fileset), ("job", job)):
        (place.director_resources / kind / f"{name}.conf").write_text(text)


def _use_plugins(place: Place, prefix: Path) -> None:
    """Let the File Daemon of a Bareos load its host of Python plugins."""
    folder = prefix / "lib" / "bareos" / "plugins"
    path = next((place.root / "bareos-fd.d" / "client").glob("*.conf"))
    lines = f'  Plugin Directory = "{folder}"\n  Plugin Names = "python3"\n}}'
    path.write_text(path.read_text().rstrip().removesuffix("}") + lines)


def installation(root: Path, dataset: Dataset) -> tuple[Place, int]:
    """Make a configuration in *root* and return it with its first port."""
    shutil.rmtree(root, ignore_errors=True)
    place = Place(root)
    port = free_port_base()
    initialise(place, port_base=port)
    bench_resources(place, dataset)
    return place, port


@contextmanager
def our_daemons(root: Path, dataset: Dataset) -> Iterator[Set]:
    """Run barque's daemons on a new configuration in *root*."""
    place, port = installation(root, dataset)
    modules = {"sd": "storagedaemon", "fd": "filedaemon", "dir": "director"}
    commands = {
        name: [sys.executable, "-m", f"barque.{module}", "-f", "-c", str(place.root)]
        for name, module in modules.items()
    }
    with _running(commands, port, place) as processes:
        catalog = place.working / "bareos.db"

        def size() -> int:
            return sum(path.stat().st_size for path in catalog.parent.glob(f"{catalog.name}*"))

        yield Set("barque", place, processes, size)


@contextmanager
def bareos_daemons(prefix: Path, root: Path, dataset: Dataset) -> Iterator[Set]:
    """Run the daemons of the Bareos installed in *prefix* on a new configuration in *root*."""
    from benchmarks.bareos_catalog import new_catalog  # noqa: PLC0415  # needs psycopg

    place, port = installation(root, dataset)
    if dataset.plugins:
        _use_plugins(place, prefix)
    catalog = new_catalog(prefix)
    (place.director_resources / "catalog" / "MyCatalog.conf").write_text(catalog.resource)
    program = {name: prefix / "sbin" / f"bareos-{name}" for name in ("sd", "fd", "dir")}
    commands = {name: [str(path), "-f", "-c", str(place.root)] for name, path in program.items()}
    with _running(commands, port, place) as processes:
        yield Set("bareos", place, processes, catalog.size)


@contextmanager
def _running(
    commands: Mapping[str, list[str]], port: int, place: Place
) -> Iterator[dict[str, int]]:
    log = (place.logs / "daemons.out").open("wb")
    processes = {
        name: subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        for name, command in commands.items()
    }
    try:
        for offset in range(3):
            if not wait_for(lambda: is_open("127.0.0.1", port + offset), READY):  # noqa: B023
                raise RuntimeError(f"no daemon listens on {port + offset}: see {log.name}")
        yield {name: process.pid for name, process in processes.items()}
    finally:
        for process in reversed(processes.values()):
            process.terminate()
        for process in processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        log.close()


def measure_daemons(daemons: Set, dataset: Dataset) -> Iterator[Measured]:
    """Yield a Full, an unchanged Incremental and a restore; for plugins, a Full and a restore."""
    yield from _measure_plain(daemons, dataset)
    for way in WAYS if dataset.plugins else ():
        yield from _measure_plugin(daemons, dataset, way)


def _measure_plugin(daemons: Set, dataset: Dataset, way: str) -> Iterator[Measured]:
    place = daemons.place
    target = place.root / f"restored-{way}"
    with console_at(place) as console:
        size = _size(place.volumes)
        command = f"run job={way} level=Full yes"
        flows = lambda: _size(place.volumes) > size + FLOWING  # noqa: E731
        yield _job(daemons, dataset, console, f"full-{way}", command, flows)
        command = f"restore client=bareos-fd fileset={way} where={quote(str(target))} "
        command += "select current all done yes"
        yield _job(daemons, dataset, console, f"restore-{way}", command, target.exists)


def _measure_plain(daemons: Set, dataset: Dataset) -> Iterator[Measured]:
    place = daemons.place
    target = place.root / "restored"
    restore = f"restore client=bareos-fd fileset=bench where={quote(str(target))} "
    before = daemons.catalog_bytes()
    with console_at(place) as console:
        command = "run job=bench level=Full yes"
        full = _job(daemons, dataset, console, "full", command, lambda: _grown(place.volumes))
        grown = daemons.catalog_bytes() - before
        yield replace(full, catalog_bytes_per_file=grown / dataset.files)
        command = "run job=bench level=Incremental yes"
        incremental = _job(daemons, dataset, console, "incremental", command, None)
        yield replace(incremental, start_s=full.start_s)
        command = f"{restore}select current all done yes"
        yield _job(daemons, dataset, console, "restore", command, target.exists)


def _job(
    daemons: Set,
    dataset: Dataset,
    console: Console,
    operation: str,
    command: str,
    flows: Callable[[], bool] | None,
) -> Measured:
    os.sync()
    time.sleep(SETTLE)
    watch = Watch(daemons.processes)
    reply = console.call(command)
    accepted = time.monotonic()
    job_id = job_id_in(command, reply)
    flowing: list[float] = []

    def look(flows: Callable[[], bool]) -> None:
        if wait_for(flows, READY):
            flowing.append(time.monotonic())

    thread = threading.Thread(target=look, args=(flows,)) if flows is not None else None
    if thread is not None:
        thread.start()
    while (outcome := outcome_of(console, job_id)) is None:
        time.sleep(POLL)
    ended = time.monotonic()
    if thread is not None:
        thread.join()
    if not outcome.good:
        raise RuntimeError(f"{daemons.tool}: {operation} ended with status {outcome.status}")
    wanted = 0 if operation == "incremental" else dataset.files
    if outcome.files < wanted:
        raise RuntimeError(f"{daemons.tool}: {operation} did {outcome.files} of {wanted} files")
    return Measured(
        daemons.tool,
        dataset.name,
        operation,
        dataset.files,
        0 if operation == "incremental" else dataset.bytes,
        ended - accepted,
        max(0.0, flowing[0] - accepted) if flowing else 0.0,
        watch.costs(),
    )


def _grown(volumes: Path) -> bool:
    return any(path.stat().st_size > FLOWING for path in volumes.iterdir())


def _size(volumes: Path) -> int:
    return sum(path.stat().st_size for path in volumes.iterdir())


def total(costs: Mapping[str, Cost]) -> float:
    """Return the processor seconds of all daemons."""
    return sum(cost.cpu_s for cost in costs.values())
