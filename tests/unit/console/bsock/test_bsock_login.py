"""The drop-in for bareos.bsock: persons, refusals, broken connections, aliases."""

import subprocess
import sys
from typing import Any

import pytest

from barque.console.bsock import (
    AuthenticationError,
    ConnectionError,  # noqa: A004 - its name in the field
    ConnectionLostError,
    Constants,
    DirectorConsole,
    DirectorConsoleJson,
    JsonRpcErrorReceivedException,
    JsonRpcInvalidJsonReceivedException,
    LowLevel,
    PamAuthenticationError,
    SignalReceivedException,
)
from barque.wire.framing import Signal

EOD, MAIN = Signal.EOD, Signal.MAIN_PROMPT


@pytest.fixture
def log_in(listen: Any, session: Any) -> Any:
    """Opens a console at the scripted Director."""
    opened: list[Any] = []

    def start(kind: Any = DirectorConsole, peer: Any = None, **parameters: Any) -> Any:
        address = listen(peer or session).address
        known = {"address": address.host, "port": address.port, "password": "secret"}
        console = kind(**known | parameters)
        opened.append(console)
        return console

    yield start
    for console in opened:
        console.close()


def test_a_person_is_named(log_in: Any, scripted: Any) -> None:
    def peer(channel: Any) -> None:
        scripted.greeting = (b"1001\x1e",)
        scripted.log_in(channel)
        assert channel.receive(20) == b"4002\x1ealice\x1epw"
        channel.send(b"1000\x1eOK: dir")
        channel.send(b"1002\x1ehello alice")
        scripted.answer(channel)

    console = log_in(peer=peer, pam_username="alice", pam_password="pw")
    assert console.auth_credentials_valid
    assert scripted.received[0] == b"autodisplay off"


def test_a_person_is_wanted_or_not_believed(log_in: Any, scripted: Any) -> None:
    scripted.greeting = (b"1001\x1e",)
    with pytest.raises(PamAuthenticationError, match="asks for a person"):
        log_in()
    with pytest.raises(PamAuthenticationError, match="not believed"):
        log_in(peer=scripted.log_in, pam_username="alice", pam_password="pw")


@pytest.mark.parametrize("greeting", [(b"1999\x1eno", b"x"), ()])
def test_a_refusal_is_an_error(log_in: Any, scripted: Any, greeting: Any) -> None:
    scripted.greeting = greeting
    with pytest.raises(AuthenticationError):
        log_in(peer=scripted.log_in)


def test_tls_that_fails_is_not_replaced_by_clear_text(log_in: Any) -> None:
    seen: list[bytes] = []

    def plain(channel: Any) -> None:
        seen.append(channel._plain.peek(64, None))

    with pytest.raises(ConnectionError, match="TLS handshake"):
        log_in(peer=plain)
    assert seen[0][:1] == b"\x16"


def test_contradictions_and_omissions() -> None:
    with pytest.raises(ConnectionError, match="not enabled"):
        DirectorConsole(password="x", tls_psk_require=True, tls_psk_enable=False)
    with pytest.raises(ConnectionError, match="password is missing"):
        DirectorConsole()
    with pytest.raises(ConnectionLostError):
        LowLevel().send(b"x")


def test_a_line_that_looks_like_an_end_does_not_end_a_reply(log_in: Any, scripted: Any) -> None:
    scripted.replies = {b"list": (b"3000 OK more\n", b"comes\n", EOD), b"next": (b"n\n", EOD)}
    console = log_in()
    assert console.call("list") == b"3000 OK more\ncomes\n"
    assert console.call("next") == b"n\n"


def test_messages_one_by_one(log_in: Any, scripted: Any) -> None:
    scripted.replies = {b"list": (b"1000 OK first", b"second", Signal.POLL, EOD)}
    console = log_in()
    console.send(b"list")
    assert console.has_data()
    assert console.recv_msg() == b"1000 OK first"
    assert console.recv() == b"second"
    with pytest.raises(SignalReceivedException) as found:
        console.recv()
    assert found.value.signal == Constants.BNET_POLL
    assert console.recv_msg() == b""


def test_json_and_what_is_none(log_in: Any, scripted: Any) -> None:
    scripted.replies = {
        b".api json": (b'{"result":{"api":2}}', MAIN),
        b".api json compact=yes": (b'{"result":{"api":2}}', MAIN),
        b"ok": (b'{"result":', b'{"a":1}}', MAIN),
        b"bad": (b'{"error":{"message":"failed","data":{"messages":{"error":["no\\n"]}}}}', MAIN),
        b"odd": (b"text {}", MAIN),
        b"neither": (b"{}", MAIN),
    }
    console = log_in(DirectorConsoleJson)
    assert console.call("ok") == {"a": 1}
    with pytest.raises(JsonRpcErrorReceivedException, match=r"^failed: no\n$"):
        console.call("bad")
    with pytest.raises(JsonRpcInvalidJsonReceivedException) as odd:
        console.call("odd")
    assert odd.value.jsondata["error"]["data"] == b"text {}"  # type: ignore[index]
    with pytest.raises(JsonRpcInvalidJsonReceivedException):
        console.call("neither")


def test_a_connection_that_broke_is_made_anew_for_the_next_call(
    listen: Any, session: Any, scripted: Any
) -> None:
    scripted.replies = {b"version": (b"v\n", EOD)}
    address = listen(session, session).address
    console = DirectorConsole(address.host, address.port, password="secret")
    with pytest.raises(ConnectionLostError):
        console.call("quit")
    assert console.call("version") == b"v\n"
    assert scripted.received.count(b"quit") == 1
    console.close()


def test_interactive(log_in: Any, scripted: Any, monkeypatch: Any, capsys: Any) -> None:
    scripted.replies = {b"version": (b"v 1", EOD)}
    typed = iter(["version", "exit"])
    monkeypatch.setattr("builtins.input", lambda _: next(typed))
    assert log_in().interactive()
    assert capsys.readouterr().out == "v 1\n"


def test_the_module_paths_of_python_bareos() -> None:
    code = (
        "import barque.console.bsock as b; b.install();"
        "import bareos.bsock, bareos.exceptions, bareos.util;"
        "from bareos.util import argparse, Version;"
        "from bareos.bsock.lowlevel import LowLevel;"
        "assert bareos.bsock.DirectorConsole is b.DirectorConsole;"
        "assert bareos.exceptions.Error is b.Error; assert LowLevel is b.LowLevel;"
        "assert Version('26.0.0~pre12.x').as_python_version() == '26.0.0.dev+12.x';"
        "bareos.util.BareosBase64().string_to_base64(b'x'); argparse.ArgumentParser()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    late = "import bareos.bsock, barque.console.bsock as b; b.install()"
    done = subprocess.run([sys.executable, "-c", late], capture_output=True, check=False)
    assert b"imported already" in done.stderr
