"""The job that a plugin of the Director or Storage Daemon sees on the workbench."""

from typing import Any, Final

from barque.plugins.child import abi
from barque.plugins.workbench_kind import Kind

_EVENTS: Final[dict[Kind, abi.Table]] = {
    "fd": abi.FD_EVENTS,
    "dir": abi.DIR_EVENTS,
    "sd": abi.SD_EVENTS,
}
EVENT_WORDS: Final = {
    kind: {int(number): name for name, number in table.items()} for kind, table in _EVENTS.items()
}
"""Names of events by number."""

OBSERVED: Final[dict[Kind, tuple[tuple[int, str], ...]]] = {
    "fd": (),
    "dir": ((1, "C"), (3, "C"), (4, "R"), (2, "T")),
    "sd": tuple(
        (number, "T" if number == 2 else "R")
        for number in (1, 6, 12, 5, 7, 4, 8, 9, 18, 20, 13, 11, 21, 2)
    ),
}
"""Events of a good backup, in their order, and the status of the job at each."""

_FILES: Final = 3
_BYTES: Final = 1000


def observer_values(kind: Kind, level: str, status: str) -> dict[str, Any]:
    """Return what a plugin may know of the job."""
    ended = status == "T"
    common = {"JobName": "workbench.2000-01-01_00.00.00_01", "JobId": 1, "Client": "workbench"}
    values: dict[str, Any] = {
        "Job": "workbench", "Level": ord(level), "Type": ord("B"), "JobStatus": ord(status),
        "Pool": "Full", "MediaType": "File", "JobErrors": 0, **common,
        "JobFiles": _FILES if ended else 0, "JobBytes": _BYTES if ended else 0,
        "VolumeName": "Full-0001",
    }  # fmt: skip
    if kind == "dir":
        values |= {
            "NumVols": 1, "Storage": "File", "WriteStorage": "File", "Catalog": "MyCatalog",
            "Priority": 10, "SDJobFiles": values["JobFiles"], "SDErrors": 0, "LastRate": 0,
            "FDJobStatus": ord(status) if ended else 0, "ReadBytes": values["JobBytes"],
            "SDJobStatus": ord(status) if ended else 0,
        }  # fmt: skip
        return _numbered("bDirVar", abi.DIR_VARIABLES, values)
    values |= {"PoolType": "Backup", "Storage": "FileStorage"}
    return _numbered("bsdVar", abi.SD_VARIABLES, values)


def _numbered(prefix: str, table: abi.Table, values: dict[str, Any]) -> dict[str, Any]:
    """Return *values* by the numbers of their names; what is not known is None."""
    return {str(number): values.get(name.removeprefix(prefix)) for name, number in table.items()}
