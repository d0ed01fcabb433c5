import pytest

from barque.config import director, storagedaemon
from barque.config.addresses import ListenAddress, default_addresses
from barque.config.lexer import Source
from barque.config.parser import Parsed, parse


def read(lines: str) -> Parsed:
    text = f"Director {{ Name = d\n{lines}\n}}"
    return parse([Source("test.conf", text)], lambda _include: [], director.RESOURCES)


def owner(lines: str) -> director.Director:
    parsed = read(lines)
    assert parsed.errors == []
    (resource,) = parsed.resources
    assert isinstance(resource, director.Director)
    return resource


def test_without_a_word_it_is_every_address() -> None:
    resource = owner("")
    assert resource.addresses == default_addresses(9101)
    assert {address.host for address in resource.addresses} == {"0.0.0.0", "::"}
    assert resource.port == 9101


@pytest.mark.parametrize("lines", ["Port = 1\nAddress = h", "DirAddress = h\nDirPort = 1"])
def test_address_and_port_make_one(lines: str) -> None:
    resource = owner(lines)
    assert resource.addresses == (ListenAddress("ipv4", "h", 1),)
    assert (resource.address, resource.port) == ("h", 1)


def test_a_port_alone_is_for_every_address() -> None:
    assert owner("Port = 5").addresses == default_addresses(5)


def test_an_address_with_colons_is_ipv6() -> None:
    assert owner('Address = "::1"').addresses == (ListenAddress("ipv6", "::1", 9101),)


def test_a_block_holds_several() -> None:
    resource = owner(
        """Addresses = {
          ip = { addr = 1.2.3.4; port = 1205; }
          ipv4 = { addr = 1.2.3.4; port = http }
          ipv6 = { addr = 2001:220:222::2 }
          ipv6 = { port = 7 }
        }"""
    )
    assert resource.addresses == (
        ListenAddress("ipv4", "1.2.3.4", 1205),
        ListenAddress("ipv4", "1.2.3.4", "http"),
        ListenAddress("ipv6", "2001:220:222::2", 9101),
        ListenAddress("ipv6", "::", 7),
    )


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("Addresses = { }", "Empty addr block is not allowed"),
        ("Addresses = x", "Expected a block begin {, got: x"),
        ("Addresses = { tcp = { } }", "Expected a string [ip|ipv4|ipv6], got: tcp"),
        ("Addresses = { ip { } }", "Expected a equal =, got: {"),
        ("Addresses = { ip = { host = x } }", "Expected a identifier [addr|port], got: host"),
        ("Addresses = { ip = { addr = a; addr = b } }", "Only one addr per address block"),
        ("Addresses = { ip = { addr = { } } }", "Expected a number or a string, got: {"),
        ("Port = 70000", "can't resolve service(70000)"),
        ("Port = {", "Expected a port number or string, got: {"),
        ("Address = {", "Expected an IP number or a hostname, got: {"),
        ("Source Address = {", "Expected an IP number or a hostname, got: {"),
        (
            "Port = 1\nAddresses = { ip = { port = 2 } }",
            "the old style addresses cannot be mixed with new style",
        ),
        (
            "Addresses = { ip = { port = 2 } }\nPort = 1",
            "the old style addresses cannot be mixed with new style",
        ),
    ],
)
def test_mistakes(lines: str, message: str) -> None:
    assert read(lines).errors[0].message == message


def test_ndmp_has_addresses_of_its_own() -> None:
    text = "Storage { Name = s; Ndmp Port = 3; Source Address = h }"
    parsed = parse([Source("x", text)], lambda _include: [], storagedaemon.RESOURCES)
    (storage,) = parsed.resources
    assert isinstance(storage, storagedaemon.Storage)
    assert storage.ndmp_addresses == default_addresses(3)
    assert storage.addresses == default_addresses(9103)
    assert storage.source_address == "h"
