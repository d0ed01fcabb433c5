"""One list that a console asked for, and how it is printed.

Source: console commands, section 4.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from barque.catalog.console_queries import Listing
from barque.director.commands import list_options
from barque.director.commands.list_options import ListFilters
from barque.director.listing import print_table, print_vertical
from barque.director.parsing import CommandLine
from barque.errors import CommandError

if TYPE_CHECKING:
    from barque.catalog import Catalog
    from barque.director.session import ConsoleSession

NO_JOB: Final = (
    "jobid not found in db, access to job or client denied by ACL, or client not found in db"
)
"""What is said about a job that is not there, or not for this console."""


@dataclass(frozen=True, slots=True)
class Request:
    """One list that a console asked for."""

    session: "ConsoleSession"
    line: CommandLine
    catalog: "Catalog"
    long: bool
    """Asked with ``llist``."""

    @property
    def filters(self) -> ListFilters:
        """Adds filters to the answer."""
        return ListFilters(self.session, self.line)

    def show(self, listing: Listing, *, table: bool = False) -> None:
        """Print rows as the command asked, or always as a *table*."""
        show(self.session, listing, long=self.long and not table)

    def array(self, name: str, listing: Listing, *, table: bool = False) -> bool:
        """Print rows as an array of that name."""
        with self.session.out.array(name):
            self.show(listing, table=table)
        return True

    @property
    def job_id(self) -> int:
        """The job that the line names; 0 without one. Raises CommandError when it is hidden."""
        if not list_options.names_job(self.line):
            return 0
        job = list_options.job_of(self.session, self.line, self.catalog)
        if job is None:
            raise CommandError(NO_JOB)
        return job.job_id


def show(session: "ConsoleSession", listing: Listing, *, long: bool) -> None:
    """Print rows as a table, or as a vertical list when *long*."""
    if long:
        print_vertical(session.out, listing, plain_numbers=session.gui)
    else:
        print_table(session.out, listing, plain_numbers=session.gui)
