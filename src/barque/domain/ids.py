"""Numbers that must not be mixed up."""

from typing import NewType

JobId = NewType("JobId", int)
"""Row of the Job table; counted from 1."""

MediaId = NewType("MediaId", int)
"""Row of the Media table."""

ClientId = NewType("ClientId", int)
"""Row of the Client table."""

FileSetId = NewType("FileSetId", int)
"""Row of the FileSet table; a changed FileSet is a new row."""

PoolId = NewType("PoolId", int)
"""Row of the Pool table."""

StorageId = NewType("StorageId", int)
"""Row of the Storage table."""

FileIndex = NewType("FileIndex", int)
"""Number of a file within one job, from 1; negative values mark labels on a volume."""

VolSessionId = NewType("VolSessionId", int)
"""Number of a session within one run of a Storage Daemon."""

VolSessionTime = NewType("VolSessionTime", int)
"""Seconds since 1970 at which that Storage Daemon started."""
