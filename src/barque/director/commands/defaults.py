"""What a resource says by default, and what a console may use: ``.defaults`` and ``.authorized``.

Source: console commands, section 3.1; console JSON, section 3.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from barque.director import resources
from barque.director.access import Acl
from barque.director.output import JsonValue
from barque.director.words import level_words, type_words

if TYPE_CHECKING:
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession

_NONE = "*None*"
_AUTHORIZED = {
    "job": Acl.JOB,
    "client": Acl.CLIENT,
    "storage": Acl.STORAGE,
    "schedule": Acl.SCHEDULE,
    "pool": Acl.POOL,
    "cmd": Acl.COMMAND,
    "fileset": Acl.FILESET,
    "catalog": Acl.CATALOG,
}


def defaults(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Send the defaults of one resource as ``key=value`` lines."""
    out = session.out
    with out.object("defaults"):
        for word, kind, values in _KINDS:
            name = line.value(word)
            if name is None:
                continue
            resource = resources.find(session, kind, name)
            if resource is not None:
                for key, value in values(session, resource):
                    out.pair(key, value, f"{key}={_text(value)}\n")
                    if kind is resources.JOB:
                        out.flush()
            return True
        out.plain(".defaults command requires a parameter.\n")
    return False


def _text(value: JsonValue) -> str:
    return str(value)


def _name(resource: Any) -> str:
    return resource.name if resource is not None else _NONE


def _job(_session: "ConsoleSession", job: Any) -> Iterator[tuple[str, JsonValue]]:
    yield "job", job.name
    yield "pool", _name(job.pool)
    yield "messages", _name(job.messages)
    yield "client", _name(job.client)
    yield "storage", _name(resources.storage_and_source(job)[0])
    yield "where", job.where or ""
    if job.type == "R":
        yield "replace", resources.replace_of(job)
    yield "level", level_words(job.level)
    yield "type", type_words(job.type)
    yield "fileset", _name(job.fileset)
    yield "enabled", int(_session.director.is_enabled(job))
    yield "catalog", _name(job.client.catalog) if job.client else _NONE


def _client(session: "ConsoleSession", client: Any) -> Iterator[tuple[str, JsonValue]]:
    yield "client", client.name
    yield "address", client.address
    yield "port", client.port
    yield "file_retention", str(client.file_retention)
    yield "job_retention", str(client.job_retention)
    yield "autoprune", int(client.auto_prune)
    yield "enabled", int(session.director.is_enabled(client))
    yield "catalog", _name(client.catalog)


def _storage(session: "ConsoleSession", storage: Any) -> Iterator[tuple[str, JsonValue]]:
    yield "storage", storage.name
    yield "address", storage.address
    yield "port", storage.port
    yield "enabled", int(session.director.is_enabled(storage))
    yield "media_type", storage.media_type
    yield "device", ",".join(_device_name(device) for device in storage.device)


def _device_name(device: Any) -> str:
    return str(getattr(device, "name", device))


def _pool(_session: "ConsoleSession", pool: Any) -> Iterator[tuple[str, JsonValue]]:
    yield "pool", pool.name
    yield "pool_type", str(pool.pool_type)
    yield "label_format", pool.label_format or ""
    yield "purge_oldest_volume=", int(pool.purge_oldest_volume)
    yield "recycle_oldest_volume", int(pool.recycle_oldest_volume)
    yield "max_volumes", pool.maximum_volumes
    yield "vol_retention", str(pool.volume_retention)
    yield "vol_use_duration", str(pool.volume_use_duration)
    yield "max_vol_jobs", pool.maximum_volume_jobs
    yield "max_vol_files", pool.maximum_volume_files
    yield "max_vol_bytes", str(pool.maximum_volume_bytes)
    yield "auto_prune", int(pool.auto_prune)
    yield "recycle", int(pool.recycle)
    yield "file_retention", str(pool.file_retention)
    yield "job_retention", str(pool.job_retention)


_KINDS: tuple[tuple[str, resources.ResourceKind[Any], Any], ...] = (
    ("job", resources.JOB, _job),
    ("client", resources.CLIENT, _client),
    ("storage", resources.STORAGE, _storage),
    ("pool", resources.POOL, _pool),
)


def authorized(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Tell whether the console has the right to all that the arguments name."""
    named = [(acl, value) for word, acl in _AUTHORIZED.items() for value in line.values(word)[:1]]
    granted = bool(named) and all(session.rights.allows(acl, value) for acl, value in named)
    out = session.out
    with out.object(".authorized"):
        out.pair("authorized", granted, "authorized\n" if granted else "not authorized\n")
    return granted
