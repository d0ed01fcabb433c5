"""Which catalog a session uses, and opening it at the first command that needs it.

Source: console protocol, section 3.8.
"""

from typing import TYPE_CHECKING

from barque.director import resources
from barque.errors import CatalogError, CommandError

if TYPE_CHECKING:
    from barque.catalog import Catalog
    from barque.config.director import Catalog as CatalogResource
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession


def open_catalog(
    session: "ConsoleSession", line: "CommandLine", *, private: bool = False
) -> "Catalog":
    """Return the session's catalog, the one that *line* names, or the one that the console chooses.

    *private* is for the browsing commands, which announce a connection of their own.
    Raises CommandError, PromptDeclinedError.
    """
    named = _named(session, line)
    if named is not None and named is not session.catalog_resource:
        close_catalog(session)
        session.catalog_resource = named
    if session.catalog is not None and private in session.announced:
        return session.catalog
    if session.catalog_resource is None:
        session.catalog_resource = _chosen(session)
    resource = session.catalog_resource
    try:
        session.catalog = session.director.catalog(resource)
    except CatalogError as error:
        raise CommandError(f'Could not open catalog database "{resource.db_name}".') from error
    session.announced.add(private)
    if not session.api and not session.in_script:
        session.out.plain(f'Using Catalog "{resource.name}"\n')
    return session.catalog


def close_catalog(session: "ConsoleSession") -> None:
    """Forget the connection, so that the next use announces it."""
    session.catalog = None
    session.announced.clear()


def _named(session: "ConsoleSession", line: "CommandLine") -> "CatalogResource | None":
    """Return the Catalog that the arguments of *line* lead to."""
    if (name := line.value("catalog")) is not None and (
        catalog := resources.find(session, resources.CATALOG, name)
    ):
        return catalog
    if (name := line.value("client")) is not None and (
        client := resources.find(session, resources.CLIENT, name)
    ):
        return _authorized(session, client.catalog)
    if (name := line.value("job")) is not None and (
        job := resources.find(session, resources.JOB, name)
    ):
        return _authorized(session, job.client.catalog) if job.client else None
    return None


def _authorized(
    session: "ConsoleSession", catalog: "CatalogResource | None"
) -> "CatalogResource | None":
    if catalog and not resources.may_use(session, resources.CATALOG, catalog.name):
        raise CommandError(f'No authorization for Catalog "{catalog.name}"')
    return catalog


def _chosen(session: "ConsoleSession") -> "CatalogResource":
    if session.gui:
        first = next(resources.every(session, resources.CATALOG), None)
        if first is None:
            raise CommandError("Could not find a Catalog resource")
        if not resources.may_use(session, resources.CATALOG, first.name):
            raise CommandError('You must specify a "use <catalog-name>" command before continuing.')
        return first
    return resources.choose(session, resources.CATALOG)
