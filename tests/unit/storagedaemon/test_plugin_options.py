"""Plugins that a Director names for a job: before it, as a real one does, or after it."""

from pathlib import Path

import pytest

from barque.testing.storage_site import Site
from barque.wire.messages.director_storage import StartStorageJob

PLUGIN = """
import bareossd
def load_bareos_plugin(d): return bareossd.bRC_OK
def parse_plugin_definition(d): return bareossd.bRC_OK
def handle_plugin_event(e): return bareossd.bRC_OK
"""


@pytest.mark.parametrize("before", [True, False])
def test_a_plugin_is_loaded_for_the_job(site: Site, tmp_path: Path, before: bool) -> None:
    (tmp_path / "named.py").write_text(PLUGIN)
    command = f"pluginoptions python3:module_path={tmp_path}:module_name=named:\n".encode()
    director = site.director()
    if before:
        assert director.command(command) == b"2000 OK plugin options\n"
    director.start_job(StartStorageJob(1, "job.1", "job", "fd", ord("B"), ord("F")))
    if not before:
        assert director.command(command) == b"2000 OK plugin options\n"
    (job,) = site.daemon.jobs.running()
    assert job.plugins is not None
    assert job.plugins.names == ["named"]
