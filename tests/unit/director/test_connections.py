from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.director import connections
from barque.director.connections import Reached, reach_client, reach_storage
from barque.errors import AuthenticationError, BarqueError, ConnectionLostError
from barque.testing.director_peers import Item, Site, open_site
from barque.wire.framing import Signal


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path) as opened:
        yield opened


class Told(list[str]):
    """What the job's log is told."""

    def __call__(self, text: str) -> None:
        self.append(text)


def storage(site: Site, tell: Told, patience: float = 0.0) -> Reached:
    return reach_storage(site.context, site.config.storages["File"], tell, patience=patience)


def client(site: Site, tell: Told, patience: float = 0.0) -> Reached:
    return reach_client(site.context, site.config.clients["bareos-fd"], tell, patience=patience)


def end(site: Site, reached: Reached) -> None:
    reached.channel.signal(Signal.TERMINATE)
    reached.channel.close()
    reached.release()
    site.settle()


def test_a_storage_daemon(site: Site) -> None:
    told = Told()
    end(site, storage(site, told))
    assert told == [
        "Connected Storage daemon at 127.0.0.1:9633, encryption: None",
        " Encryption: None",
    ]


def test_a_client_is_probed_the_first_time_only(site: Site) -> None:
    first, second, third = Told(), Told(), Told()
    reached = client(site, first)
    assert reached.protocol == 54
    end(site, reached)
    end(site, client(site, second))
    site.clients.forget()
    end(site, client(site, third))
    assert first == third
    assert first == [
        "Probing client protocol... (result will be saved until config reload)",
        "Connected Client: bareos-fd at 127.0.0.1:9632, encryption: None",
        "   Handshake: Cleartext ",
        " Encryption: None",
    ]
    assert second == [first[1], " Handshake: Cleartext ", " Encryption: None"]


def test_a_daemon_that_is_not_there(site: Site) -> None:
    site.unreachable |= {9632, 9633}
    with pytest.raises(ConnectionLostError, match=r"Storage daemon at .*:9633 cannot be"):
        storage(site, Told())
    with pytest.raises(ConnectionLostError, match=r'Client "bareos-fd" at .*:9632 cannot be'):
        client(site, Told())


def test_it_is_tried_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "RETRY", 0.01)
    site.unreachable.add(9633)
    dial = site.dial
    tries: list[object] = []

    def third_time(address: object, *, heartbeat: int = 0) -> object:
        tries.append(address)
        if len(tries) == 3:
            site.unreachable.clear()
        return dial(address, heartbeat=heartbeat)  # type: ignore[arg-type]

    site.__dict__["dial"] = third_time
    end(site, storage(site, Told(), patience=10))
    assert len(tries) == 3


@pytest.mark.parametrize(
    ("items", "told"),
    [
        ([b"3999 No go\n"], "refused the Director"),
        ([Signal.TERMINATE], "did not answer the Director's hello"),
    ],
)
def test_a_daemon_that_does_not_want_us(site: Site, items: list[Item], told: str) -> None:
    site.storage.on_hello = items
    with pytest.raises(BarqueError, match=told):
        storage(site, Told())
    site.settle()


def test_the_wrong_password(site: Site) -> None:
    site.client.password = "other"
    with pytest.raises(AuthenticationError):
        client(site, Told())
    site.settle()


def test_tls_that_is_wanted_but_not_required_falls_back(site: Site) -> None:
    """The scripted daemon knows clear text only."""
    resource = site.config.clients["bareos-fd"]
    resource.__dict__.update(tls_enable=True, tls_require=False)
    reached = client(site, Told())
    assert reached.channel.tls == ""
    end(site, reached)


def test_tls_that_is_required_does_not(site: Site) -> None:
    site.config.clients["bareos-fd"].__dict__.update(tls_enable=True, tls_require=True)
    with pytest.raises(AuthenticationError):
        client(site, Told())


def test_a_console_may_say_where_a_client_is(site: Site) -> None:
    site.clients.set_address("bareos-fd", "10.9.8.7")
    told = Told()
    end(site, client(site, told))
    assert told[1] == "Connected Client: bareos-fd at 10.9.8.7:9632, encryption: None"
