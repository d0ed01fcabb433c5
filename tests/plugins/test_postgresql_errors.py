"""What is wrong with options or server is told in one clear line, by the PostgreSQL plugin alone."""

import gzip
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from barque.plugins.process import HostSettings
from barque.plugins.workbench import MANIFEST, Workbench, WorkbenchResult
from barque.testing.postgresql import ARCHIVE, Cluster, throwaway_cluster

pytestmark = pytest.mark.slow

PLUGIN = Path(__file__).parents[2] / "src/barque/plugins/bundled/barque_postgresql.py"
SECRET = "S3cret"
NOTHING: Mapping[str, str] = {}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with throwaway_cluster(archives=True) as cluster:
        cluster.run(
            "CREATE ROLE nobody LOGIN",
            "CREATE ROLE reader LOGIN",
            "GRANT pg_read_all_settings TO reader",
            "CREATE ROLE member LOGIN NOINHERIT IN ROLE reader",
            f"CREATE ROLE guarded LOGIN PASSWORD '{SECRET}'",
        )
        rules = cluster.directory / "data" / "pg_hba.conf"
        rules.write_text("local all guarded scram-sha-256\n" + rules.read_text())
        cluster.run("SELECT pg_reload_conf()")
        yield cluster


def bench(
    cluster: Cluster,
    options: Mapping[str, str] = NOTHING,
    *,
    level: str = "F",
    settings: HostSettings | None = None,
) -> Workbench:
    """Return the plugin with options that are right but for those that are given."""
    usual = {
        "db_host": str(cluster.directory), "db_user": cluster.user, "start_fast": "yes",
        "wal_archive_dir": str(cluster.directory / ARCHIVE),
    }  # fmt: skip
    given = {name: value for name, value in {**usual, **options}.items() if value}
    return Workbench(PLUGIN, given, level=level, settings=settings)


def why(result: WorkbenchResult) -> str:
    """Return the only line that says why a job ended."""
    assert not result.ok
    lines = [text for text in result.texts("M_FATAL") if not text.endswith(": refused")]
    assert len(lines) == 1, result.messages
    assert "\n" not in lines[0]
    assert SECRET not in "".join(result.texts())
    return lines[0]


OPTIONS = {
    "Mandatory option 'wal_archive_dir' not defined": {"wal_archive_dir": ""},
    "wal_archive_dir /nowhere/at/all cannot be read: No such file": {"wal_archive_dir": "/nowhere/at/all"},
    "wal_archive_dir /etc/passwd cannot be read: Not a directory": {"wal_archive_dir": "/etc/passwd"},
    "WAL ...": {"wal_archive_dir": "/etc"},
    "option 'switch_wal_timeout': invalid literal": {"switch_wal_timeout": "soon"},
    "option 'start_fast': 'perhaps' is neither yes nor no": {"start_fast": "perhaps"},
    "unknown option 'colour'": {"colour": "red"},
    "cannot connect to database postgres at /nowhere: ": {"db_host": "/nowhere"},
    "cannot connect to database other at ": {"db_name": "other"},
    "password authentication failed": {"db_user": "guarded", "db_password": SECRET + "x"},
    "no password supplied": {"db_user": "guarded"},
    'role "stranger" does not exist': {"role": "stranger"},
    "nobody may not read the setting data_directory: GRANT pg_read_all_settings": {"db_user": "nobody"},
    "member may not read the setting data_directory": {"db_user": "member"},
    "denied for function pg_backup_start": {"db_user": "member", "role": "reader"},
    "permission denied for function pg_backup_start": {"db_user": "reader"},
}  # fmt: skip
"""Beginning or part of the line, by the options that are wrong."""


@pytest.mark.parametrize("words", OPTIONS)
def test_a_wrong_option(cluster: Cluster, words: str) -> None:
    assert words in why(bench(cluster, OPTIONS[words]).backup())


