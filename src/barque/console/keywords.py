"""What may follow a keyword, and which command of the Director lists it.

Source: console protocol, section 2.10; console commands, section 1.1.
"""

from typing import Final

VALUES: Final = {
    "pool=": ".pools",
    "nextpool=": ".pools",
    "fileset=": ".filesets",
    "client=": ".clients",
    "jobdefs=": ".jobdefs",
    "job=": ".jobs",
    "restore_job=": ".jobs type=R",
    "level=": ".levels",
    "storage=": ".storages",
    "schedule=": ".schedule",
    "volume=": ".media",
    "oldvolume=": ".media",
    "volstatus=": ".volstatus",
    "catalog=": ".catalogs",
    "message=": ".msgs",
    "profile=": ".profiles",
    "actiononpurge=": ".actiononpurge",
}
"""Keyword → command that lists what may follow it."""

MORE_VALUES: Final = VALUES | {
    "restoreclient=": ".clients",
    "backupclient=": ".clients",
    "restorejob=": ".jobs type=R",
    "jobname=": ".jobs",
    "messages=": ".msgs",
    "console=": ".consoles",
    "user=": ".users",
    "mediatype=": ".mediatypes",
}
"""The same for our own console, which knows more of them."""

TREE_VALUES: Final = {
    "ls": ".ls",
    "cd": ".lsdir",
    "add": ".ls",
    "mark": ".ls",
    "m": ".ls",
    "delete": ".lsmark",
    "unmark": ".lsmark",
}
"""The same while files are selected for a restore."""
