"""What an operation costs: time, processor, memory."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

TICKS: Final = os.sysconf("SC_CLK_TCK")
"""Units of processor time in a second."""

RESET_PEAK: Final = "5"
"""Written to ``clear_refs`` it makes the peak memory begin anew."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one process, or of one program with its children."""

    cpu_s: float
    rss_mib: float
    """Peak of the resident memory."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One operation of one tool on one data set."""

    tool: str
    dataset: str
    operation: str
    files: int
    bytes: int
    seconds: float
    """From the command to the end."""
    start_s: float
    """Of them, until data flowed; 0 where it is not measured."""
    costs: Mapping[str, Cost] = field(default_factory=dict)
    catalog_bytes_per_file: float = 0.0

    @property
    def working_s(self) -> float:
        """What counts for the rates."""
        return max(self.seconds - self.start_s, 0.001)

    @property
    def files_per_s(self) -> float:
        """Rate."""
        return self.files / self.working_s

    @property
    def mb_per_s(self) -> float:
        """Rate in 10^6 bytes."""
        return self.bytes / self.working_s / 1e6

    def row(self) -> dict[str, object]:
        """Return the figures as they stand in the results file."""
        return {
            "tool": self.tool,
            "data_set": self.dataset,
            "operation": self.operation,
            "files": self.files,
            "bytes": self.bytes,
            "seconds": round(self.seconds, 3),
            "start_s": round(self.start_s, 3),
            "files_per_s": round(self.files_per_s, 1),
            "mb_per_s": round(self.mb_per_s, 1),
            "cpu_s": {name: round(cost.cpu_s, 2) for name, cost in self.costs.items()},
            "rss_mib": {name: round(cost.rss_mib, 1) for name, cost in self.costs.items()},
            "catalog_bytes_per_file": round(self.catalog_bytes_per_file, 1),
        }


class Watch:
    """Measures processes that run already; *processes* are numbers by name."""

    def __init__(self, processes: Mapping[str, int]) -> None:
        self._processes = processes
        self._before = {name: _cpu(process) for name, process in processes.items()}
        for process in processes.values():
            with suppress(OSError):
                Path(f"/proc/{process}/clear_refs").write_text(RESET_PEAK)

    def costs(self) -> dict[str, Cost]:
        """Return what the processes have cost since the beginning."""
        return {
            name: Cost(_cpu(process) - self._before[name], _peak(process))
            for name, process in self._processes.items()
        }


def _cpu(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _peak(process: int) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def run_program(
    command: Sequence[str], *, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> tuple[float, Cost]:
    """Run a program to its end and return the seconds and its cost; raises when it fails."""
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=os.environ | dict(environment or {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {said.strip()[-500:]}")
    return seconds, Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def wait_for(condition: Callable[[], bool], timeout: float) -> bool:
    """Look often until *condition* holds; False when it does not in time (seconds)."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True
