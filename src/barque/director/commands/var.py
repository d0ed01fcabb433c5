"""``var``: trying out a text with variables.

Source: console commands, section 3.
"""

from typing import TYPE_CHECKING

from barque.director.catalogs import open_catalog
from barque.director.commands.outcome import carried_out
from barque.director.resources import storage_and_source
from barque.director.times import local_time
from barque.director.variables import Lookup, expand_variables, time_variable
from barque.director.words import level_words, type_words

if TYPE_CHECKING:
    from barque.catalog import Catalog
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession


def var(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Show what becomes of the text; variables about a job are those of the first one."""
    catalog = open_catalog(session, line)
    _, _, text = line.text.partition(" ")
    lookup = _variables(session, catalog)
    return carried_out(
        session, lambda: session.out.plain(f"{expand_variables(text.strip(), lookup)}\n")
    )


def _variables(session: "ConsoleSession", catalog: "Catalog") -> Lookup:
    about_job = _job_variables(session)

    def lookup(name: str, _increment: bool) -> str | None:
        now = local_time(session.director.now())
        known = time_variable(name, now) or about_job.get(name.lower())
        if known is None and name in session.director.config.counters:
            # a trial run: the counter stays where it is
            counter = catalog.counters.find(name)
            first = session.director.config.counters[name].minimum
            known = str(counter.current_value if counter else first)
        return known

    return lookup


def _job_variables(session: "ConsoleSession") -> dict[str, str]:
    config = session.director.config
    found = {"dir": config.director.name, "jobid": "0", "numvols": "0"}
    job = next(iter(config.jobs.values()), None)
    if job is None:
        return found
    storage, _ = storage_and_source(job)
    found |= {
        "job": job.name,
        "jobname": job.name,
        "level": level_words(job.level or " "),
        "type": type_words(job.type or ""),
        "client": job.client.name if job.client else "",
        "pool": job.pool.name if job.pool else "",
        "storage": storage.name if storage else "",
        "mediatype": str(storage.media_type) if storage else "",
    }
    if session.catalog_resource is not None:
        found["catalog"] = session.catalog_resource.name
    return found
