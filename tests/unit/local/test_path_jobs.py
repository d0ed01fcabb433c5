"""A set of paths has one job, in the Director's configuration."""

import os
from pathlib import Path
from typing import Any

import pytest

from barque.config.load import load_director
from barque.domain.fileset import Include
from barque.errors import CommandError
from barque.local.init import initialise
from barque.local.path_jobs import PathError, ensure_job, path_job
from barque.local.place import Place


def test_the_same_paths_are_the_same_job(tmp_path: Path) -> None:
    a, b = tmp_path / "a b", tmp_path / "c"
    a.mkdir()
    b.mkdir()
    (tmp_path / "link").symlink_to(a)
    job = path_job([str(a), str(b)])
    assert job == path_job([f"{b}/", str(tmp_path / "link"), str(a)])
    assert job.paths == (str(a), str(b))
    assert job.job.startswith("backup-a-b-")
    assert job.job != path_job([str(a)]).job


def test_a_path_must_exist(tmp_path: Path) -> None:
    with pytest.raises(PathError, match="nowhere does not exist"):
        path_job([str(tmp_path / "nowhere")])


def test_a_new_job_is_written_and_loaded(place: Place, tmp_path: Path, table_console: Any) -> None:
    initialise(place, port_base=9101)
    folder = os.fsencode(tmp_path) + b'/with "quotes", new\nline and \xff'
    Path(os.fsdecode(folder)).mkdir()
    job = path_job([os.fsdecode(folder)])
    console = table_console({".jobs": [{"jobs": []}], "reload": [{"reload": {"success": True}}]})
    assert ensure_job(console, place, job)
    loaded = load_director(place.root)
    fileset = loaded.jobs[job.job].fileset
    assert fileset is not None
    include: Include = fileset.include[0]
    assert include.files == (os.fsdecode(folder),)
    assert str(place.volumes) in fileset.exclude[0].files


def test_a_known_job_is_left_alone(place: Place, tmp_path: Path, table_console: Any) -> None:
    job = path_job([str(tmp_path)])
    console = table_console({".jobs": [{"jobs": [{"name": job.job, "enabled": True}]}]})
    assert not ensure_job(console, place, job)
    assert console.commands == [".jobs"]


def test_a_job_that_the_director_refuses_is_taken_back(
    place: Place, tmp_path: Path, table_console: Any
) -> None:
    initialise(place, port_base=9101)
    before = sorted(place.root.rglob("*"))
    job = path_job([str(tmp_path)])
    console = table_console({".jobs": [{"jobs": []}], "reload": [CommandError("bad config")]})
    with pytest.raises(CommandError, match=r"does not take the job .*: bad config"):
        ensure_job(console, place, job)
    assert sorted(place.root.rglob("*")) == before
