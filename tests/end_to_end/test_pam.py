"""People log in with name and password: a Director with the real PAM, on a service of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bareos.bsock
import bareos.exceptions
import pytest

from barque.config.load import load_console
from barque.console.account import account
from barque.console.choice import choices_of
from barque.console.client import Console
from barque.console.pam import PamCredentials, PamDialogue
from barque.errors import BarqueError
from barque.local.place import Place
from barque.testing.daemons import new_place, running

pytestmark = pytest.mark.slow

LIBRARIES = Path("/usr/lib")
PACKAGE = "libpam-wrapper"

RESOURCES = """
Console { Name = people; Password = shared; Use Pam Authentication = yes; }
Console { Name = people-clear; Password = shared; Use Pam Authentication = yes; Tls Enable = no; }
User { Name = ada; Profile = operator }
User { Name = grace; Command ACL = status, whoami; Catalog ACL = *all* }
"""
PASSWORDS = """ada:countess:bareos
grace:admiral:bareos
nobody:known:bareos
"""


def library(name: str) -> Path:
    found = next(LIBRARIES.rglob(name), None)
    assert found is not None, f"install the Debian package {PACKAGE}"
    return found


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A Director whose people are in a file."""
    passwords = tmp_path / "passwords"
    passwords.write_text(PASSWORDS)
    services = tmp_path / "pam.d"
    services.mkdir()
    module = f"{library('pam_matrix.so')} passdb={passwords}"
    (services / "bareos").write_text(f"auth required {module}\naccount required {module}\n")
    libraries = tmp_path / "libraries"
    libraries.mkdir()
    (libraries / "libpam.so.0").symlink_to(library("libpam_wrapper.so"))
    monkeypatch.setenv("LD_LIBRARY_PATH", str(libraries))
    monkeypatch.setenv("PAM_WRAPPER", "1")
    monkeypatch.setenv("PAM_WRAPPER_SERVICE_DIR", str(services))
    place = new_place(tmp_path / "barque")
    (place.director_resources / "console" / "people.conf").write_text(RESOURCES)
    with running(place):
        yield place


def console(place: Place, person: Any) -> Console:
    """Log in as a person, on the console that all share."""
    root = choices_of(load_console(place.console))[0].account
    shared = account(root.director, root.address, MD5_OF_SHARED, console="people")
    return Console.connect(shared, pam=lambda _tls: person)


MD5_OF_SHARED = b"9e81e7b963c71363e2fb3eefcfecfc0e"


@pytest.mark.parametrize("way", ["at once", "asked"])
def test_a_person_has_the_rights_of_their_user_resource(place: Place, way: str) -> None:
    asked: list[tuple[str, bool]] = []

    def ask(text: str, shown: bool) -> str:
        asked.append((text, shown))
        return "grace" if shown else "admiral"

    person = PamCredentials("grace", "admiral") if way == "at once" else PamDialogue(ask)
    with console(place, person) as session:
        assert session.call("whoami").split()[0] == "grace"
        assert "Version: " in session.call("status director")
        assert "is an invalid command" in session.call("run job=RestoreFiles yes")
    if way == "asked":
        assert [shown for _, shown in asked] == [True, False]


WRONG = {
    "a wrong password": PamCredentials("grace", "guess"),
    "a wrong name": PamCredentials("mallory", "admiral"),
    "a person without a resource": PamCredentials("nobody", "known"),
    "an empty password": PamCredentials("ada", ""),
    "odd characters": PamCredentials("grace\x00ada", "admiral"),
}


@pytest.mark.parametrize("what", WRONG)
def test_who_may_not_log_in(place: Place, what: str) -> None:
    with pytest.raises(BarqueError) as raised:
        console(place, WRONG[what])
    assert "admiral" not in str(raised.value)
    log = "".join(path.read_text() for path in place.logs.glob("*"))
    assert "guess" not in log
    with console(place, PamCredentials("ada", "countess")) as session:
        assert session.call("whoami").split()[0] == "ada"


def by_python_bareos(place: Place, password: str) -> bareos.bsock.DirectorConsole:
    root = choices_of(load_console(place.console))[0].account
    return bareos.bsock.DirectorConsole(
        address=root.address.host,
        port=root.address.port,
        name="people-clear",
        password=bareos.bsock.Password("shared"),
        tls_psk_enable=False,
        pam_username="grace",
        pam_password=password,
    )


def test_python_bareos_takes_the_end_of_the_connection_for_a_refusal(place: Place) -> None:
    with pytest.raises(bareos.exceptions.PamAuthenticationError):
        by_python_bareos(place, "guess")
    session = by_python_bareos(place, "admiral")
    assert session.call("whoami").split()[0] == b"grace"
    session.close()


def test_nobody_without_a_person(place: Place) -> None:
    root = choices_of(load_console(place.console))[0].account
    shared = account(root.director, root.address, MD5_OF_SHARED, console="people")
    with pytest.raises(BarqueError, match="user name and a password"):
        Console.connect(shared)
