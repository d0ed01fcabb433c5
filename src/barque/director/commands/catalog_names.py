"""Names and words that the catalog knows: ``.media``, ``.mediatypes``, ``.jobstatus``, ``.sql`` ...

Source: console commands, sections 2.3 and 3.1.
"""

from typing import TYPE_CHECKING

from barque.catalog import console_queries as queries
from barque.catalog.console_lookups import names
from barque.catalog.console_queries import Listing, text_of
from barque.director.catalogs import open_catalog
from barque.director.commands.command import Handler
from barque.director.commands.list_request import show
from barque.director.output import ApiMode
from barque.errors import CatalogError, CommandError

if TYPE_CHECKING:
    from barque.catalog import Catalog
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession


def _names(group: str, table: str, column: str) -> Handler:
    def handler(session: "ConsoleSession", line: "CommandLine") -> bool:
        catalog = open_catalog(session, line)
        with session.out.array(group):
            for name in names(catalog.store, table, column):
                with session.out.object():
                    session.out.pair("name", name, f"{name}\n")
        return True

    return handler


media = _names("media", "media", "volumename")
media_types = _names("mediatypes", "mediatype", "mediatype")
locations = _names("locations", "location", "location")


def job_statuses(session: "ConsoleSession", line: "CommandLine") -> bool:
    """List the statuses of jobs, or the one whose letter is attached to the command."""
    letter = line.words[0].value
    if letter is not None and len(letter) != 1:
        raise CommandError(f"Unknown JobStatus '{letter}'. JobStatus must be a single character.")
    catalog = open_catalog(session, line)
    with session.out.array("jobstatus"):
        show(session, queries.job_statuses(catalog.store, letter or ""), long=False)
    return True


def sql(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Run the statement in ``query=``."""
    catalog = open_catalog(session, line, private=True)
    text = line.value("query")
    if text is None:
        raise CommandError("query keyword not found.")
    try:
        listing = run_sql(catalog, text)
    except CommandError as error:
        raise CommandError(f"Query failed: {line.text}. ERR={error}") from error
    if session.out.mode is ApiMode.RECORDS:
        for row in listing.rows:
            if row and row[0] is not None:
                session.out.raw("".join(f"{value or ''}\t" for value in row))
        return True
    if listing.columns or session.batch:
        with session.out.array("query"):
            if listing.columns:
                show(session, listing, long=False)
    return True


def run_sql(catalog: "Catalog", text: str) -> Listing:
    """Return the rows of any statement. Raises CommandError when the catalog refuses it."""
    try:
        result = catalog.query(text)
        rows = [tuple(text_of(value) for value in row) for row in result.rows]
    except CatalogError as error:
        raise CommandError(f"Query failed: {error}") from error
    return Listing(result.columns, rows)
