# mypy: ignore-errors
"""A plugin of the Storage Daemon as a class: override what is wanted.

Source: plugin interface of the Storage Daemon, section 5.
"""

import time

import bareossd
from barque_plugin_child.helpers import either, without_context


class BareosSdPluginBaseclass:
    """Keeps times and totals of the job, and the options."""

    def __init__(self, *arguments):
        (plugindef,) = without_context(arguments)
        self.plugindef = plugindef
        self.events = [bareossd.bsdEventJobStart, bareossd.bsdEventJobEnd]
        bareossd.RegisterEvents(self.events)
        self.jobName = bareossd.GetValue(bareossd.bsdVarJobName)
        self.jobLevel = chr(bareossd.GetValue(bareossd.bsdVarLevel) or 32)
        self.jobId = int(bareossd.GetValue(bareossd.bsdVarJobId) or 0)
        self.options = {}
        self.jobStartTime = self.jobEndTime = time.time()
        self.jobRunningTime = self.throughput = self.jobBytes = self.jobFiles = 0

    def __str__(self):
        return "<%s: jobName=%s jobId=%s>" % (type(self).__name__, self.jobName, self.jobId)

    @either
    def parse_plugin_definition(self, plugindef):
        """Take the options of a definition; the last value of a key counts."""
        self.options = {}
        for part in plugindef.split(":"):
            key, _, value = part.partition("=")
            if value:
                self.options[key] = value
        return bareossd.bRC_OK

    @either
    def handle_plugin_event(self, event):
        """Keep the time, and the totals at the end."""
        if event == bareossd.bsdEventJobStart:
            self.jobStartTime = time.time()
        elif event == bareossd.bsdEventJobEnd:
            self.jobEndTime = time.time()
            self.jobBytes = int(bareossd.GetValue(bareossd.bsdVarJobBytes) or 0)
            self.jobFiles = int(bareossd.GetValue(bareossd.bsdVarJobFiles) or 0)
            self.jobRunningTime = self.jobEndTime - self.jobStartTime
            seconds = self.jobRunningTime
            self.throughput = self.jobBytes / seconds if seconds > 0 else 0
        return bareossd.bRC_OK
