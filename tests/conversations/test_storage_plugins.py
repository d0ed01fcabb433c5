"""When the Director names plugins to the Storage Daemon."""

from pathlib import Path

from barque.director.job_runner import run_job
from barque.domain.job import Level
from barque.testing.director_peers import open_site

EXTRA = """
Job { Name = plugged; JobDefs = Default; SdPluginOptions = "python3:a=b", "python3:c=d e"; }
"""


def test_plugins_are_named_before_the_job(tmp_path: Path) -> None:
    with open_site(tmp_path, EXTRA) as site:
        run_job(site.job("plugged", Level.FULL), site.context, lambda _: "")
        site.settle()
        heard = [frame.split()[0] for frame in site.storage.heard if isinstance(frame, bytes)]
        assert heard[:3] == [b"pluginoptions", b"pluginoptions", b"JobId=%d" % 1], heard
        assert b"pluginoptions python3:c=d\x01e\n" in site.storage.heard
