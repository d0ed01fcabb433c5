"""Daemons are started, watched, restarted and ended; the daemons here are small web servers."""

import os
import queue
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from barque.local.daemons import Daemon
from barque.local.ports import answers, free_port_base, is_open, listening_ports, why_not_free
from barque.local.supervisor import Pace, StartError, Supervisor

FAST = Pace(poll=0.01, watch=0.01, first_delay=0.01)


def web_server(port: int, *extra: str) -> Daemon:
    command = ("http.server", str(port), "--bind", "127.0.0.1", *extra)
    return Daemon("Web Server", "web", command, "127.0.0.1", port)


type Lines = "queue.Queue[str]"


@contextmanager
def running(*daemons: Daemon) -> Iterator[tuple[Supervisor, Lines]]:
    lines: Lines = queue.Queue()
    supervisor = Supervisor(daemons, lambda who, line: lines.put(f"{who}: {line}"), FAST)
    supervisor.start()
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    try:
        yield supervisor, lines
    finally:
        supervisor.stop()
        thread.join(30)
        assert not thread.is_alive()


def until(lines: Lines, text: str) -> str:
    while True:
        line = lines.get(timeout=30)
        if text in line:
            return line


def test_all_daemons_run_until_they_are_stopped() -> None:
    base = free_port_base()
    with running(web_server(base), web_server(base + 1)) as (supervisor, _):
        assert is_open("127.0.0.1", base)
        assert answers("127.0.0.1", base + 1)
        assert [daemon.port for daemon in supervisor.daemons] == [base, base + 1]
    assert supervisor.process_ids == {}
    assert not {base, base + 1} & listening_ports()


def test_a_daemon_that_dies_is_started_again() -> None:
    port = free_port_base(1)
    with running(web_server(port)) as (supervisor, lines):
        os.kill(supervisor.process_ids["web"], signal.SIGKILL)
        assert "ended (signal 9)" in until(lines, "ended")
        until(lines, "runs again")
        until(lines, "Serving HTTP")


def test_a_taken_port_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        supervisor = Supervisor([web_server(port)], lambda *_: None, FAST)
        with pytest.raises(StartError, match=f"cannot listen on 127.0.0.1:{port}: another program"):
            supervisor.start()


def test_a_daemon_that_cannot_start_takes_the_others_along() -> None:
    base = free_port_base()
    daemons = [web_server(base), web_server(base + 1, "--nonsense")]
    supervisor = Supervisor(daemons, lambda *_: None, FAST)
    with pytest.raises(StartError, match=r"did not start: .*--nonsense"):
        supervisor.start()
    assert supervisor.process_ids == {}


def test_an_address_that_is_not_ours_is_told() -> None:
    assert "assign" in why_not_free("192.0.2.1", 0)
    assert why_not_free("::1", 0) == ""


def test_nobody_answers_on_a_free_port() -> None:
    port = free_port_base(1)
    assert not answers("127.0.0.1", port)
    assert not is_open("127.0.0.1", port)
