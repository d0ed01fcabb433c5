"""TCP ports: is one free, does somebody answer?"""

import errno
import secrets
import socket
from contextlib import suppress
from pathlib import Path
from typing import Final

TRY_TIMEOUT: Final = 1.0
"""Second."""

TABLES: Final = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
"""The system's lists of sockets."""

FIRST_FREE: Final = 12000
"""Where free ports are looked for."""
PAST_FREE: Final = 32000

LISTENING: Final = "0A"
"""State of a socket in these lists."""


def why_not_free(address: str, port: int) -> str:
    """Return why a daemon cannot listen there; empty when it can."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return "another program uses it"
            return error.strerror or str(error)
    return ""


def is_open(address: str, port: int) -> bool:
    """Tell whether a program listens there.

    Asks the system where it can: a daemon would log a connection that says nothing.
    """
    try:
        return port in listening_ports()
    except OSError:
        return answers(address, port)


def listening_ports() -> set[int]:
    """Return the TCP ports that programs of this machine listen on; raises OSError."""
    ports = set()
    for table in TABLES:
        for line in table.read_text().splitlines()[1:]:
            _, local, _, state = line.split()[:4]
            if state == LISTENING:
                ports.add(int(local.rpartition(":")[2], 16))
    return ports


def answers(address: str, port: int) -> bool:
    """Tell whether somebody accepts connections there."""
    with suppress(OSError):
        socket.create_connection((address, port), TRY_TIMEOUT).close()
        return True
    return False


def free_port_base(count: int = 3) -> int:
    """Return the first of *count* consecutive ports that are free on the loopback interface.

    Below those that the system gives to outgoing connections, which come and go at any moment.
    """
    while True:
        base = FIRST_FREE + secrets.randbelow(PAST_FREE - FIRST_FREE - count)
        if not any(why_not_free("127.0.0.1", base + offset) for offset in range(count)):
            return base
