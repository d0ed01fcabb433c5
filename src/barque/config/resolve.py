"""Names to resources, JobDefs to jobs, and what has to be there: the second pass.

Source: configuration, sections 1.4, 1.5 and 7.
"""

from collections.abc import Callable, Iterable

from barque.config.directive import Reference, Resolver, Resource
from barque.config.director import Job, JobDefs, JobDirectives
from barque.config.runscript import from_jobdefs
from barque.domain.job import JobType
from barque.errors import ConfigError


class Tables(Resolver):
    """All resources by kind and name, in the order in which they were read."""

    def __init__(self, kinds: Iterable[type[Resource]]) -> None:
        self.tables: dict[str, dict[str, Resource]] = {kind.kind: {} for kind in kinds}
        self.errors: list[ConfigError] = []
        """Mistakes that were found."""

    def add(self, resource: Resource) -> None:
        """Add a resource; a second one of the same name is a mistake."""
        table = self.tables[resource.kind]
        if resource.name in table:
            self.errors.append(
                resource.place.error(
                    f'Attempt to define second {resource.kind} resource named "{resource.name}" '
                    "is not permitted.",
                    f"the first one is on line {table[resource.name].place.line} "
                    f"of {table[resource.name].place.path}",
                )
            )
        else:
            table[resource.name] = resource

    def of[R: Resource](self, kind: type[R]) -> dict[str, R]:
        """Return the resources of one kind."""
        return {
            name: resource
            for name, resource in self.tables[kind.kind].items()
            if isinstance(resource, kind)
        }

    def find(self, reference: Reference, message: str = "") -> Resource | None:
        """Return the resource that is referred to; a missing one is a mistake."""
        found = self.tables[reference.kind].get(reference.name)
        if found is None:
            place = reference.place
            same = [
                name
                for name in self.tables[reference.kind]
                if name.lower() == reference.name.lower()
            ]
            self.errors.append(
                place.error(
                    message
                    or f'Could not find config resource "{reference.name}" referenced on line '
                    f"{place.line}: {place.text}",
                    f"names are case-sensitive: {same[0]}"
                    if same
                    else f"there is no {reference.kind} of this name",
                )
            )
        return found


def resolve(
    resources: Iterable[Resource],
    kinds: Iterable[type[Resource]],
    required: Callable[[Resource, str], str],
) -> Tables:
    """Return the resources by name, all references replaced by what they name.

    *required* makes the text for a directive that has to be there.
    """
    tables = Tables(kinds)
    for resource in resources:
        tables.add(resource)
    for table in tables.tables.values():
        for resource in table.values():
            _resolve_references(resource, tables)
            if not isinstance(resource, JobDirectives):
                _check_required(resource, tables.errors, required)
    return tables


def _resolve_references(resource: Resource, tables: Tables) -> None:
    for row in resource.table:
        if row.attribute in resource.__dict__:
            value = resource.__dict__[row.attribute]
            resource.__dict__[row.attribute] = row.datatype.resolve(value, tables)


def _check_required(
    resource: Resource, errors: list[ConfigError], required: Callable[[Resource, str], str]
) -> None:
    errors.extend(
        resource.place.error(required(resource, row.name))
        for row in resource.table
        if row.required and not resource.is_set(row.attribute)
    )


def required_with_name(resource: Resource, directive: str) -> str:
    """Return what the Director and the Storage Daemon say about a missing directive."""
    return (
        f'"{directive}" directive in {resource.kind} "{resource.name}" resource is required, '
        "but not found."
    )


def required_without_name(resource: Resource, directive: str) -> str:
    """Return what the File Daemon and the console say about a missing directive."""
    return f"{directive} item is required in {resource.kind} resource, but not found."


def inherit_jobdefs(tables: Tables) -> None:
    """Copy what jobs do not say from their JobDefs; scripts are added to their own."""
    done: set[int] = set()
    for kind in (JobDefs, Job):
        for resource in tables.of(kind).values():
            _inherit(resource, tables, done, [])


def _inherit(
    resource: JobDirectives, tables: Tables, done: set[int], children: list[JobDirectives]
) -> None:
    parent = resource.jobdefs
    if id(resource) in done or parent is None:
        return
    if parent is resource or parent in children:
        tables.errors.append(
            resource.place.error(f'JobDefs "{parent.name}" gets its defaults from itself')
        )
        return
    _inherit(parent, tables, done, [*children, resource])
    done.add(id(resource))
    for row in resource.table:
        if row.attribute == "run_script":
            inherited = from_jobdefs(parent.run_script)
            if inherited:
                resource.__dict__["run_script"] = (*resource.run_script, *inherited)
        elif not resource.is_set(row.attribute) and parent.is_set(row.attribute):
            resource.store(row, parent.value(row))
            resource.inherited.add(row.attribute)


def fill_first(tables: Tables, kind: type[Resource], attribute: str, filler: str) -> None:
    """Give every resource of *kind* the first *filler* where *attribute* is not set."""
    first = next(iter(tables.tables[filler].values()), None)
    for resource in tables.of(kind).values():
        if first is not None and getattr(resource, attribute) is None:
            resource.__dict__[attribute] = first
            resource.inherited.add(attribute)


def check_jobs(tables: Tables) -> None:
    """Find jobs without what a job needs after the inheritance."""
    for job in tables.of(Job).values():
        for message in _missing_in_job(job):
            error = job.place.error(message)
            error.exit_code = 1
            tables.errors.append(error)


def _missing_in_job(job: Job) -> Iterable[str]:
    if job.type not in {JobType.COPY, JobType.MIGRATE}:
        for directive in ("client", "fileset"):
            if getattr(job, directive) is None:
                yield required_with_name(job, directive)
        if not job.storage and not (job.is_set("pool") and job.pool and job.pool.storage):
            yield f'No storage specified in Job "{job.name}" nor in Pool.'
    for row in job.table:
        if row.required and not job.is_set(row.attribute):
            yield required_with_name(job, row.name)
    if job.max_full_consolidations and job.type is not JobType.CONSOLIDATE:
        yield (
            f"MaxFullConsolidations configured in job {job.name} which is not of job type "
            '"consolidate"'
        )
    if job.type is not JobType.BACKUP and any(getattr(job, word) for word in _ALWAYS_INCREMENTAL):
        yield (f'AlwaysIncremental configured in job {job.name} which is not of job type "backup"')


_ALWAYS_INCREMENTAL = (
    "always_incremental",
    "always_incremental_job_retention",
    "always_incremental_keep_number",
    "always_incremental_max_full_age",
)
