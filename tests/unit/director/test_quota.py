"""What a client may have in backups."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from barque.director.job_runner import run_job
from barque.director.job_state import ActiveJob
from barque.domain.job import JobStatus, Level
from barque.testing.director_peers import Site, open_site

WHERE = "Address = 127.0.0.1; Port = 9632; Password = secret; TlsEnable = no;"
EXTRA = f"""
Client {{ Name = soft-fd; {WHERE} SoftQuota = 1000; SoftQuotaGracePeriod = 100; }}
Client {{ Name = strict-fd; {WHERE} SoftQuota = 1000; SoftQuotaGracePeriod = 100;
  StrictQuotas = yes; QuotaIncludeFailedJobs = no; }}
Client {{ Name = hard-fd; {WHERE} HardQuota = 2000; }}
Job {{ Name = soft; JobDefs = Default; Client = soft-fd; }}
Job {{ Name = strict; JobDefs = Default; Client = strict-fd; }}
Job {{ Name = hard; JobDefs = Default; Client = hard-fd; }}
"""
STARTS = "Error: Softquota Exceeded, Grace Period starts now.\n"
GOES_ON = "Error: Softquota Exceeded, will be enforced after Grace Period expires.\n"
EXPIRED = "Fatal error: Soft Quota exceeded / Grace Time expired. Job terminated.\n"


@dataclass
class Backups:
    """Backups of one job, one after the other; each adds 333 bytes, or is said to have more."""

    site: Site
    name: str

    def run(self, has: int | None = None, status: str = "T") -> tuple[ActiveJob, str]:
        """Run one and return it with what its log has; afterwards the catalog gives it *has*."""
        self.site.log.lines.clear()
        job = self.site.job(self.name, Level.FULL)
        run_job(job, self.site.context, lambda _: "")
        self.site.settle()
        self.site.clock += 10
        if has is not None:
            self.site.catalog.jobs.update(job.job_id, job_bytes=has, job_status=status)
        return job, self.site.log.text


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path, EXTRA) as opened:
        yield opened


def test_the_grace_period_begins_when_a_backup_exceeds_the_soft_quota(site: Site) -> None:
    backups = Backups(site, "soft")
    job, said = backups.run(900)
    assert job.status is JobStatus.TERMINATED
    assert "  Grace Expiry Date:      Soft Quota not exceeded\n" in said
    job, said = backups.run(900)
    assert STARTS in said
    assert job.status is JobStatus.WARNINGS
    assert "  Quota Used:             1,233 (1.233 KB)\n" in said
    assert "  Soft Quota:             1,000 (1.000 KB)\n" in said
    job, said = backups.run()
    assert said.count(GOES_ON) == 2
    assert job.status is JobStatus.WARNINGS


def exceeded(site: Site, name: str) -> Backups:
    """A client whose grace period is over, while it has 1800 bytes."""
    backups = Backups(site, name)
    backups.run(900)
    backups.run(900)
    site.clock += 101
    return backups


def test_after_the_grace_period_no_backup_starts(site: Site) -> None:
    backups = exceeded(site, "soft")
    job, said = backups.run()
    assert job.status is JobStatus.FATAL_ERROR
    assert "Warning: Softquota Exceeded and Grace Period expired.\n" in said
    assert "Setting Burst Quota to 1800 Bytes.\n" in said
    assert EXPIRED in said
    assert "  Burst Quota:            1,800 (1.800 KB)\n" in said
    _, said = backups.run()
    assert "Warning: Soft Quota exceeded, enforcing Burst Quota Limit.\n" in said
    assert EXPIRED in said


def test_below_the_burst_quota_backups_go_on_unless_quotas_are_strict(site: Site) -> None:
    for name, status in (("soft", JobStatus.TERMINATED), ("strict", JobStatus.FATAL_ERROR)):
        backups = exceeded(site, name)
        refused, _ = backups.run()
        site.catalog.jobs.update(refused.job_id - 1, job_bytes=200)
        job, said = backups.run()
        assert job.status is status, said
        assert (EXPIRED in said) == (status is JobStatus.FATAL_ERROR)


def test_the_storage_daemon_hears_what_is_left(site: Site) -> None:
    backups = Backups(site, "hard")
    backups.run(500)
    backups.run()
    asked = [line for line in site.storage.commands if line.startswith(b"JobId=")]
    assert [line.split(b"Quota=")[1].split()[0] for line in asked] == [b"2000", b"1500"]


def test_when_jobs_are_deleted_the_grace_period_ends(site: Site) -> None:
    backups = exceeded(site, "soft")
    site.catalog.retention.purge_jobs([1, 2])
    job, said = backups.run()
    assert job.status is JobStatus.TERMINATED
    assert "Soft Quota reset, Grace Period ends now.\n" in said


def test_failed_jobs_count_where_the_client_says_so(site: Site) -> None:
    backups = Backups(site, "strict")
    backups.run(5000, "f")
    job, said = backups.run()
    assert "Quota does NOT include Failed Jobs\n" in said
    assert job.status is JobStatus.TERMINATED


def test_past_the_hard_quota_no_backup_starts(site: Site) -> None:
    backups = Backups(site, "hard")
    backups.run(2001)
    job, said = backups.run()
    assert "Fatal error: Quota Exceeded. Job terminated.\n" in said
    assert job.status is JobStatus.FATAL_ERROR
