import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.director.job_codes import CODES, expand
from barque.director.job_state import ActiveJob
from barque.domain.job import JobStatus, Level
from barque.testing.director_peers import NOW, Site, open_site


@pytest.fixture
def job(tmp_path: Path) -> Iterator[ActiveJob]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        with open_site(tmp_path) as site:
            yield made(site)
    time.tzset()


def made(site: Site) -> ActiveJob:
    job = site.job("small", Level.FULL)
    job.totals.bytes, job.totals.files = 12345, 7
    job.since = NOW
    job.set_status(JobStatus.TERMINATED)
    return job


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("%%", "%"),
        ("%b", "12345"),
        ("%B", "12.34 K"),
        ("%c", "bareos-fd"),
        ("%d", "bareos-dir"),
        ("%D", "bareos-dir"),
        ("%e", "OK"),
        ("%F", "7"),
        ("%f", "Small"),
        ("%h", "127.0.0.1"),
        ("%i", "1"),
        ("%l", "Full"),
        ("%n", "small"),
        ("%p", "Full"),
        ("%r", "root admin"),
        ("%s", "2026-11-22 18:25:09"),
        ("%t", "Backup"),
        ("%w", "File"),
        ("%x", "no"),
        ("%Y", "%Y"),
        ("100%", "100%"),
        ("%n: %e (%i)", "small: OK (1)"),
    ],
)
def test_codes(job: ActiveJob, code: str, value: str) -> None:
    assert expand(code, job, recipients="root admin") == value


def test_what_differs_from_run_to_run(job: ActiveJob) -> None:
    assert expand("%j", job) == job.unique_name
    assert expand("%P", job) == str(os.getpid())


def test_what_a_job_does_not_have(job: ActiveJob) -> None:
    job.client = job.fileset = job.pool = job.storage = None
    job.since = 0
    assert expand("%c %f %h %p %s %w", job) == " ".join(["*None*"] * 6)


def test_every_code_of_a_running_job_has_a_value(job: ActiveJob) -> None:
    job.reset_status()
    for code in CODES:
        assert expand(f"%{code}", job)
