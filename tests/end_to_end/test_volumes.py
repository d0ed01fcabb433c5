"""Consoles label, empty and rename Volumes, and add resources, while whole daemons run."""

import time
from pathlib import Path
from typing import Any

import pytest

from barque.local.jobs import job_id_in
from barque.testing.daemons import finished, wait_until
from barque.testing.trees import differences, read_tree

pytestmark = pytest.mark.slow


def test_labelled_purged_emptied_renamed_and_used_again(daemons: Any, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "file").write_bytes(b"x" * 300_000)
    wait_until(lambda: int(time.time()) > int((data / "file").stat().st_ctime))
    with daemons.console() as console:
        shown = console.call("label storage=File pool=Full volume=First-1 yes")
        assert "3000 OK label." in shown
        assert "successfully created" in shown
    outcome = daemons.backup(data)
    assert outcome.status == "T"
    volume = next(daemons.place.root.rglob("First-1"))
    assert volume.stat().st_size > 300_000
    with daemons.console() as console:
        refused = "It must be Purged or Recycled"
        relabel = "relabel storage=File oldvolume=First-1 volume=Second-1 pool=Full"
        assert refused in console.call(relabel)
        assert "Marking it purged" in console.call("purge volume=First-1 yes")
        truncated = console.call("truncate volstatus=Purged volume=First-1 yes")
        assert "The volume 'First-1' has been truncated." in truncated
        assert volume.stat().st_size < 1000
        assert 'Old volume "First-1" deleted from catalog.' in console.call(relabel)
    again = daemons.backup(data)
    assert (again.status, again.level) == ("T", "F")
    restored, where = daemons.restore(data, tmp_path / "restored")
    assert restored.status == "T"
    assert differences(read_tree(data), read_tree(where)) == []
    with daemons.console() as console:
        assert "Second-1" in console.call(f"list volumes jobid={again.job_id}")


def test_a_pool_that_was_added_is_used_at_once_and_after_a_reload(
    daemons: Any, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "file").write_text("x")
    with daemons.console() as console:
        job = daemons.job(console, data)
        added = console.call("configure add pool name=Extra pooltype=Backup labelformat=Extra-")
        assert "Created resource config file" in added
        for _ in range(2):
            command = f"run job={job.job} level=Full pool=Extra yes"
            job_id = job_id_in(command, console.call(command))
            assert finished(console, job_id).status == "T"
            assert "Extra-0001" in console.call(f"list volumes jobid={job_id}")
            assert "reloaded" in console.call("reload")
