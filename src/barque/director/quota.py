"""How much a client may have in backups: its quotas, before and after each backup.

Source: job semantics, section 9.1.
"""

from dataclasses import replace

from barque.config.director import Client
from barque.director.job_context import JobContext
from barque.director.job_state import ActiveJob, QuotaStanding
from barque.errors import JobError
from barque.wire.messages.job import MessageType


class QuotaCheck:
    """Compares what a client has with what it may have, and says so in the job's log."""

    def __init__(self, job: ActiveJob, context: JobContext, client: Client) -> None:
        self._job = job
        self._context = context
        self._client = client
        self._soft, self._hard = int(client.soft_quota), int(client.hard_quota)
        self._period = int(client.soft_quota_grace_period)

    def before(self) -> None:
        """Find what the client has, and what is left for the job; raises JobError for none."""
        if not (self._soft or self._hard):
            return
        standing = self._job.quota = self._find()
        if self._hard and standing.used > self._hard:
            raise JobError("Quota Exceeded. Job terminated.")
        if self._soft and self._refuses(standing):
            raise JobError("Soft Quota exceeded / Grace Time expired. Job terminated.")
        self._job.quota = replace(self._standing, left=self._left(self._standing))

    def after(self) -> None:
        """Let the grace period begin, or end, by what the job has added."""
        if self._soft:
            self._refuses(self._standing)

    @property
    def _standing(self) -> QuotaStanding:
        assert self._job.quota is not None
        return self._job.quota

    def _find(self) -> QuotaStanding:
        quotas, job, client = self._context.catalog.quotas, self._job, self._client
        with_failed = bool(client.quota_include_failed_jobs)
        if self._soft and not with_failed:
            self._say(MessageType.INFO, "Quota does NOT include Failed Jobs")
        since = int(self._context.now()) - int(client.job_retention)
        used = quotas.used(job.client_id, job.job_id, since, include_failed=with_failed)
        found = quotas.get(job.client_id)
        return QuotaStanding(used, found.grace_time, found.quota_limit)

    def _refuses(self, standing: QuotaStanding) -> bool:
        """Tell whether the soft quota lets no job run."""
        now = int(self._context.now())
        if standing.used + self._job.totals.storage_bytes <= self._soft:
            if standing.grace_began:
                self._keep(standing, grace_began=0, burst=0)
                self._say(MessageType.INFO, "Soft Quota reset, Grace Period ends now.")
        elif self._period and not standing.grace_began:
            self._keep(standing, grace_began=now, burst=0)
            self._say(MessageType.ERROR, "Softquota Exceeded, Grace Period starts now.")
        elif self._expired(standing):
            return self._refuses_late(standing)
        elif self._period:
            text = "Softquota Exceeded, will be enforced after Grace Period expires."
            self._say(MessageType.ERROR, text)
        return False

    def _refuses_late(self, standing: QuotaStanding) -> bool:
        """Tell whether no job may run after the grace period; what there is then is the limit."""
        if not standing.burst:
            self._keep(standing, grace_began=standing.grace_began, burst=standing.used)
            self._say(MessageType.WARNING, "Softquota Exceeded and Grace Period expired.")
            self._say(MessageType.INFO, f"Setting Burst Quota to {standing.used} Bytes.")
            return True
        if self._client.strict_quotas:
            return standing.used > self._soft
        if standing.used >= standing.burst:
            text = "Soft Quota exceeded, enforcing Burst Quota Limit."
            self._say(MessageType.WARNING, text)
            return True
        return False

    def _expired(self, standing: QuotaStanding) -> bool:
        over = int(self._context.now()) - standing.grace_began > self._period
        return bool(self._period and standing.grace_began) and over

    def _left(self, standing: QuotaStanding) -> int:
        limit = self._hard
        if self._soft and self._expired(standing):
            strict = bool(self._client.strict_quotas)
            limit = self._soft if strict else max(self._soft, standing.burst)
        return max(limit - standing.used, 0)

    def _keep(self, standing: QuotaStanding, *, grace_began: int, burst: int) -> None:
        self._job.quota = replace(standing, grace_began=grace_began, burst=burst)
        self._context.catalog.quotas.set(
            self._job.client_id, grace_time=grace_began, quota_limit=burst
        )

    def _say(self, kind: MessageType, text: str) -> None:
        self._job.say(kind, text, self._context.now())
