"""Where a daemon listens: Address and Port, or a block of Addresses.

Source: configuration, section 2.4.
"""

from dataclasses import dataclass
from typing import Any, override

from barque.config.directive import Datatype, Directive, Resource
from barque.config.lexer import TEXTS, WORDS, Kind
from barque.config.scanner import Scanner
from barque.config.shown import NOTHING, Form, Shown
from barque.errors import ConfigError

FAMILIES = {"ip": "ipv4", "ipv4": "ipv4", "ipv6": "ipv6"}
"""Words of a block, and the family of addresses that each means."""

_ANY = {"ipv4": "0.0.0.0", "ipv6": "::"}  # noqa: S104  # what listening everywhere is called


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """One address to listen on."""

    family: str
    """``ipv4`` or ``ipv6``."""
    host: str
    """Number or name; ``0.0.0.0`` and ``::`` mean every one."""
    port: int | str
    """Number, or name of a service that the transport looks up."""


def default_addresses(port: int) -> tuple[ListenAddress, ...]:
    """Return every address of both families."""
    return tuple(ListenAddress(family, host, port) for family, host in _ANY.items())


class Addresses(Datatype[tuple[ListenAddress, ...]]):
    """The block; the old directives Address and Port write into the same list."""

    name = schema = "ADDRESSES"

    @override
    def apply(self, scan: Scanner, resource: Resource, row: Directive) -> None:
        """Read the block and append its addresses."""
        if resource.is_set(row.attribute) and resource.__dict__.get(_old_style(row)):
            raise ConfigError("the old style addresses cannot be mixed with new style")
        new = tuple(_read_block(scan, int(row.default or "0")))
        old = resource.__dict__.get(row.attribute, ())
        known = {(address.family, address.host) for address in old}
        resource.store(
            row, (*old, *(item for item in new if (item.family, item.host) not in known))
        )
        self._set_first(resource, row)
        scan.finish()

    @staticmethod
    def _set_first(resource: Resource, row: Directive) -> None:
        """Give the old attributes what the first address says."""
        addresses: tuple[ListenAddress, ...] = resource.__dict__[row.attribute]
        prefix = row.attribute.removesuffix("addresses")
        first = addresses[0]
        resource.__dict__[f"{prefix}port"] = first.port
        if len(addresses) == 1 and first.host not in _ANY.values():
            resource.__dict__[f"{prefix}address"] = first.host
        else:
            resource.__dict__.pop(f"{prefix}address", None)

    @override
    def initial(self, default: str | None) -> tuple[ListenAddress, ...]:
        """Return every address of both families at the default port."""
        return default_addresses(int(default or "0"))

    @override
    def show(self, value: Any) -> Shown:
        """As a block."""
        return Shown(Form.BLOCKS)


class OldAddress(Datatype[str]):
    """The single address to listen on."""

    name = "ADDRESSES_ADDRESS"
    schema = "ADDRESS"

    @override
    def apply(self, scan: Scanner, resource: Resource, row: Directive) -> None:
        """Read it; it replaces an earlier one and keeps its port."""
        token = scan.next_in_block()
        if token.kind not in WORDS | TEXTS:
            raise ConfigError(f"Expected an IP number or a hostname, got: {token.text}")
        resource.store(row, token.text)
        _merge(resource, row)
        scan.finish()

    @override
    def initial(self, default: str | None) -> str:
        """Return no address."""
        return ""

    @override
    def show(self, value: Any) -> Shown:
        """Shown in the block."""
        return NOTHING


class OldPort(Datatype[int]):
    """The port to listen on."""

    name = "ADDRESSES_PORT"
    schema = "PORT"

    @override
    def apply(self, scan: Scanner, resource: Resource, row: Directive) -> None:
        """Read a number or the name of a service."""
        token = scan.next_in_block()
        if token.kind not in WORDS | TEXTS:
            raise ConfigError(f"Expected a port number or string, got: {token.text}")
        resource.store(row, parse_port(token.text))
        _merge(resource, row)
        scan.finish()

    @override
    def initial(self, default: str | None) -> int:
        """Return the default port."""
        return int(default or "0")

    @override
    def show(self, value: Any) -> Shown:
        """Shown in the block."""
        return NOTHING


