# mypy: ignore-errors
"""Director plugin that gives figures of jobs to Prometheus.

Options: ``file``, a text file for the collector of node_exporter (one a job is best:
``/var/lib/node_exporter/{job}.prom``), or ``gateway_host`` and ``gateway_port`` of a push gateway;
``report_failed`` (yes or no).  Needs no package.
"""

import os
import time
import urllib.parse
import urllib.request

import bareosdir

_OPTIONS = {"gateway_port": "9091", "report_failed": "yes"}
_FIGURES = (
    ("bareos_job_files", "JobFiles", "Files of the job."),
    ("bareos_job_bytes", "JobBytes", "Bytes of the job."),
    ("bareos_job_errors", "JobErrors", "Errors of the job."),
    ("bareos_job_throughput", "LastRate", "Bytes per second."),
)
_begun = [time.time()]


def load_bareos_plugin(plugindef):
    """Wait for start and end of the job."""
    return bareosdir.RegisterEvents([bareosdir.bDirEventJobRun, bareosdir.bDirEventJobEnd])


def parse_plugin_definition(plugindef):
    """Take the options."""
    for part in plugindef.split(":"):
        key, equals, value = part.partition("=")
        if equals:
            _OPTIONS[key] = value
    return bareosdir.bRC_OK


def handle_plugin_event(event):
    """Report the job when it is over."""
    if event == bareosdir.bDirEventJobRun:
        _begun[0] = time.time()
        return bareosdir.bRC_OK
    status = chr(bareosdir.GetValue(bareosdir.bDirVarJobStatus) or 32)
    if status not in "TW" and _OPTIONS["report_failed"].lower() in ("no", "0", "false"):
        return bareosdir.bRC_OK
    try:
        _publish(_text(status))
    except (OSError, ValueError) as error:
        bareosdir.JobMessage(bareosdir.M_WARNING, "prometheus: %s" % error)
    return bareosdir.bRC_OK


def _text(status):
    value = bareosdir.GetValue
    labels = 'job_name="%s",client="%s",level="%s",status="%s"' % (
        value(bareosdir.bDirVarJob),
        value(bareosdir.bDirVarClient),
        chr(value(bareosdir.bDirVarLevel) or 32),
        status,
    )
    lines = []
    for name, variable, words in _FIGURES:
        number = value(bareosdir.bDirVariable["bDirVar" + variable]) or 0
        lines += ["# HELP %s %s" % (name, words), "# TYPE %s gauge" % name]
        lines.append("%s{%s} %d" % (name, labels, number))
    lines += ["# TYPE bareos_job_seconds gauge"]
    lines.append("bareos_job_seconds{%s} %.1f" % (labels, time.time() - _begun[0]))
    return "\n".join(lines) + "\n"


def _publish(text):
    job = str(bareosdir.GetValue(bareosdir.bDirVarJob))
    if "file" in _OPTIONS:
        path = _OPTIONS["file"].replace("{job}", job)
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(path + ".new", path)
    if "gateway_host" in _OPTIONS:
        url = "http://%s:%s/metrics/job/%s" % (
            _OPTIONS["gateway_host"],
            _OPTIONS["gateway_port"],
            urllib.parse.quote(job, safe=""),
        )
        request = urllib.request.Request(url, text.encode(), method="PUT")
        with urllib.request.urlopen(request, timeout=10):
            pass
