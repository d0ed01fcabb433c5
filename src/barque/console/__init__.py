"""Console clients: a library for programs, and the consoles for people.

    from barque.console import connect

    with connect("backup.example.com", "secret") as director:
        for job in director.json("list jobs")["jobs"]:
            print(job["jobid"], job["name"])

:func:`connect_async` gives the same for asyncio. Programs written for ``bareos.bsock`` find its
names in :mod:`barque.console.bsock`.
"""

from barque.console.account import Account, account_of
from barque.console.aio import AsyncConsole
from barque.console.client import Console, Json
from barque.console.connecting import accounts_in, connect, connect_async
from barque.console.pam import PamCredentials

__all__ = [
    "Account",
    "AsyncConsole",
    "Console",
    "Json",
    "PamCredentials",
    "account_of",
    "accounts_in",
    "connect",
    "connect_async",
]
