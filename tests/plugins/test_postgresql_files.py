"""Which files a Full of the PostgreSQL plugin has, and which Incrementals."""

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.plugins.workbench import Workbench, WorkbenchResult
from barque.testing.postgresql import ARCHIVE, Cluster, throwaway_cluster

pytestmark = pytest.mark.slow

PLUGIN = Path(__file__).parents[2] / "src/barque/plugins/bundled/barque_postgresql.py"
SEGMENT = 16 << 20
EMPTIED = (
    "pg_dynshmem", "pg_notify", "pg_replslot", "pg_serial", "pg_snapshots", "pg_stat_tmp",
    "pg_subtrans", "pg_wal",
)  # fmt: skip
"""Folders that a server fills anew."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Path]:
    """A file of the configuration outside of the data directory."""
    with tempfile.TemporaryDirectory(prefix="barque-pg-") as name:
        Path(name).chmod(0o755)
        path = Path(name, "ident.conf")
        path.write_text("# nobody is somebody else\n")
        path.chmod(0o644)
        yield path


@pytest.fixture(scope="module")
def cluster(elsewhere: Path) -> Iterator[Cluster]:
    with throwaway_cluster(f"ident_file={elsewhere}", archives=True) as cluster:
        cluster.run("CREATE TABLE something (number int)")
        yield cluster


def bench(cluster: Cluster, *, level: str = "F", **options: str) -> Workbench:
    """Return the plugin with the options that this server needs, and more."""
    usual = {
        "db_host": str(cluster.directory), "db_user": cluster.user, "start_fast": "yes",
        "wal_archive_dir": str(cluster.directory / ARCHIVE),
    }  # fmt: skip
    return Workbench(PLUGIN, {**usual, **options}, level=level)


def names(result: WorkbenchResult) -> set[str]:
    """Return what a backup has, without the slashes behind folders."""
    assert result.ok, result.messages
    return {entry.name.rstrip("/") for entry in result.entries}


def data_files(cluster: Cluster) -> set[str]:
    """Return what is in the data directory and stays there, but for what a server makes anew."""
    data = cluster.directory / "data"
    found = {str(data)}
    for folder, folders, files in os.walk(data):
        if Path(folder).parent == data and Path(folder).name in EMPTIED:
            folders.clear()
            continue
        found.update(f"{folder}/{name}" for name in (*folders, *files))
    return {name for name in found if "/postmaster." not in name and "pg_internal.init" not in name}


def test_a_full_has_all_that_a_server_needs_and_nothing_that_it_makes_anew(
    cluster: Cluster, elsewhere: Path
) -> None:
    saved = names(bench(cluster).backup())
    data, archive = cluster.directory / "data", str(cluster.directory / ARCHIVE)
    made = {str(data / name) for name in ("backup_label", "recovery.signal")}
    wal = {name for name in saved if name.startswith(archive)}
    state = {"/_bareos_postgresql_plugin/metadata"}
    assert saved - made - wal - state == data_files(cluster) | {str(elsewhere)}
    assert made <= saved
    assert state <= saved
    assert {archive} < wal <= {archive, *map(str, Path(archive).iterdir())}


def test_folders_can_be_left_out(cluster: Cluster) -> None:
    data = cluster.directory / "data"
    for name in ("left", "kept"):
        (data / name / "out").mkdir(parents=True)
        (data / name / "out" / "file").touch()
    saved = names(bench(cluster, ignore_subdirs="left, kept/out").backup())
    assert str(data / "kept") in saved
    assert not {name for name in saved if "/left" in name or "/kept/out" in name}


def test_an_incremental_has_whole_segments_each_once(cluster: Cluster, tmp_path: Path) -> None:
    before = tmp_path / "0"
    saved = names(bench(cluster).backup(before))
    for number in range(1, 4):
        cluster.run(f"CREATE TABLE numbered_{number} (number int)")
        after = tmp_path / str(number)
        result = bench(cluster, level="I").backup(after, after=before)
        new = {entry.name for entry in result.entries if entry.size == SEGMENT}
        assert new
        assert not new & saved
        saved |= names(result)
        before = after
    numbers = sorted(int(name[-8:], 16) for name in saved if len(name.rpartition("/")[2]) == 24)
    assert numbers == list(range(numbers[0], numbers[-1] + 1)), "there is no gap"


def test_the_state_is_the_one_of_the_published_plugin(cluster: Cluster, tmp_path: Path) -> None:
    result = bench(cluster).backup(tmp_path)
    assert result.ok, result.messages
    (kept,) = [entry for entry in result.entries if entry.object]
    state = json.loads((tmp_path / kept.content).read_text())
    assert state.keys() == {
        "plugin_version", "pg_major_version", "last_backup_stop_time", "last_lsn"
    }  # fmt: skip
    assert state["plugin_version"] == 2
    assert state["last_backup_stop_time"] > 2_145_913_200, "in nanoseconds"


def test_a_link_to_the_archive_is_followed_with_a_warning(cluster: Cluster, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(cluster.directory / ARCHIVE)
    result = bench(cluster, wal_archive_dir=f"{link}/").backup()
    assert any("is a link to" in text for text in result.texts("M_WARNING"))
    assert f"{cluster.directory / ARCHIVE}" in names(result)
