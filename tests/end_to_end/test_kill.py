"""A daemon that is killed fails its job, and nothing else."""

from pathlib import Path

import pytest

from barque.local.place import Place
from barque.local.texts import Block, block, quoted
from barque.testing.daemons import finished, running, said, wait_until
from barque.testing.trees import differences, read_tree

pytestmark = pytest.mark.slow

LONG = 8 * 1024**3
"""Byte; a hole, so large that no machine has sent it before the daemon is killed."""

UNDER_WAY = 5_000_000
"""Byte on the volume; then the job is well under way."""


def add_long_job(place: Place, folder: Path) -> None:
    """Add a job that sends all the zeros of a hole."""
    folder.mkdir()
    with (folder / "zeros").open("wb") as file:
        file.truncate(LONG)
    options = Block("Options", ["Signature = XXH128"])
    include = Block("Include", [options, f"File = {quoted(str(folder))}"])
    texts = {
        "fileset": block("FileSet", ["Name = long", include]),
        "job": block("Job", ["Name = long", "JobDefs = DefaultJob", "FileSet = long"]),
    }
    for kind, text in texts.items():
        (place.director_resources / kind / "long.conf").write_text(text)


def volume_bytes(place: Place) -> int:
    return sum(path.stat().st_size for path in place.volumes.iterdir())


@pytest.mark.parametrize("victim", ["fd", "sd", "dir"])
def test_after_a_kill_earlier_backups_are_whole_and_the_next_job_runs(
    place: Place, tmp_path: Path, victim: str
) -> None:
    add_long_job(place, tmp_path / "long")
    data = tmp_path / "data"
    data.mkdir()
    for number in range(100):
        (data / f"file-{number}").write_bytes(bytes([number]) * 5000)
    with running(place) as daemons:
        assert daemons.backup(data).status == "T"
        before = volume_bytes(place)
        with daemons.console() as console:
            console.call("run job=long level=Full yes")
        wait_until(lambda: volume_bytes(place) > before + UNDER_WAY)
        daemons.kill(victim)
        with daemons.console() as console:
            failed = finished(console, 2)
            text = said(console, failed)
        assert failed.status in {"E", "f", "A"}, text
        earlier, where = daemons.restore(data, tmp_path / "restored")
        assert earlier.status == "T"
        assert differences(read_tree(data), read_tree(where)) == []
        (data / "new").write_text("after the crash\n")
        later = daemons.backup(data, "Full")
        with daemons.console() as console:
            # a volume with a torn block at its end is put aside, with a warning
            assert later.usable, said(console, later)
        last, where = daemons.restore(data, tmp_path / "restored-again")
        assert last.status == "T"
    assert differences(read_tree(data), read_tree(where)) == []


def test_a_job_can_be_canceled(place: Place, tmp_path: Path) -> None:
    add_long_job(place, tmp_path / "long")
    with running(place) as daemons, daemons.console() as console:
        console.call("run job=long level=Full yes")
        wait_until(lambda: volume_bytes(place) > UNDER_WAY)
        console.call("cancel jobid=1 yes")
        canceled = finished(console, 1)
        assert canceled.status == "A", said(console, canceled)
