"""``prune``: forgetting what is older than its retention.

Source: console commands, section 6.8; job semantics, section 13.4.
"""

from typing import TYPE_CHECKING, Final

from barque.director import resources
from barque.director.access import Acl
from barque.director.catalogs import open_catalog
from barque.director.commands.outcome import not_running, require_all
from barque.director.commands.prune_volumes import prune_volumes
from barque.director.commands.purge import purge_jobs
from barque.director.commands.retention import confirmed_retention, is_configured
from barque.director.report import commas, elapsed
from barque.director.selection import ask_yes_no, choose_keyword
from barque.errors import CommandError, PromptDeclinedError

if TYPE_CHECKING:
    from barque.catalog import Catalog
    from barque.config.director import Client, Pool
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession

_ITEMS: Final = ("Files", "Jobs", "Volume", "Stats", "Directory")
_WORDS: Final = tuple(item.lower() for item in _ITEMS)


def prune(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Prune what the line names, or what is chosen."""
    require_all(session, Acl.JOB, Acl.STORAGE)
    catalog = open_catalog(session, line, private=True)
    item = line.first(*_WORDS)
    if item is None and any(w.keyword.lower().startswith("volume") for w in line.arguments):
        item = "volume"
    if item is None:
        try:
            item = _WORDS[choose_keyword(session, "Choose item to prune", _ITEMS)]
        except PromptDeclinedError:
            return True
    match item:
        case "files":
            return _files(session, line, catalog)
        case "jobs":
            return _jobs(session, line, catalog)
        case "volume":
            return prune_volumes(session, line, catalog)
        case "stats":
            return _statistics(session, line, catalog)
        case _:
            return _directory(session, line, catalog)


def _client_and_pool(
    session: "ConsoleSession", line: "CommandLine"
) -> "tuple[Client, Pool | None]":
    client = resources.named_client(session, line)
    if line.value("pool") is None and session.rights.unrestricted(Acl.POOL):
        return client, None
    return client, resources.named_pool(session, line)


def _files(session: "ConsoleSession", line: "CommandLine", catalog: "Catalog") -> bool:
    client, pool = _client_and_pool(session, line)
    period = int(pool.file_retention if pool and pool.file_retention else client.file_retention)
    period = confirmed_retention(session, line, period, "File")
    session.out.plain("Begin pruning Files.\n")
    found = catalog.retention.prunable_files(
        int(session.director.now()) - period, client=client.name, pool=pool.name if pool else ""
    )
    if not found:
        session.out.warning("No Files found to prune.\n")
        return True
    pruned = not_running(session, list(found))
    catalog.retention.purge_files(pruned)
    session.out.info(
        f"Pruned Files from {commas(len(pruned))} Jobs for client {client.name} from catalog.\n"
    )
    return True


def _jobs(session: "ConsoleSession", line: "CommandLine", catalog: "Catalog") -> bool:
    client, pool = _client_and_pool(session, line)
    period = int(pool.job_retention if pool and pool.job_retention else client.job_retention)
    period = confirmed_retention(session, line, period, "Job")
    now = int(session.director.now())
    session.out.plain(f"Begin pruning Jobs older than {elapsed(period)}.\n")
    found = catalog.retention.prunable_jobs(
        now - period,
        now,
        is_configured(session.director.config),
        client=client.name,
        pool=pool.name if pool else "",
    )
    count = purge_jobs(session, catalog, not_running(session, list(found)))
    if count:
        jobs = "Job" if count == 1 else "Jobs"
        session.out.info(f"Pruned {count} {jobs} for client {client.name} from catalog.\n")
    return True


def _statistics(session: "ConsoleSession", line: "CommandLine", catalog: "Catalog") -> bool:
    require_all(session, Acl.CLIENT, Acl.POOL)
    period = int(session.director.config.director.statistics_retention)
    if not period:
        return False
    period = confirmed_retention(session, line, period, "Statistics")
    catalog.retention.prune_statistics(int(session.director.now()) - period)
    session.out.info("Pruned Jobs from JobHisto in catalog.\n")
    session.out.info("Pruned Statistics from DeviceStats in catalog.\n")
    session.out.info("Pruned Statistics from JobStats in catalog.\n")
    return True


def _directory(session: "ConsoleSession", line: "CommandLine", catalog: "Catalog") -> bool:
    require_all(session, Acl.POOL)
    client = _client_of_directory(session, line)
    recursive = line.has("recursive")
    path = line.value("directory")
    if path is None:
        words = "the full path prefix" if recursive else "the full path"
        path = session.ask(f"Please enter {words} to remove: ")
    if not path:
        raise CommandError("No directory given: use directory=<path>.")
    client_id = 0
    if client is not None:
        record = catalog.clients.find(client.name)
        if record is None:
            return True
        client_id = record.client_id
    catalog.retention.prune_directory(
        path.encode("utf-8", "surrogateescape"),
        recursive=recursive,
        client_id=client_id,
        with_paths=client is None and _sure(session, line, "Cleanup orphaned path records"),
    )
    return True


def _client_of_directory(session: "ConsoleSession", line: "CommandLine") -> "Client | None":
    """Return the client whose files are meant; None for all of them."""
    if line.value("client") is not None or not session.rights.unrestricted(Acl.CLIENT):
        return resources.named_client(session, line)
    question = "No client restriction given really remove directory for all clients"
    return None if _sure(session, line, question) else resources.named_client(session, line)


def _sure(session: "ConsoleSession", line: "CommandLine", question: str) -> bool:
    return line.yes or ask_yes_no(session, f"{question} (yes/no): ")
