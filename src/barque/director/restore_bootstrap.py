"""From the files that a console chose to a bootstrap file.

Source: job semantics, sections 9.2 and 11.1; catalog, section 7, step 8.
"""

import itertools
from collections.abc import Iterable
from pathlib import Path

from barque.catalog import Catalog
from barque.config.load import DirectorConfig
from barque.director.bootstrap import BootstrapVolume, JobOnVolumes, plan
from barque.director.services import RestorePlan, RestoreSelection, RestoreVolume
from barque.errors import JobError

_NUMBERS = itertools.count(1)


def plan_restore(
    selection: RestoreSelection, catalog: Catalog, config: DirectorConfig
) -> list[BootstrapVolume]:
    """Return what has to be read for *selection*, Volume by Volume; raises JobError."""
    jobs = []
    for job_id, ranges in selection.files.items():
        record = catalog.jobs.get(job_id)
        if record is None:
            raise JobError(f"JobId {job_id} is not in the catalog")
        pieces = catalog.job_media.pieces(job_id)
        jobs.append(
            JobOnVolumes(
                record.vol_session_id,
                record.vol_session_time,
                pieces,
                ranges,
                record.job_files,
            )
        )
    devices = {
        storage.name: str(storage.device[0])
        for storage in config.storages.values()
        if storage.device
    }
    return plan(jobs, devices)


def write_restore_bootstrap(
    selection: RestoreSelection, catalog: Catalog, config: DirectorConfig, working: Path
) -> RestorePlan:
    """Write the bootstrap file for *selection* and return what it reads; raises JobError."""
    parts = plan_restore(selection, catalog, config)
    if not parts:
        raise JobError("none of the chosen files lies on a Volume that the catalog knows")
    lines = [line for part in parts for line in part.lines(file_regex=selection.file_regex)]
    path = working / f"{config.director.name}.restore.{next(_NUMBERS)}.bsr"
    try:
        path.write_text(
            "".join(f"{line}\n" for line in lines), encoding="utf-8", errors="surrogateescape"
        )
        path.chmod(0o600)
    except OSError as error:
        raise JobError(f"the bootstrap file {path} cannot be written: {error.strerror}") from None
    return RestorePlan(str(path), volumes_of(parts))


def volumes_of(parts: Iterable[BootstrapVolume]) -> tuple[RestoreVolume, ...]:
    """Return each Volume once, in the order of reading."""
    volumes: dict[tuple[str, str], RestoreVolume] = {}
    for part in parts:
        volumes.setdefault(
            (part.storage, part.volume),
            RestoreVolume(
                part.volume, part.storage, part.device, part.media_type, online=part.slot > 0
            ),
        )
    return tuple(volumes.values())
