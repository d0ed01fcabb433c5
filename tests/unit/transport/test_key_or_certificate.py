"""Who has a key and a certificate answers keys with the key, others with the certificate."""

import socket
import ssl
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from barque.errors import KeyUnusedError
from barque.transport.channel import Channel
from barque.transport.tls import TlsSettings, accept_tls, connect_tls, key_only
from barque.wire.psk import Identity, ResourceType

IDENTITY = Identity(ResourceType.CONSOLE, "me")
KEY = b"5ebe2294ecd0e0f08eab7690d2a6ee69"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> TlsSettings:
    """A certificate that signed itself."""
    folder: Path = tmp_path_factory.mktemp("certificate")
    certificate, key = folder / "own.pem", folder / "own.key"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command, *files], check=True, capture_output=True)
    return TlsSettings(certificate=str(certificate), key=str(key))


def accepted(settings: TlsSettings, connect: Any) -> Any:
    """Let *connect* use one end while the other accepts; returns the accepting channel."""
    ours, theirs = socket.socketpair()
    far = Channel(theirs, peer="client")
    thread = threading.Thread(
        target=accept_tls, args=(far, {IDENTITY: KEY}.get, settings), daemon=True
    )
    thread.start()
    connect(ours)
    thread.join(20)
    far.close()
    return far


@pytest.mark.parametrize("protocol", ["TLSv1.2", "TLSv1.3"])
def test_a_key_is_answered_with_the_key(settings: TlsSettings, protocol: str) -> None:
    near: list[Channel] = []

    def connect(sock: socket.socket) -> None:
        near.append(Channel(sock, peer="server"))
        connect_tls(near[0], IDENTITY, KEY, TlsSettings(protocol=protocol))

    far = accepted(settings, connect)
    assert far.identity == IDENTITY
    assert near[0].peer_certificate is None
    assert near[0].tls.endswith(protocol)
    near[0].close()


def test_others_see_the_certificate(settings: TlsSettings) -> None:
    context = ssl.create_default_context(cafile=settings.certificate)
    seen: list[Any] = []

    def connect(sock: socket.socket) -> None:
        seen.append(context.wrap_socket(sock, server_hostname="localhost"))

    assert accepted(settings, connect).identity is None
    with seen[0] as secure:
        assert secure.getpeercert()["subject"] == ((("commonName", "localhost"),),)


def certificate_first(settings: TlsSettings) -> ssl.SSLContext:
    """Return a server's context that has both, and leaves the choice to OpenSSL, as Bareos does."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(settings.certificate, settings.key)
    context.set_ciphers("ALL:!ADH:!LOW:!EXP:!MD5:@STRENGTH")
    context.set_psk_server_callback(lambda _identity: KEY)
    return context


@pytest.mark.parametrize("first", [True, False])
def test_a_server_that_prefers_its_certificate_is_made_to_use_the_key(
    settings: TlsSettings, first: bool
) -> None:
    ours, theirs = socket.socketpair()

    def serve() -> None:
        with theirs, suppress(OSError):
            certificate_first(settings).wrap_socket(theirs, server_side=True).close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    near = Channel(ours, peer="server")
    if first:
        with pytest.raises(KeyUnusedError, match="instead of the pre-shared key"):
            connect_tls(near, IDENTITY, KEY, TlsSettings())
    else:
        connect_tls(near, IDENTITY, KEY, key_only(TlsSettings()))
        assert near.tls.endswith("TLSv1.2")
        assert near.peer_certificate is None
    near.close()
    thread.join(20)
