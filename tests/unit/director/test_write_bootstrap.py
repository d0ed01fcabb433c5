import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.director.job_state import ActiveJob
from barque.director.write_bootstrap import write_bootstrap
from barque.domain.job import JobStatus, Level
from barque.testing.director_peers import NOW, Site, open_site

EXTRA = """
Job { Name = keeps; JobDefs = Default; WriteBootstrap = "%s/%%n.bsr"; }
Job { Name = pipes; JobDefs = Default; WriteBootstrap = "|cat > %s/piped"; }
Job { Name = fails; JobDefs = Default; WriteBootstrap = "|exit 3"; }
Job { Name = nowhere; JobDefs = Default; WriteBootstrap = "/no/where/x.bsr"; }
"""

TEXT = """# 22-Nov-2026 18:25:09 - {} - {}
Volume="V"
MediaType="File"
VolSessionId=1
VolSessionTime=1795371903
VolAddr=205-921623
FileIndex=1-3
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        with open_site(tmp_path, EXTRA % (tmp_path, tmp_path)) as opened:
            yield opened
    time.tzset()


def ended(site: Site, name: str, level: Level = Level.FULL, *, pieces: bool = True) -> ActiveJob:
    """A job that wrote one piece."""
    job = site.job(name, Level.FULL)
    job.level = level
    job.ended_at = NOW
    job.session_id, job.session_time = 1, 1795371903
    job.totals.storage_bytes = 100
    job.set_status(JobStatus.TERMINATED)
    found = site.catalog.volumes.find("V")
    media_id = found.media_id if found else site.catalog.volumes.create("V", job.pool_id, "File")
    if pieces:
        site.catalog.job_media.create(
            job.job_id,
            media_id,
            first_index=1,
            last_index=3,
            start_file=0,
            end_file=0,
            start_block=205,
            end_block=921623,
        )
    return job


def test_a_full_backup_begins_the_file_anew_and_others_go_on(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "keeps.bsr"
    path.write_text("old\n")
    full = ended(site, "keeps")
    write_bootstrap(full, site.context)
    first = TEXT.format(full.unique_name, "Full")
    assert path.read_text() == first
    later = ended(site, "keeps", Level.INCREMENTAL)
    write_bootstrap(later, site.context)
    assert path.read_text() == first + TEXT.format(later.unique_name, "Incremental")


def test_a_command_gets_the_text(site: Site, tmp_path: Path) -> None:
    job = ended(site, "pipes")
    write_bootstrap(job, site.context)
    assert (tmp_path / "piped").read_text() == TEXT.format(job.unique_name, "Full")


@pytest.mark.parametrize("name", ["fails", "nowhere"])
def test_a_failure_is_a_warning(site: Site, name: str) -> None:
    job = ended(site, name)
    write_bootstrap(job, site.context)
    assert "Warning: Could not open WriteBootstrap file: " in site.log.text
    assert job.status is JobStatus.TERMINATED


def test_a_job_whose_pieces_are_not_known_gets_a_warning(site: Site) -> None:
    write_bootstrap(ended(site, "keeps", pieces=False), site.context)
    assert "the catalog knows no Volume for session 1" in site.log.text


@pytest.mark.parametrize("status", [JobStatus.FATAL_ERROR, JobStatus.CANCELED])
def test_a_failed_job_leaves_the_file_alone(site: Site, tmp_path: Path, status: JobStatus) -> None:
    job = ended(site, "keeps")
    job.set_status(status)
    write_bootstrap(job, site.context)
    assert not (tmp_path / "keeps.bsr").exists()


def test_a_job_without_data_leaves_the_file_alone(site: Site, tmp_path: Path) -> None:
    job = ended(site, "keeps")
    job.totals.storage_bytes = 0
    write_bootstrap(job, site.context)
    write_bootstrap(ended(site, "small"), site.context)
    assert not (tmp_path / "keeps.bsr").exists()
