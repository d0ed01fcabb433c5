# mypy: ignore-errors
"""A plugin of the Director as a class: override what is wanted.

Source: plugin interface of the Director, section 5.
"""

import time

import bareosdir
from barque_plugin_child.helpers import either, without_context


class BareosDirPluginBaseclass:
    """Keeps times and totals of the job, and the options."""

    def __init__(self, *arguments):
        (plugindef,) = without_context(arguments)
        self.plugindef = plugindef
        self.events = [
            bareosdir.bDirEventJobStart,
            bareosdir.bDirEventJobEnd,
            bareosdir.bDirEventJobInit,
            bareosdir.bDirEventJobRun,
        ]
        bareosdir.RegisterEvents(self.events)
        value = bareosdir.GetValue
        self.jobName = value(bareosdir.bDirVarJobName)
        self.jobLevel = chr(value(bareosdir.bDirVarLevel) or 32)
        self.jobType = value(bareosdir.bDirVarType)
        self.jobId = int(value(bareosdir.bDirVarJobId) or 0)
        self.jobClient = value(bareosdir.bDirVarClient)
        self.jobStatus = value(bareosdir.bDirVarJobStatus)
        self.Priority = value(bareosdir.bDirVarPriority)
        self.options = {}
        now = time.time()
        self.jobInitTime = self.jobStartTime = self.jobRunTime = self.jobEndTime = now
        self.jobTotalTime = self.jobRunningTime = self.throughput = 0
        self.jobErrors = self.jobBytes = self.jobFiles = self.jobNumVols = 0
        self.jobPool = self.jobStorage = self.jobMediaType = None

    def __str__(self):
        return "<%s: jobName=%s jobId=%s Client=%s>" % (
            type(self).__name__,
            self.jobName,
            self.jobId,
            self.jobClient,
        )

    @either
    def parse_plugin_definition(self, plugindef):
        """Take the options of a definition; the last value of a key counts."""
        self.options = {}
        for part in plugindef.split(":"):
            key, _, value = part.partition("=")
            if value:
                self.options[key] = value
        return bareosdir.bRC_OK

    @either
    def handle_plugin_event(self, event):
        """Keep the time and what the job is at that moment."""
        value = bareosdir.GetValue
        now = time.time()
        if event == bareosdir.bDirEventJobInit:
            self.jobInitTime = now
            self.jobStatus = chr(value(bareosdir.bDirVarJobStatus))
        elif event == bareosdir.bDirEventJobStart:
            self.jobStartTime = now
            self.jobStatus = chr(value(bareosdir.bDirVarJobStatus))
        elif event == bareosdir.bDirEventJobRun:
            self.jobRunTime = now
        elif event == bareosdir.bDirEventJobEnd:
            self._take_totals(now, value)
        return bareosdir.bRC_OK

    def _take_totals(self, now, value):
        self.jobEndTime = now
        self.jobLevel = chr(value(bareosdir.bDirVarLevel) or 32)
        self.jobStatus = chr(value(bareosdir.bDirVarJobStatus))
        self.jobErrors = int(value(bareosdir.bDirVarJobErrors) or 0)
        self.jobBytes = int(value(bareosdir.bDirVarJobBytes) or 0)
        self.jobFiles = int(value(bareosdir.bDirVarJobFiles) or 0)
        self.jobNumVols = int(value(bareosdir.bDirVarNumVols) or 0)
        self.jobPool = value(bareosdir.bDirVarPool)
        self.jobStorage = value(bareosdir.bDirVarStorage)
        self.jobMediaType = value(bareosdir.bDirVarMediaType)
        self.jobTotalTime = self.jobEndTime - self.jobInitTime
        self.jobRunningTime = self.jobEndTime - self.jobRunTime
        self.throughput = self.jobBytes / self.jobRunningTime if self.jobRunningTime > 0 else 0
