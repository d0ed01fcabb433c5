"""How old something must be before it is pruned, and what stays however old it is."""

from typing import TYPE_CHECKING

from barque.director.parsing import parse_boolean
from barque.director.report import elapsed
from barque.domain.duration import parse_duration
from barque.errors import ConfigError, PromptDeclinedError

if TYPE_CHECKING:
    from barque.catalog.retention import IsConfigured
    from barque.config.load import DirectorConfig
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession


def confirmed_retention(
    session: "ConsoleSession", line: "CommandLine", period: int, what: str
) -> int:
    """Return the retention in seconds that the console agrees to: *period*, or another one.

    Raises PromptDeclinedError when it does not.
    """
    while True:
        session.out.info(f"The current {what} retention period is: {elapsed(period)}\n")
        if line.yes:
            return period
        answer = session.ask("Continue? (yes/mod/no): ")
        if answer.lower() == "mod":
            typed = session.ask("Enter new retention period: ")
            try:
                period = parse_duration(typed)
            except ConfigError:
                session.out.error("Invalid period.\n")
            continue
        agreed = parse_boolean(answer)
        if agreed is not None:
            if agreed:
                return period
            raise PromptDeclinedError


def is_configured(config: "DirectorConfig") -> "IsConfigured":
    """Return what tells whether job, FileSet and client are still in *config*."""

    def check(job: str, fileset: str, client: str) -> bool:
        return job in config.jobs and fileset in config.filesets and client in config.clients

    return check
