"""Orphans are found and go; everything else stays."""

import pytest

from barque.catalog import Catalog
from barque.catalog.checks import CHECKS, Check, Finding
from barque.domain.job import JobType
from barque.testing.catalog import make_job


def check_named(name: str) -> Check:
    return next(check for check in CHECKS if check.name == name)


@pytest.fixture
def sound(catalog: Catalog) -> Catalog:
    """A catalog in which nothing is wrong."""
    make_job(catalog, "F", 1)
    with catalog.attributes(1) as batch:
        batch.add(1, b"/a/", b"file", "A")
        batch.add(2, b"/a/", b"", "A")
    catalog.bvfs.update()
    return catalog


def findings(catalog: Catalog) -> dict[str, list[int]]:
    found = {
        check.name: [finding.row_id for finding in catalog.checks.find(check)] for check in CHECKS
    }
    return {name: ids for name, ids in found.items() if ids}


def repair_all(catalog: Catalog) -> None:
    for check in CHECKS:
        catalog.checks.repair(check, catalog.checks.find(check))


def test_sound_catalog_stays_as_it_is(sound: Catalog) -> None:
    assert findings(sound) == {}
    repair_all(sound)
    assert len(sound.bvfs.files([1], 1, limit=9)) == 1


def test_path_gets_its_slash_or_joins_the_right_one(sound: Catalog) -> None:
    with sound.attributes(1) as batch:
        batch.add(3, b"/b", b"other", "A")
        batch.add(4, b"/a", b"third", "A")
    assert [len(ids) for ids in findings(sound).values()] == [2]
    repair_all(sound)
    assert findings(sound) == {}
    names = {entry.path + entry.name for entry in sound.chains.files([1])}
    assert names == {b"/a/", b"/a/file", b"/a/third", b"/b/other"}


def test_repeated_path_is_joined(sound: Catalog) -> None:
    sound.store.run("DROP INDEX path_name_idx")
    sound.store.run("INSERT INTO path (path) VALUES ('/a/')")
    (row,) = sound.store.rows("SELECT max(pathid) FROM path")
    sound.store.run("UPDATE file SET pathid = ? WHERE name = ''", row)
    assert findings(sound) == {"repeated paths": [row[0]]}
    repair_all(sound)
    assert findings(sound) == {}
    assert len(list(sound.chains.files([1]))) == 2


def test_what_belongs_to_no_job_goes(sound: Catalog) -> None:
    with sound.attributes(99) as batch:
        batch.add(1, b"/a/", b"lost", "A")
    sound.job_media.create_null(99, 1)
    sound.store.run("INSERT INTO path (path) VALUES ('/empty/')")
    sound.file_sets.ensure("Unused", "x", "", 1)
    sound.clients.ensure("idle", auto_prune=False, file_retention=1, job_retention=1)
    sound.storages.ensure("Unused", auto_changer=False)
    assert set(findings(sound)) == {
        "places on volumes of jobs that do not exist",
        "files of jobs that do not exist",
        "paths without files",
        "FileSets that no job used",
        "clients without jobs",
        "storages without volumes and devices",
    }
    repair_all(sound)
    assert findings(sound) == {}
    assert len(list(sound.chains.files([1]))) == 2
    assert len(sound.job_media.of_job(1)) == 1


def test_jobs_without_client_and_control_jobs_go(sound: Catalog) -> None:
    lost = make_job(sound, "F", 2, client="lost")
    admin = make_job(sound, " ", 3, job_type=JobType.ADMIN)
    restore = make_job(sound, "F", 4, job_type=JobType.RESTORE)
    sound.store.run("DELETE FROM client WHERE name = 'lost'")
    assert findings(sound) == {
        "jobs of clients that do not exist": [lost],
        "admin jobs": [admin],
        "restore jobs": [restore],
    }
    repair_all(sound)
    assert [job.job_id for job in sound.jobs.get_many(range(1, 9))] == [1]


def test_finding_tells_what_it_is(sound: Catalog) -> None:
    sound.storages.ensure("Unused", auto_changer=False)
    check = check_named("storages without volumes and devices")
    assert sound.checks.find(check) == [Finding(1, "Unused")]
