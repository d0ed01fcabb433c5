# mypy: ignore-errors
"""Director plugin that sends the end of a job as JSON to a URL."""

import json
import urllib.request

from barque_director_sdk import JobPlugin, register

_VALUES = (
    "Job", "JobId", "JobName", "Client", "Pool", "Storage", "JobErrors", "JobFiles", "JobBytes",
    "VolumeName",
)  # fmt: skip
_LETTERS = ("Level", "Type", "JobStatus")


class Webhook(JobPlugin):
    """A POST request for each job that is over."""

    url: str
    r"""Address, its colons escaped: ``https\\://hooks.example.com/backup``."""
    timeout: int = 10
    """Seconds to wait for an answer."""

    def ended(self, job):
        """Send what the job was."""
        body = {name: job.value(name) for name in _VALUES}
        body.update((name, job.letter(name)) for name in _LETTERS)
        request = urllib.request.Request(
            self.url,
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "User-Agent": "barque"},
        )
        with urllib.request.urlopen(request, timeout=self.timeout):
            pass


register(Webhook, globals())
