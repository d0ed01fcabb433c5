"""``status subscriptions``: how much of what a subscription covers is used.

Every client's files count as one unit; every FileSet with a plugin is one more.
Source: console commands, section 5.2.
"""

import hashlib
import math
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from barque.catalog.console_lookups import NewestFull, newest_fulls
from barque.catalog.console_queries import Listing
from barque.catalog.store import ResultColumn
from barque.director.access import Acl
from barque.director.catalogs import open_catalog
from barque.director.listing import print_table, print_vertical
from barque.director.parsing import CommandLine
from barque.director.times import sql_time
from barque.errors import CommandError

if TYPE_CHECKING:
    from barque.director.session import ConsoleSession

_FILES: Final = "none (file data)"
_OTHER_PYTHON: Final = "other python plugin"
_SALT: Final = "SECRETSALT"
_GIGABYTE: Final = 10**9

_PLUGINS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"plugin = python3?:(?:.*:)?module_name=bareos-fd-([^:\s]+)",
        r"plugin = python3?:(?:.*:)?module_name=bareos-([^:\s]+)",
        r"plugin = python3?:(?:.*:)?module_name=([^:\s]+)",
        r"plugin = (python3?)(?::|$)",
        r"plugin = grpc:([^:\s]+)",
        r"plugin = ([^:\s]+)",
    )
)
"""Where a FileSet names its plugin, the most telling place first."""
_BRIDGE: Final = re.compile(r"plugin = grpc:bareos-grpc-fd-plugin-bridge:", re.IGNORECASE)


def plugin_of(fileset_text: str) -> str:
    """Return the plugin that a FileSet's text names; empty when it names none."""
    text = re.sub(r"\\.", "§", fileset_text).replace('"', "")
    text = _BRIDGE.sub("plugin = ", text)
    for pattern in _PLUGINS:
        if found := pattern.search(text):
            name = found[1].lower()
            return _OTHER_PYTHON if name in {"python", "python3"} else name
    return ""


class _Units:
    """Units and bytes by some key."""

    def __init__(self, fulls: Iterable[NewestFull]) -> None:
        self._fulls = [(full, plugin_of(full.fileset_text)) for full in fulls]

    def by(
        self, key: Callable[[NewestFull, str], tuple[str, ...]]
    ) -> dict[tuple[str, ...], tuple[int, float]]:
        """Return units and GB of each key, sorted."""
        found: dict[tuple[str, ...], tuple[int, float]] = {}
        counted = set()
        for full, plugin in self._fulls:
            name = key(full, plugin or _FILES)
            units, size = found.get(name, (0, 0.0))
            is_new = bool(plugin) or full.client_id not in counted
            if not plugin:
                counted.add(full.client_id)
            found[name] = (units + is_new, size + full.bytes / _GIGABYTE)
        return dict(sorted(found.items()))

    @property
    def total(self) -> tuple[int, float]:
        """Units and GB of everything."""
        return next(iter(self.by(lambda _full, _plugin: ("",)).values()), (0, 0.0))


def show(session: "ConsoleSession", line: CommandLine) -> None:
    """Show the reports that the line asks for, and a sum that proves them."""
    out = session.out
    if not all(session.rights.unrestricted(acl) for acl in (Acl.CLIENT, Acl.JOB, Acl.FILESET)):
        word = line.arguments[0].keyword
        raise CommandError(
            f"{line.name} {word}: needs access to all client, job and fileset resources."
        )
    catalog = open_catalog(session, line)
    if line.has("unknown"):
        out.error("Parameter 'unknown' ignored. There is no unknown data anymore.\n")
    elif line.has("detail"):
        out.error("Parameter 'detail' ignored. This is now the default.\n")
    fulls = newest_fulls(catalog.store)
    if client := line.value("client"):
        _client(session, line, client, fulls)
        return
    units, now = _Units(fulls), sql_time(session.director.now())
    names = _Names(anonymous=line.has("anonymize"))
    every = line.has("all")
    if every or not (line.has("clients") or line.has("plugins")):
        _head(session, now)
        out.plain("\nDetailed backup unit report:\n")
        rows = units.by(lambda full, plugin: (names.of(full), plugin))
        _report(session, "unit-detail", ("client", "plugin"), rows, units.total)
    if every or line.has("clients"):
        out.plain("\nBackup unit report aggregated by client:\n")
        by_client = units.by(lambda full, _plugin: (names.of(full),))
        _report(session, "unit-clients", ("client",), by_client, units.total)
        out.plain(
            "For a detailed per-client report run 'status subscriptions client=<client-name>'\n"
        )
    if every or line.has("plugins"):
        out.plain("\nBackup unit report aggregated by plugin:\n")
        by_plugin = units.by(lambda _full, plugin: (plugin,))
        _report(session, "unit-plugins", ("plugin",), by_plugin, units.total)
    _summary(session, units.total, now)


