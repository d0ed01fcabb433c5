"""The examples of the manual's pages on plugins, run as they stand but for names and places."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from barque.console.client import Console
from barque.local.jobs import job_id_in
from barque.local.odd_files import make_odd_files
from barque.testing.daemons import finished, new_place, running, wait_until
from barque.testing.http import web_server
from barque.testing.pages import examples, replaced
from barque.testing.plugin_jobs import backed_up, whole_log
from barque.testing.postgresql import throwaway_cluster
from barque.testing.slapd import PASSWORD, throwaway_directory
from barque.testing.trees import differences, read_tree

pytestmark = pytest.mark.slow


@contextmanager
def console_with(folder: Path, *texts: str) -> Iterator[Console]:
    """Run an installation in *folder* that has these resources, too."""
    place = new_place(folder / "barque")
    for number, text in enumerate(texts):
        (place.director_resources / "job" / f"page-{number}.conf").write_text(text)
    with running(place) as daemons, daemons.console() as console:
        yield console


def runs(console: Console, job: str) -> None:
    """Run a job and see that it ends well."""
    outcome = backed_up(console, job)
    assert outcome.status == "T", whole_log(console, outcome)


def restores(console: Console, command: str) -> None:
    """Give the command of a page and see that the restore ends well."""
    outcome = finished(console, job_id_in(command, console.call(command.strip())))
    assert outcome.status == "T", whole_log(console, outcome)


def test_postgresql(tmp_path: Path) -> None:
    page = examples("how-to/back-up-postgresql.md")
    with throwaway_cluster() as cluster:
        wal = ("/var/lib/postgresql/wal", cluster.new_folder("wal"))
        settings = cluster.directory / "data" / "postgresql.conf"
        settings.write_text(settings.read_text() + replaced(page["postgresql.conf"], wal))
        cluster.stop()
        cluster.start()
        cluster.run(*page["grants.sql"].split(";\n")[:-1], "CREATE TABLE kept (number int)")
        job = replaced(page["job.conf"], wal, ("/run/postgresql", cluster.directory))
        with console_with(tmp_path, job) as console:
            for number in range(2):
                cluster.run(f"INSERT INTO kept VALUES ({number})")
                runs(console, "PostgreSQL")
            cluster.stop()
            (cluster.directory / "data").rename(cluster.directory / "lost")
            restores(console, page["restore"])
            cluster.start()
            wait_until(lambda: cluster.run("SELECT pg_is_in_recovery()") == [(False,)])
            assert cluster.run("SELECT number FROM kept ORDER BY 1") == [(0,), (1,)]


def test_ldap(tmp_path: Path) -> None:
    page = examples("how-to/back-up-ldap.md")
    with throwaway_directory() as server:
        server.add("dn: ou=people,dc=example,dc=org\nobjectClass: organizationalUnit\nou: people\n")
        expected = server.entries()
        password = PASSWORD.replace(":", "\\\\:")
        address = f"ldap\\\\://127.0.0.1\\\\:{server.port}"
        job = replaced(
            page["job.conf"], ("ldap\\\\://localhost", address), ("=secret", f"={password}")
        )
        with console_with(tmp_path, job) as console:
            runs(console, "LDAP")
            server.delete_tree("ou=people,dc=example,dc=org")
            restores(console, page["restore everything"])
            assert server.entries() == expected
            restores(console, page["restore elsewhere"])
            assert server.entries().keys() - expected.keys() == {"ou=copied,dc=example,dc=org"}


def test_listed_files(tmp_path: Path) -> None:
    page = examples("how-to/back-up-listed-files.md")
    tree, listed, back = (tmp_path / name for name in ("tree", "list", "back"))
    make_odd_files(tree)
    (tree / "left.tmp").touch()
    listed.write_text(f"{tree}\n")
    place = ("/etc/backup-list", listed)
    texts = (replaced(page[name], place) for name in ("job.conf", "example.conf"))
    with console_with(tmp_path, *texts) as console:
        outcome = backed_up(console, "Listed")
        log = whole_log(console, outcome)
        assert outcome.usable, log
        assert f"{tree}/left.tmp denied by configuration" in log
        restores(console, replaced(page["restore"], ("/tmp/back", back)))
        left = {name for name in read_tree(tree) if b"\xff" in name or name == b"left.tmp"}
        copy = read_tree(back / tree.relative_to("/"))
        expected = read_tree(tree)
        lost = differences(expected, copy, ignore={"allocated"}, without=left)
        assert lost == []
        outcome = backed_up(console, "Watched")
        assert f"option plugin: {listed}" in whole_log(console, outcome)


def test_jobs_that_tell(tmp_path: Path) -> None:
    page = examples("how-to/tell-of-jobs.md")
    with web_server() as server:
        here = ("localhost\\\\:8080", f"127.0.0.1\\\\:{server.port}")
        gateway = ("=localhost", f"=127.0.0.1:gateway_port={server.port}")
        folder = ("/var/lib/node_exporter", tmp_path)
        texts = (
            replaced(page["job.conf"], here, gateway),
            replaced(page["file.conf"], folder).replace("Name = Documents", "Name = Others"),
        )
        (tmp_path / "home").mkdir()
        with console_with(tmp_path, *texts) as console:
            runs(console, "Documents")
            runs(console, "Others")
            told = tmp_path / "Others.prom"
            wait_until(lambda: len(server.requests) == 2 and told.exists())
            paths = {request.path for request in server.requests}
            assert paths == {"/metrics/job/bareos", "/backup"}
            assert 'bareos_job_files{instance="Others"' in told.read_text()