SETTINGS = {
    "archive_mode is off: set it to on": ("archive_mode=off",),
    "wal_level is minimal: set it to replica": ("wal_level=minimal", "max_wal_senders=0"),
    "archive_command is empty": ("archive_mode=on", "archive_command="),
}


@pytest.mark.parametrize("words", SETTINGS)
def test_a_server_that_is_not_ready(words: str) -> None:
    with throwaway_cluster(*SETTINGS[words]) as cluster:
        folder = str(cluster.new_folder("somewhere"))
        assert words in why(bench(cluster, {"wal_archive_dir": folder}).backup())


def test_an_interpreter_without_the_driver_is_named(cluster: Cluster, tmp_path: Path) -> None:
    bare = tmp_path / "bare-python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    bare.chmod(0o755)
    told = why(bench(cluster, settings=HostSettings(str(bare))).backup())
    assert f"the package psycopg is missing in {sys.executable}" in told


def test_an_incremental_without_a_backup_before(cluster: Cluster) -> None:
    told = why(bench(cluster, level="I").backup())
    assert "the backup before left no LSN to go on from: run a Full" in told


def test_an_incremental_after_another_version(cluster: Cluster, tmp_path: Path) -> None:
    assert bench(cluster).backup(tmp_path).ok
    change_state(tmp_path, pg_major_version=9)
    told = why(bench(cluster, level="I").backup(after=tmp_path))
    assert "PostgreSQL was 9 at the backup before" in told


def change_state(saved: Path, **values: object) -> None:
    """Change what a backup left for the next one."""
    entries = [json.loads(line) for line in (saved / MANIFEST).read_text().splitlines()]
    (path,) = [saved / entry["content"] for entry in entries if entry["object"]]
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_wal_that_was_removed_from_the_archive_is_missed(cluster: Cluster, tmp_path: Path) -> None:
    assert bench(cluster).backup(tmp_path).ok
    cluster.run("CREATE TABLE removed (number int)", "DROP TABLE removed")
    assert bench(cluster, level="I").backup(tmp_path / "next", after=tmp_path).ok
    for path in (cluster.directory / ARCHIVE).iterdir():
        path.unlink()
    told = why(bench(cluster, level="I").backup(after=tmp_path))
    assert "is it where archive_command copies to? Run a Full" in told


def test_wal_that_is_cut_short_is_noticed(cluster: Cluster, tmp_path: Path) -> None:
    assert bench(cluster).backup(tmp_path).ok
    cluster.run("CREATE TABLE short (number int)", "DROP TABLE short")
    result = bench(cluster, level="I").backup(tmp_path / "next", after=tmp_path)
    (segment,) = [entry.name for entry in result.entries if entry.size == 16 << 20]
    Path(segment).write_bytes(b"")
    told = why(bench(cluster, level="I").backup(after=tmp_path))
    assert f"{segment} is incomplete: 0 of 16777216 bytes" in told


def test_a_server_that_does_not_archive_is_not_waited_for_any_longer(tmp_path: Path) -> None:
    with throwaway_cluster("archive_mode=on", "archive_command=false") as cluster:
        folder = str(cluster.new_folder("somewhere"))
        options = {"wal_archive_dir": folder, "stop_wait_wal_archive": "no"}
        assert bench(cluster, options).backup(tmp_path).ok
        later = bench(cluster, {**options, "switch_wal_timeout": "1"}, level="I")
        told = why(later.backup(after=tmp_path))
        assert "was not archived within 1 seconds; the last one was none" in told


def test_wal_may_be_compressed(tmp_path: Path) -> None:
    with throwaway_cluster(archives=True) as probe:
        folder = probe.directory / ARCHIVE
        assert bench(probe).backup(tmp_path).ok
        for path in list(folder.glob("0*")):
            (folder / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 1))
            path.unlink()
        probe.run("CREATE TABLE more (number int)")
        result = bench(probe, level="I").backup(after=tmp_path)
        assert result.ok, result.messages
