"""Plugin definitions: ``name:key=value:key=value``, by the two grammars that daemons have.

A backslash keeps a colon from separating.  Options that begin with ``host_`` are for us and are
not passed on.
Source: plugin interface, section 2.
"""

import re
from dataclasses import dataclass, field

from barque.errors import PluginError
from barque.plugins.child.trace import masked

_SEPARATOR = re.compile(r"(?<!\\):")
_HOST_PREFIX = "host_"

PYTHON_NAMES = frozenset({"python", "python3"})
"""Names that Python plugins go by; the second is the one in messages."""

MAX_INSTANCE = 127


@dataclass(frozen=True, slots=True)
class Definition:
    """What one definition says."""

    text: str
    """All of it, as it is stored with files."""
    name: str
    """The host plugin, ``python3`` or ``bpipe``."""
    module_path: str = ""
    module_name: str = ""
    options: str = ""
    """What the module is given: ``key=value:`` again and again, escapes kept."""
    host: dict[str, str] = field(default_factory=dict)
    """Options for us, without their prefix."""
    instance: int = 0
    """Number of the instance, in the Director and the Storage Daemon."""

    @property
    def is_python(self) -> bool:
        """Whether it is for a Python module."""
        return self.name in PYTHON_NAMES


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def plugin_name(text: str) -> str:
    """Return the name of the host plugin that *text* begins with; its aliases are resolved.

    ``grpc:...:python3:...`` and ``python`` of other versions are both ``python3``.
    """
    return _split_name(text)[0]


def _split_name(text: str) -> tuple[str, str]:
    name, _, rest = text.partition(":")
    if name == "grpc":
        found = re.search(r":(python3?):", text)
        if found:
            return "python3", text[found.end() :]
    return ("python3" if name in PYTHON_NAMES else name), rest


def parse_fd_definition(text: str) -> Definition:
    """Return the definition *text* of a File Daemon plugin; raises PluginError."""
    name, rest = _split_name(text)
    if ":" not in text:
        raise PluginError(f"Illegal plugin definition {masked(text)}")
    return _parse(text, name, rest)


def _parse(text: str, name: str, rest: str, *, instances: bool = False) -> Definition:
    known = {"module_path": "", "module_name": ""}
    host: dict[str, str] = {}
    passed: list[str] = []
    instance = 0
    for part in _SEPARATOR.split(rest):
        if not part:
            continue
        key, equals, value = part.partition("=")
        if not equals:
            shown = f"'{key}'" if instances else key
            raise PluginError(f"Illegal argument {shown} without value")
        if instances and not key:
            raise PluginError("Options without key are not allowed")
        low = key.lower()
        if low in known:
            known[low] = known[low] or _unescaped(value)
        elif low.startswith(_HOST_PREFIX):
            host[low.removeprefix(_HOST_PREFIX)] = _unescaped(value)
        elif instances and low == "instance":
            instance = _parse_instance(text, value)
        else:
            passed.append(f"{part}:")
    return Definition(text, name, **known, options="".join(passed), host=host, instance=instance)


def _parse_instance(text: str, value: str) -> int:
    if not value.isdigit() or int(value) > MAX_INSTANCE:
        raise SkippedDefinitionError(
            f"Illegal plugin options encountered, {masked(text)} instance {value} skipping"
        )
    return int(value)


class SkippedDefinitionError(PluginError):
    """A definition that is left out; the job goes on."""


def parse_definition(text: str, daemon: str) -> Definition:
    """Return the definition *text* of a Director or Storage Daemon plugin.

    *daemon* is DIR or SD.  Raises SkippedDefinitionError when it is to be left out, PluginError
    when the job must not run.
    """
    name, colon, rest = text.partition(":")
    if not colon:
        raise SkippedDefinitionError(
            f"Illegal {daemon} plugin options encountered, {masked(text)} skipping"
        )
    return _parse(text, name, rest, instances=True)
