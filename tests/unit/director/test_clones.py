from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.director.clones import start_clones
from barque.errors import CommandError
from barque.testing.director_peers import Site, open_site

EXTRA = """
Job { Name = original; JobDefs = Default; Run = "small level=%l since=\\"%s\\"";
  Run = "nothing"; }
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path, EXTRA) as opened:
        yield opened


def test_each_directive_starts_a_job(site: Site) -> None:
    typed: list[str] = []

    def console(command: str) -> str:
        typed.append(command)
        return f"Job queued. JobId={len(typed) + 4}\n"

    job = site.job("original")
    job.since = 0
    start_clones(job, console, site.now)
    assert typed == [
        'run small level=Full since="*None*" cloned=yes yes',
        "run nothing cloned=yes yes",
    ]
    assert "Clone JobId 5 started.\n" in site.log.text
    assert "Clone JobId 6 started.\n" in site.log.text


def test_a_clone_has_no_clones(site: Site) -> None:
    job = site.job("original", cloned=True)
    start_clones(job, lambda _: pytest.fail("started"), site.now)


def test_a_clone_that_cannot_be_started_is_an_error_of_the_job(site: Site) -> None:
    job = site.job("original")
    start_clones(job, lambda _: 'Job "small"\nnot found\n', site.now)
    assert 'Error: Could not start clone job: Job "small" not found\n' in site.log.text
    assert job.totals.errors == 2


def test_a_clone_whose_command_fails_is_an_error_of_the_job(site: Site) -> None:
    def refuse(command: str) -> str:
        raise CommandError("too late\n")

    job = site.job("original")
    start_clones(job, refuse, site.now)
    assert "Error: Could not start clone job: too late\n" in site.log.text