class SourceAddress(OldAddress):
    """The local address that connections are made from."""

    @override
    def apply(self, scan: Scanner, resource: Resource, row: Directive) -> None:
        """Read it."""
        token = scan.next_in_block()
        if token.kind not in WORDS | TEXTS:
            raise ConfigError(f"Expected an IP number or a hostname, got: {token.text}")
        resource.store(row, token.text)
        scan.finish()

    @override
    def show(self, value: Any) -> Shown:
        """Quoted, when it is set."""
        return Shown(Form.QUOTED, value) if value else NOTHING


def parse_port(text: str) -> int | str:
    """Return the number of a port, or the name of a service."""
    if not (text.isascii() and text.isdigit()):
        return text
    port = int(text)
    if not 0 < port <= 65535:
        raise ConfigError(f"can't resolve service({text})", hint="a port is 1 to 65535")
    return port


def _old_style(row: Directive) -> str:
    """Return the mark of a resource whose addresses come from Address and Port."""
    return f"_{_block(row)}_from_old_style"


def _block(row: Directive) -> str:
    """Return the attribute that holds the addresses: ``ndmp_port`` is in ``ndmp_addresses``."""
    return (
        row.attribute.removesuffix("addresses").removesuffix("address").removesuffix("port")
        + "addresses"
    )


def _merge(resource: Resource, row: Directive) -> None:
    """Write the old directives that are set so far into the list of addresses."""
    block = _block(row)
    mark = _old_style(row)
    if resource.is_set(block) and not resource.__dict__.get(mark):
        raise ConfigError("the old style addresses cannot be mixed with new style")
    prefix = block.removesuffix("addresses")
    host = resource.value_of(f"{prefix}address")
    port = getattr(resource, f"{prefix}port")
    if host:
        family = "ipv6" if ":" in host else "ipv4"
        addresses: tuple[ListenAddress, ...] = (ListenAddress(family, host, port),)
    else:
        addresses = default_addresses(port)
    resource.__dict__[mark] = True
    resource.store(getattr(type(resource), block), addresses)


def _read_block(scan: Scanner, port: int) -> list[ListenAddress]:
    scan.expect(Kind.BEGIN, "Expected a block begin {")
    addresses = []
    while (token := scan.next_in_block()).kind is not Kind.END:
        family = FAMILIES.get(token.text.lower()) if token.kind in TEXTS else None
        if family is None:
            raise ConfigError(f"Expected a string [ip|ipv4|ipv6], got: {token.text}")
        scan.expect(Kind.EQUALS, "Expected a equal =")
        scan.expect(Kind.BEGIN, "Expected a block begin {")
        addresses.append(_read_address(scan, family, port))
    if not addresses:
        raise ConfigError("Empty addr block is not allowed")
    return addresses


def _read_address(scan: Scanner, family: str, port: int) -> ListenAddress:
    found: dict[str, str] = {}
    while (token := scan.next_in_block()).kind is not Kind.END:
        word = token.text.lower()
        if token.kind is not Kind.IDENTIFIER or word not in {"addr", "port"}:
            raise ConfigError(f"Expected a identifier [addr|port], got: {token.text}")
        if word in found:
            raise ConfigError(f"Only one {word} per address block")
        scan.expect(Kind.EQUALS, "Expected a equal =")
        value = scan.next_in_block()
        if value.kind not in WORDS | TEXTS:
            raise ConfigError(f"Expected a number or a string, got: {value.text}")
        found[word] = value.text
    host = found.get("addr") or _ANY[family]
    return ListenAddress(family, host, parse_port(found["port"]) if "port" in found else port)


ADDRESSES = Addresses()
ADDRESSES_ADDRESS = OldAddress()
ADDRESSES_PORT = OldPort()
SOURCE_ADDRESS = SourceAddress()
