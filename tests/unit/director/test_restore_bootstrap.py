from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.director.restore_bootstrap import write_restore_bootstrap
from barque.director.services import RestorePlan, RestoreSelection, RestoreVolume
from barque.domain.ids import FileIndex, JobId
from barque.domain.job import Level
from barque.errors import JobError
from barque.testing.director_peers import Site, open_site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path) as opened:
        yield opened


def backup(site: Site, *volumes: str, slot: int = 0) -> JobId:
    """Record a job of ten files on each of *volumes*."""
    job = site.job("small", Level.FULL)
    storage = site.catalog.storages.ensure("File", auto_changer=False)
    site.catalog.jobs.update(job.job_id, vol_session_id=7, vol_session_time=99, job_files=20)
    for place, name in enumerate(volumes):
        found = site.catalog.volumes.find(name)
        media_id = (
            found.media_id
            if found
            else site.catalog.volumes.create(
                name,
                job.pool_id,
                "File",
                storage_id=storage.storage_id,
                slot=slot,
                in_changer=int(bool(slot)),
            )
        )
        site.catalog.job_media.create(
            job.job_id,
            media_id,
            first_index=10 * place + 1,
            last_index=10 * place + 10,
            start_file=0,
            end_file=0,
            start_block=200,
            end_block=900,
        )
    return job.job_id


def write(site: Site, files: dict[int, list[tuple[int, int]]], regex: str = "") -> RestorePlan:
    ranges = {
        JobId(job): [(FileIndex(first), FileIndex(last)) for first, last in wanted]
        for job, wanted in files.items()
    }
    return write_restore_bootstrap(
        RestoreSelection(ranges, file_regex=regex), site.catalog, site.config, site.directory
    )


def test_the_file_says_what_is_read(site: Site) -> None:
    job_id = backup(site, "A")
    plan = write(site, {job_id: [(2, 3)]}, regex="x$")
    path = Path(plan.bootstrap)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text().splitlines() == [
        'Storage="File"',
        'Volume="A"',
        'MediaType="File"',
        "FileRegex=x$",
        'Device="FileStorage"',
        "VolSessionId=7",
        "VolSessionTime=99",
        "VolAddr=200-900",
        "FileIndex=2-3",
        "Count=2",
    ]
    assert plan.volumes == (RestoreVolume("A", "File", "FileStorage", "File", online=False),)


def test_each_volume_is_named_once(site: Site) -> None:
    first, second = backup(site, "A", "B"), backup(site, "B")
    plan = write(site, {first: [], second: []})
    assert [volume.name for volume in plan.volumes] == ["A", "B"]


def test_a_volume_in_a_changer_is_online(site: Site) -> None:
    [volume] = write(site, {backup(site, "A", slot=3): []}).volumes
    assert volume.online


def test_each_plan_has_its_own_file(site: Site) -> None:
    job_id = backup(site, "A")
    assert write(site, {job_id: []}).bootstrap != write(site, {job_id: []}).bootstrap


def test_an_unknown_job(site: Site) -> None:
    with pytest.raises(JobError, match="JobId 99 is not in the catalog"):
        write(site, {99: []})


def test_files_that_lie_nowhere(site: Site) -> None:
    with pytest.raises(JobError, match="none of the chosen files"):
        write(site, {backup(site, "A"): [(500, 600)]})


def test_a_directory_that_cannot_be_written(site: Site) -> None:
    job_id = backup(site, "A")
    site.directory = Path("/no/where")
    with pytest.raises(JobError, match="cannot be written"):
        write(site, {job_id: []})
