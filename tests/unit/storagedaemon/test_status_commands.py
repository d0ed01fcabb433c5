"""Status pages."""

import pytest

from barque.storagedaemon.status_commands import show_size
from barque.testing.storage_site import Site


def test_the_whole_status(site: Site) -> None:
    site.whole_backup()
    text = site.director().texts(b"status\n")
    assert "sd Version: " in text
    assert "Jobs: run=1, running=0" in text
    assert "No Jobs running." in text
    assert " OK " in text
    assert 'Autochanger "Changer" with devices:' in text
    assert 'Device "Dev1" (memory) is not open.' in text


def test_a_running_job_is_shown(site: Site) -> None:
    director, file = site.backup()
    thread = director.run_in_background()
    ticket = file.open_append()
    file.send_stream(1, 2, b"x" * 9000)
    file.channel.flush()
    while not any(drive.volume for drive in site.daemon.drives):
        pass
    asker = site.director()
    assert 'Writing: Full Backup job job JobId=1 Volume="' in asker.texts(b".status running")
    assert "Vol-0001 on device" in asker.texts(b".status volumes")
    assert "JobId=1 JobStatus=" in asker.texts(b".status current")
    assert "is mounted with:" in asker.texts(b".status devices")
    statistics = site.director()
    assert statistics.texts(b"stats").splitlines()[-1] == "2000 OK statistics"
    file.end_append(ticket)
    thread.join()


@pytest.mark.parametrize(
    "page", ["header", "running", "waitreservation", "devices", "volumes", "spooling", "terminated"]
)
def test_every_page_begins_with_ok(site: Site, page: str) -> None:
    assert site.director().texts(b".status %s" % page.encode()).startswith("3000 OK .status\n")


def test_last_job_for_programs(site: Site) -> None:
    site.whole_backup()
    text = site.director().texts(b".status last")
    assert text == "3000 OK .status\nJobId=1 JobStatus=T JobErrors=0\n"
    assert "2900 Bad .status command" in site.director().texts(b".status")


def test_a_monitor_may_only_look(site: Site) -> None:
    watcher = site.director("watcher")
    assert watcher.texts(b"status\n").count("Version")
    refused = watcher.texts(b"label Dev1 VolumeName=x")
    assert refused == "3997 Invalid command for a Director with Monitor directive enabled.\n"


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 "), (999, "999 "), (1500, "1.5 K"), (699_200_000, "699.2 M")]
)
def test_sizes(size: int, text: str) -> None:
    assert show_size(size) == text
