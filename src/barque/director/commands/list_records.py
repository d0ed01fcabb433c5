"""Lists of the other records: FileSets, clients, storages, pools.

Source: console commands, section 4; console JSON, section 4.
"""

from typing import Any

from barque.catalog import console_queries as queries
from barque.catalog.console_lookups import prunable
from barque.director import resources
from barque.director.commands import list_options
from barque.director.commands.list_request import NO_JOB, Request
from barque.director.parsing import leading_integer
from barque.errors import CommandError


def fileset(request: Request) -> bool:
    """List the FileSet of a job, or one version of a FileSet."""
    line = request.line
    page = list_options.page(request.session, line)
    fileset_id = leading_integer(line.value("filesetid") or "")
    job = (
        list_options.job_of(request.session, line, request.catalog)
        if list_options.names_job(line)
        else None
    )
    if job is not None:
        condition, value = "filesetid = ?", int(job.file_set_id)
    elif fileset_id > 0:
        condition, value = "filesetid = ?", fileset_id
    else:
        raise CommandError(f"{NO_JOB} or missing filesetid")
    return _print_filesets(request, condition, [value], page)


def filesets(request: Request) -> bool:
    """List every version of every FileSet."""
    return _print_filesets(request, "", [], list_options.page(request.session, request.line))


def _print_filesets(
    request: Request, condition: str, values: list[int], page: queries.Page
) -> bool:
    request.filters.rights(1, resources.FILESET)
    request.filters.current(1, resources.FILESET)
    listing = queries.filesets(request.catalog.store, condition, values, page)
    return request.array("filesets", listing)


def clients(request: Request) -> bool:
    """List clients."""
    list_options.page(request.session, request.line)
    request.filters.all(1, resources.CLIENT)
    name = request.line.arguments[0].value
    listing = queries.select(
        request.catalog.store,
        queries.CLIENTS_LONG if request.long else queries.CLIENTS,
        "client",
        f"{'' if name is None else 'WHERE name = ? '}ORDER BY clientid",
        [] if name is None else [name],
    )
    return request.array("clients", listing)


def storages(request: Request) -> bool:
    """List storages."""
    list_options.page(request.session, request.line)
    request.filters.all(1, resources.STORAGE)
    listing = queries.select(request.catalog.store, queries.STORAGES, "storage")
    return request.array("storages", listing)


def pools(request: Request) -> bool:
    """List pools."""
    list_options.page(request.session, request.line)
    name = request.line.arguments[0].value
    if request.long:
        return _pools_with_pruning(request, name)
    condition = "" if name is None else "WHERE name = ? "
    return _print_pools(request, condition, [] if name is None else [name])


def pool_id(request: Request) -> bool:
    """List the pool with one number."""
    list_options.page(request.session, request.line)
    number = leading_integer(request.line.arguments[0].value or "")
    return _print_pools(request, "WHERE poolid = ? " if number > 0 else "", [number][: number > 0])


def _print_pools(request: Request, condition: str, values: list[Any]) -> bool:
    _filter_pools(request)
    columns = queries.POOLS_LONG if request.long else queries.POOLS
    listing = queries.select(
        request.catalog.store, columns, "pool", f"{condition}ORDER BY poolid", values
    )
    return request.array("pools", listing)


def _filter_pools(request: Request) -> None:
    request.filters.rights(1, resources.POOL)
    request.filters.current(1, resources.POOL)


def _pools_with_pruning(request: Request, name: str | None) -> bool:
    """Print pools one value a line, with what pruning would free in each."""
    _filter_pools(request)
    out = request.session.out
    listing = queries.select(
        request.catalog.store,
        queries.POOLS_LONG,
        "pool",
        f"{'' if name is None else 'WHERE name = ? '}ORDER BY poolid",
        [] if name is None else [name],
    )
    now = request.session.director.now()
    with out.array("pools"):
        for row in listing.rows:
            if not out.admits(row):
                continue
            freed = prunable(request.catalog.store, int(row[0] or 0), now)
            with out.object():
                for column, value in zip(listing.columns, row, strict=True):
                    out.pair(column.name, value or "", f"{column.name}: {value or ''}\n")
                for key, number in freed.items():
                    out.pair(key, str(number), f"{key}: {number}\n")
    return True
