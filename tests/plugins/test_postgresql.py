"""The PostgreSQL plugin with a real server and whole daemons: the restored server has the rows."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from barque.console.client import Console
from barque.local.jobs import Outcome
from barque.local.place import Place
from barque.testing.daemons import new_place, running, wait_until
from barque.testing.plugin_jobs import add_plugin_job, backed_up, restored, whole_log
from barque.testing.postgresql import ARCHIVE, Cluster, recovers_from, throwaway_cluster

pytestmark = pytest.mark.slow

PASSWORD = "no:body knows"
GRANTS = (
    f"CREATE ROLE backup LOGIN PASSWORD '{PASSWORD}'",
    "GRANT pg_read_all_settings TO backup",
    "GRANT EXECUTE ON FUNCTION pg_backup_start(text, boolean) TO backup",
    "GRANT EXECUTE ON FUNCTION pg_backup_stop(boolean) TO backup",
    "GRANT EXECUTE ON FUNCTION pg_switch_wal() TO backup",
)
"""What makes the user of the backups, who may do nothing else."""


def make_tables(cluster: Cluster) -> None:
    """Make a table in the usual place and one in a tablespace, and the user of backups."""
    space = cluster.new_folder("space")
    cluster.run(
        f"CREATE TABLESPACE space LOCATION '{space}'",
        "CREATE TABLE plain (number int PRIMARY KEY, words text)",
        "CREATE TABLE elsewhere (number int PRIMARY KEY, words text) TABLESPACE space",
        *GRANTS,
    )
    rules = cluster.directory / "data" / "pg_hba.conf"
    rules.write_text("local all backup scram-sha-256\n" + rules.read_text())
    cluster.run("SELECT pg_reload_conf()")


def change_tables(cluster: Cluster, number: int) -> None:
    """Add rows, change some and delete some."""
    for table in ("plain", "elsewhere"):
        cluster.run(
            f"INSERT INTO {table} SELECT {number} * 10000 + n, repeat('wörds ', n % 50)"
            " FROM generate_series(1, 2000) n",
            f"UPDATE {table} SET words = 'changed in {number}' WHERE number % 7 = {number}",
            f"DELETE FROM {table} WHERE number % 11 = {number}",
        )


def rows(cluster: Cluster) -> list[tuple[Any, ...]]:
    """Return all that is in the tables."""
    return cluster.run(
        "SELECT 'plain', * FROM plain UNION ALL SELECT 'elsewhere', * FROM elsewhere ORDER BY 1, 2"
    )


def definition(cluster: Cluster, *more: str, password: str = PASSWORD) -> str:
    """Return the line of a FileSet, under the name of the published plugin."""
    escaped = password.replace(":", "\\:")
    return ":".join(
        (
            "python3:module_name=bareos-fd-postgresql", f"db_host={cluster.directory}",
            "db_user=backup", f"db_password={escaped}", "start_fast=yes",
            f"wal_archive_dir={cluster.directory / ARCHIVE}", *more,
        )
    )  # fmt: skip


@dataclass
class Site:
    """A server, and an installation that saves it."""

    cluster: Cluster
    place: Place
    console: Console

    def back_up(self, job: str = "postgresql") -> Outcome:
        """Run the job and see that it ends well."""
        outcome = backed_up(self.console, job)
        assert outcome.status == "T", whole_log(self.console, outcome)
        return outcome

    def restore(self, where: str, job: str = "postgresql") -> None:
        """Restore everything and see that it ends well."""
        outcome = restored(self.console, job, f"where={where}")
        assert outcome.status == "T", whole_log(self.console, outcome)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with throwaway_cluster(archives=True) as cluster:
        make_tables(cluster)
        place = new_place(tmp_path / "barque")
        add_plugin_job(place, "postgresql", definition(cluster))
        add_plugin_job(place, "patient", definition(cluster, "stop_wait_wal_archive=no"))
        add_plugin_job(place, "passive", definition(cluster, "switch_wal=no"))
        add_plugin_job(place, "accurate", definition(cluster), accurate=True)
        add_plugin_job(place, "differential", definition(cluster), job=["Level = Differential"])
        add_plugin_job(place, "wrong", definition(cluster, password="is:m1st, aken"))
        with running(place) as daemons, daemons.console() as console:
            yield Site(cluster, place, console)


def start_recovered(cluster: Cluster) -> None:
    """Start a server and wait until all WAL is applied: it answers before that."""
    cluster.start()
    wait_until(lambda: cluster.run("SELECT pg_is_in_recovery()") == [(False,)])


def wipe(cluster: Cluster) -> None:
    """Lose everything that the server has."""
    for name in ("data", "space", ARCHIVE):
        shutil.rmtree(cluster.directory / name)


def test_a_server_that_lost_everything_has_its_rows_again(site: Site) -> None:
    cluster = site.cluster
    change_tables(cluster, 1)
    assert site.back_up().level == "F"
    for number in (2, 3):
        change_tables(cluster, number)
        assert site.back_up().level == "I"
    expected = rows(cluster)
    assert len(expected) > 5000
    cluster.stop()
    wipe(cluster)
    site.restore("/")
    start_recovered(cluster)
    assert rows(cluster) == expected


@contextmanager
def second_server(site: Site, job: str = "postgresql") -> Iterator[Cluster]:
    """Restore to another place and run a server there, beside the first one."""
    with tempfile.TemporaryDirectory(prefix="barque-pg-") as name:
        Path(name).chmod(0o755)
        site.restore(name, job)
        copy = Path(name, site.cluster.directory.relative_to("/"))
        spaces = copy / "data" / "tablespace_map"
        spaces.write_text(spaces.read_text().replace(" /", f" {name}/"))
        other = Cluster(copy, site.cluster.user, (recovers_from(copy / ARCHIVE),))
        if os.geteuid() == 0:
            shutil.chown(copy, site.cluster.user)
        start_recovered(other)
        try:
            yield other
        finally:
            other.stop()


def test_another_server_has_the_rows_up_to_the_last_backup_and_no_later_ones(site: Site) -> None:
    cluster = site.cluster
    change_tables(cluster, 1)
    site.back_up()
    change_tables(cluster, 2)
    site.back_up()
    expected = rows(cluster)
    change_tables(cluster, 3)
    assert rows(cluster) != expected
    with second_server(site) as other:
        assert rows(other) == expected


def test_a_full_that_does_not_wait_for_its_wal_is_whole_with_the_next_incremental(
    site: Site,
) -> None:
    site.back_up("patient")
    change_tables(site.cluster, 1)
    site.back_up("patient")
    expected = rows(site.cluster)
    with second_server(site, "patient") as other:
        assert rows(other) == expected


def test_without_a_switch_an_incremental_has_what_is_archived(site: Site) -> None:
    cluster = site.cluster
    site.back_up("passive")
    nothing = site.back_up("passive")
    assert "There is no new WAL" in whole_log(site.console, nothing)
    change_tables(cluster, 1)
    expected = rows(cluster)
    archived_anew(cluster)
    change_tables(cluster, 2)
    site.back_up("passive")
    with second_server(site, "passive") as other:
        assert rows(other) == expected


def archived_anew(cluster: Cluster) -> None:
    """Wait until all WAL of this moment is archived."""
    (name,) = cluster.run("SELECT pg_walfile_name(pg_switch_wal())")[0]
    query = f"SELECT last_archived_wal >= '{name}' FROM pg_stat_archiver"
    wait_until(lambda: cluster.run(query) == [(True,)])


REFUSALS = {
    "accurate": "it cannot be saved accurately: set Accurate = no in the Job",
    "differential": "there is no Differential of it: Level must be Full or Incremental",
    "wrong": 'password authentication failed for user "backup"',
}


def test_what_is_refused_is_told_in_a_line_and_passwords_are_nowhere(site: Site) -> None:
    for job in ("accurate", "differential"):
        assert site.back_up(job).level == "F"
    for job, words in REFUSALS.items():
        outcome = backed_up(site.console, job)
        log = whole_log(site.console, outcome)
        assert outcome.status == "f", log
        assert len([line for line in log.splitlines() if words in line]) == 1
    told = "".join(path.read_text(errors="replace") for path in logs(site.place))
    assert "bareos-fd-postgresql" in told, "calls are traced"
    for secret in (PASSWORD, "is:m1st, aken"):
        assert secret not in told.replace("\\", "")
        assert secret[-5:] not in told


def logs(place: Place) -> list[Path]:
    """Return everything that daemons write but volumes and the catalog."""
    return [
        path
        for folder in (place.logs, place.working)
        for path in folder.rglob("*")
        if path.is_file() and not path.suffix.startswith(".db")
    ]
