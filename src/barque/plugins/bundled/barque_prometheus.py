# mypy: ignore-errors
"""Director plugin that gives the figures of jobs to Prometheus; needs no package.

Names, labels and words of the metrics are those of the published plugin, so that dashboards and
alerts go on.  Source: published plugins, section 3; "Exposition formats" of Prometheus.
"""

import base64
import os
import urllib.request

from barque_director_sdk import JobPlugin, register

_LEVELS = {
    "F": "Full", "I": "Incremental", "D": "Differential", "S": "Unknown", "C": "Verify catalog",
    "V": "Verify init", "O": "Verfiy volume to catalog", "d": "Verify disk to catalog",
    "A": "Verify Data", "B": "Base", " ": "None", "f": "Virtual full",
}  # fmt: skip
_STATUSES = {
    "A": "Canceled", "B": "Blocked", "C": "Created", "D": "Differences", "E": "Error",
    "F": "Wait FD", "I": "Incomplete", "L": "Commiting data", "M": "Wait mount", "R": "Running",
    "S": "Wait SD", "T": "Terminated", "W": "Warning", "a": "SD despooling",
    "c": "Wait FD resource", "d": "Wait max jobs", "e": "Non-fatal error", "f": "Fatal error",
    "i": "Attr insertion", "j": "Wait job resource", "l": "Despooling", "m": "Wait media",
    "p": "Wait priority", "q": "Wait device", "s": "Wait SD resource", "t": "Wait start time",
}  # fmt: skip
_TYPES = {
    "B": "Backup", "M": "Backup migrated", "V": "Verify", "R": "Restore", "U": "Console",
    "I": "Internal", "D": "Admin", "A": "Archive", "C": "Copy of a job", "c": "Copy job",
    "g": "Migration", "S": "Scan", "O": "Consolidate",
}  # fmt: skip
_STATES = (
    ("bareos_job_status", "How the job ended.", "JobStatus", _STATUSES),
    ("bareos_job_level", "Level of the job.", "Level", _LEVELS),
    ("bareos_job_type", "Type of the job.", "Type", _TYPES),
)
_NUMBERS = (
    ("bareos_job_files", "Files of the job.", "JobFiles"),
    ("bareos_job_bytes", "Bytes of the job.", "JobBytes"),
    ("bareos_job_errors", "Errors of the job.", "JobErrors"),
    ("bareos_job_priority", "Priority of the job.", "Priority"),
)
_BUCKETS = (6, 60, 600, 1800, 3600, 10800, 18000, 28800, 86400)
"""s; bounds of the histogram of running times."""
_PATIENCE = 10
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


class Prometheus(JobPlugin):
    """Figures of each job that is over."""

    gateway_host: str = ""
    """Host of the push gateway; empty is ``localhost``, or none when there is a ``file``."""
    gateway_port: int = 9091
    """Port of the push gateway."""
    username: str = ""
    """User for the push gateway."""
    password: str = ""
    """Password of ``username``."""
    use_tls: bool = False
    """Whether the push gateway speaks HTTPS."""
    report_failed: bool = False
    """Whether jobs that failed or were canceled are reported, too."""
    file: str = ""
    """File for the textfile collector of node_exporter; ``{job}`` becomes the job's name."""

    def ended(self, job):
        """Report a job."""
        if job.failed and not self.report_failed:
            return
        text = "".join(line + "\n" for line in _lines(job))
        if self.file:
            _write(self.file.replace("{job}", str(job.value("Job"))), text)
        if self.gateway_host or not self.file:
            self._push(text)

    def _push(self, text):
        scheme = "https" if self.use_tls else "http"
        host = self.gateway_host or "localhost"
        request = urllib.request.Request(
            "%s://%s:%d/metrics/job/bareos" % (scheme, host, self.gateway_port),
            text.encode(),
            {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
            method="PUT",
        )
        if self.username and self.password:
            account = base64.b64encode(("%s:%s" % (self.username, self.password)).encode())
            request.add_header("Authorization", "Basic " + account.decode())
        with urllib.request.urlopen(request, timeout=_PATIENCE):
            pass


def _write(path, text):
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + ".new", path)


def _lines(job):
    """Yield the lines of all metrics of a job."""
    name = "_".join(str(job.value("JobName")).split(".")[:-3])
    labels = {"instance": name, "jobid": job.number("JobId")}
    for metric, words, variable, states in _STATES:
        yield from _head(metric, words)
        current = states.get(job.letter(variable))
        for state in states.values():
            yield _sample(metric, int(state == current), {metric: state, **labels})
    for metric, words, variable in _NUMBERS:
        yield from _head(metric, words)
        yield _sample(metric, job.number(variable), labels)
    yield from _head("bareos_job_throughtput", "Bytes a second.")
    rate = job.number("JobBytes") / job.seconds if job.seconds > 0 else 0
    yield _sample("bareos_job_throughtput", "%.3f" % rate, labels)
    yield from _head("bareos_job_client_info", "Client of the job.")
    yield _sample("bareos_job_client_info", 1, {"client": job.value("Client") or "", **labels})
    yield from _histogram("bareos_job_running_time", job.seconds, labels)


def _histogram(metric, seconds, labels):
    yield from _head(metric, "Seconds that the job ran.", "histogram")
    for bound in _BUCKETS:
        inside = int(seconds <= bound)
        yield _sample(metric + "_bucket", inside, {"le": "%.1f" % bound, **labels})
    yield _sample(metric + "_bucket", 1, {"le": "+Inf", **labels})
    yield _sample(metric + "_count", 1, labels)
    yield _sample(metric + "_sum", "%.3f" % seconds, labels)


def _head(metric, words, kind="gauge"):
    yield "# HELP %s %s" % (metric, words)
    yield "# TYPE %s %s" % (metric, kind)


def _sample(metric, value, labels):
    shown = ('%s="%s"' % (key, str(text).translate(_ESCAPES)) for key, text in labels.items())
    return "%s{%s} %s" % (metric, ",".join(shown), value)


register(Prometheus, globals())