class _Names:
    """Names of clients, or numbers instead."""

    def __init__(self, *, anonymous: bool) -> None:
        self._anonymous = anonymous

    def of(self, full: NewestFull) -> str:
        """Return what is shown for the client of *full*."""
        return f"Client {full.client_id}" if self._anonymous else full.client


def _head(session: "ConsoleSession", now: str) -> None:
    identity, out = session.director.identity, session.out
    out.pair("version", identity.version, f"Bareos version: {identity.version}")
    out.pair("os", identity.system, f" ({identity.system})\n")
    out.pair("binary-info", identity.binary_info, f"Binary info: {identity.binary_info}\n")
    out.pair("report-time", now, f"Report time: {now}\n")


def _report(
    session: "ConsoleSession",
    name: str,
    columns: tuple[str, ...],
    rows: dict[tuple[str, ...], tuple[int, float]],
    total: tuple[int, float],
) -> None:
    blank = ("TOTAL", *("",) * (len(columns) - 1))
    cells = [(*key, str(units), f"{size:.2f}") for key, (units, size) in rows.items()]
    cells.append((*blank, str(total[0]), f"{total[1]:.2f}"))
    headings = [ResultColumn(column, is_number=False) for column in columns]
    numbers = [ResultColumn(column, is_number=True) for column in ("count", "size_gb")]
    with session.out.array(name):
        print_table(
            session.out,
            Listing((*headings, *numbers), list(cells)),
            plain_numbers=session.gui,
        )


def _client(
    session: "ConsoleSession", line: CommandLine, client: str, fulls: Iterable[NewestFull]
) -> None:
    out = session.out
    if any(line.has(word) for word in ("clients", "plugins", "anonymize", "all")):
        out.error("Parameter 'client=' provided. Ignoring other parameters.\n")
    out.plain(f"\nDetailed backup unit report for client '{client}':\n")
    rows = [
        (full.fileset, plugin_of(full.fileset_text) or _FILES, f"{full.bytes / _GIGABYTE:.2f}")
        for full in fulls
        if full.client == client
    ]
    columns = (
        ResultColumn("fileset", is_number=False),
        ResultColumn("plugin", is_number=False),
        ResultColumn("size_gb", is_number=True),
    )
    with out.array("unit-detail"):
        print_table(out, Listing(columns, list(rows)), plain_numbers=session.gui)
    out.plain("All plugin jobs and the first non-plugin job are counted.\n")


def _summary(session: "ConsoleSession", total: tuple[int, float], now: str) -> None:
    out, configured = session.out, session.director.config.director.subscriptions
    by_count, by_size = total[0], math.ceil(total[1] / 1000)
    if by_size >= by_count:
        mode = f"volume-based ({by_size} volume-based units >= {by_count} count-based units)"
    else:
        mode = f"count-based ({by_size} volume-based < {by_count} count-based)"
    used = max(by_count, by_size)
    values = {
        "accounting_mode": mode,
        "used": str(used),
        "configured": str(configured),
        "remaining": str(configured - used),
    }
    out.plain("\nBackup unit summary:\n")
    columns = tuple(ResultColumn(name, is_number=name != "accounting_mode") for name in values)
    with out.object("unit-summary"):
        print_vertical(out, Listing(columns, [tuple(values.values())]), plain_numbers=session.gui)
    text = "".join(f"{name:>16}: {value}\n" for name, value in values.items())
    checksum = _checksum(f"{_SALT}\n{now}\n{text}\n")
    out.pair("checksum", checksum, f"Checksum: {checksum}\n")


def _checksum(text: str) -> str:
    """Return the SHA-256 of *text*; only its first byte has a leading zero."""
    first, *others = hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
    return f"{{SHA256}}{first:02x}" + "".join(f"{byte:x}" for byte in others)
