"""What programs expect of bareos.bsock: of python-bareos as published, and of our own."""

import argparse
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import bareos.bsock
import bareos.exceptions
import pytest

import barque.console.bsock

pytestmark = pytest.mark.slow

MODULES = {"python-bareos": bareos.bsock, "barque": barque.console.bsock}


@pytest.fixture(params=sorted(MODULES))
def bsock(request: pytest.FixtureRequest) -> ModuleType:
    """One of the two."""
    module: ModuleType = MODULES[request.param]
    return module


@pytest.fixture
def errors(bsock: ModuleType) -> Any:
    """Its exceptions."""
    return bareos.exceptions if bsock is bareos.bsock else barque.console.bsock.exceptions


@pytest.fixture
def log_in(site: Any, bsock: Any) -> Any:
    """Opens consoles with the given parameters."""
    opened: list[Any] = []

    def start(kind: str = "DirectorConsole", **parameters: Any) -> Any:
        known = {"address": site.address, "port": site.port, "password": site.password}
        console = getattr(bsock, kind)(**known | parameters)
        opened.append(console)
        return console

    yield start
    for console in opened:
        console.close()


def whoami(console: Any) -> str:
    return str(console.call("whoami").decode().strip())


def test_the_default_console(log_in: Any, bsock: Any) -> None:
    assert whoami(log_in()) == "root"
    assert whoami(log_in(password=bsock.Password(log_in().password.plaintext()))) == "root"


@pytest.mark.parametrize("name", ["admin-tls", "admin-notls"])
def test_a_named_console_uses_tls_even_when_it_need_not(log_in: Any, name: str) -> None:
    console = log_in(name=name, password="secret", tls_psk_require=True)
    assert whoami(console) == name
    assert console.socket.cipher() == console.get_cipher()
    assert console.get_cipher()[1].startswith("TLSv1")
    assert console.get_protocol_version() == 2


def test_clear_text_where_the_director_allows_it(log_in: Any) -> None:
    console = log_in(name="admin-notls", password="secret", tls_psk_enable=False)
    assert whoami(console) == "admin-notls"
    assert not hasattr(console.socket, "cipher")
    assert console.get_cipher() is None


def test_clear_text_where_it_does_not(log_in: Any, errors: Any, bsock: Any) -> None:
    with pytest.raises(errors.AuthenticationError):
        log_in(
            name="admin-tls",
            password="secret",
            tls_psk_enable=False,
            protocolversion=bsock.ProtocolVersions.last,
        )


def test_the_old_protocol(log_in: Any, bsock: Any) -> None:
    console = log_in(
        name="admin-notls",
        password="secret",
        protocolversion=bsock.ProtocolVersions.bareos_12_4,
        tls_psk_enable=False,
    )
    assert whoami(console) == "admin-notls"
    assert console.get_protocol_version() == bsock.ProtocolVersions.bareos_12_4


@pytest.mark.parametrize("parameters", [{"name": "nobody"}, {"password": "wrong"}])
def test_who_is_not_known_is_not_let_in(log_in: Any, errors: Any, parameters: Any) -> None:
    with pytest.raises(errors.AuthenticationError):
        log_in(**parameters)


def test_nobody_listens(log_in: Any, errors: Any) -> None:
    with pytest.raises(errors.ConnectionError):
        log_in(port=9)


def test_a_person_nobody_asked_for(log_in: Any, errors: Any) -> None:
    with pytest.raises(errors.PamAuthenticationError):
        log_in(pam_username="alice", pam_password="x")


def test_a_console_that_may_not_autodisplay(log_in: Any) -> None:
    console = log_in(name="quiet", password="secret")
    commands = console.call(".help all").decode()
    assert "list" in commands
    assert "autodisplay" not in commands
    assert whoami(console) == "quiet"


def test_text_calls(log_in: Any) -> None:
    console = log_in()
    assert isinstance(console.call("list clients"), bytes)
    assert b"bareos-fd" in console.call(["list", "clients"])
    assert b"bareos-fd" in console.send_command("list clients")
    assert console.call(".api json")
    assert console.is_connected()


def test_json_calls(log_in: Any, errors: Any) -> None:
    console = log_in("DirectorConsoleJson")
    assert console.call("list clients")["clients"][0]["name"] == "bareos-fd"
    assert console.call_fullresult("whoami")["result"] == {"whoami": "root"}
    assert console.call("") is None
    with pytest.raises(errors.JsonRpcErrorReceivedException) as failed:
        console.call("test it")
    assert str(failed.value).startswith("failed: test: is an invalid command.")
    assert failed.value.jsondata["error"]["code"] == 1
    full = console.call_fullresult("test it")
    assert full["error"]["message"] == "failed"


def test_the_names_of_old(log_in: Any) -> None:
    assert whoami(log_in("BSock")) == "root"
    assert log_in("BSockJson").call("whoami") == {"whoami": "root"}


def test_a_director_that_hangs_up(log_in: Any, errors: Any) -> None:
    console = log_in()
    with pytest.raises(errors.ConnectionLostError):
        console.call("quit")


def test_a_file_daemon(site: Any, bsock: Any) -> None:
    port, password = site.file_daemon()
    daemon = bsock.FileDaemon(address=site.address, port=port, name="bareos-dir", password=password)
    assert daemon.call(".status current") == b"2000 OK .status\n"
    daemon.close()


def test_options_become_parameters(site: Any, bsock: Any) -> None:
    parser = argparse.ArgumentParser()
    bsock.DirectorConsole.argparser_add_default_command_line_arguments(parser)
    line = ["-p", "x", "--name", "me", "--address", "host", "--timeout", "3", "--tls-psk-require"]
    found = bsock.DirectorConsole.argparser_get_bareos_parameter(parser.parse_args(line))
    assert found == {
        "name": "me",
        "password": "x",
        "port": 9101,
        "address": "host",
        "timeout": 3,
        "protocolversion": 2,
        "tls_psk_require": True,
    }


def test_every_public_name_is_there() -> None:
    names = {name for name in vars(bareos.bsock) if name[0].isupper()}
    names |= {name for name in vars(bareos.exceptions) if name[0].isupper()}
    assert names <= set(dir(barque.console.bsock))
    for kind in ("LowLevel", "DirectorConsole", "DirectorConsoleJson", "FileDaemon"):
        theirs = getattr(bareos.bsock, kind, bareos.bsock.DirectorConsole.__base__)
        ours = getattr(barque.console.bsock, kind)
        public = {name for name in dir(theirs) if not name.startswith("_")}
        assert public <= set(dir(ours))


PUBLISHED = Path(sys.executable).parent
OURS = ("-m", "barque.console.bsock")


@pytest.mark.parametrize("runner", [(), OURS])
@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("bconsole.py", ">>root\n"),
        ("bconsole-json.py", ">>{'whoami': 'root'}\n>>{'clients': [{'clientid': '1',\n"),
    ],
)
def test_published_programs(
    site: Any, runner: tuple[str, ...], program: str, expected: str
) -> None:
    command = [sys.executable, *runner, str(PUBLISHED / program)]
    options = ["-p", site.password, "--port", str(site.port), "--address", site.address]
    done = subprocess.run(
        [*command, *options],
        input="whoami\nlist clients\nquit\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.startswith(expected), done.stderr
    assert "bareos-fd" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize("runner", [(), OURS])
def test_published_program_with_a_wrong_password(site: Any, runner: tuple[str, ...]) -> None:
    command = [sys.executable, *runner, str(PUBLISHED / "bconsole.py")]
    options = ["-p", "wrong", "--port", str(site.port), "--address", site.address]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout
