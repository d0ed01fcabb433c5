"""The simple datatypes: texts, numbers, times, sizes, choices, lists, references.

Source: configuration, section 2.
"""

from collections.abc import Callable, Iterable
from typing import Any, override

from barque.config import keywords
from barque.config.directive import Datatype, Directive, Reference, Resolver, Resource
from barque.config.lexer import Kind, Mode
from barque.config.password import NO_PASSWORD, Password, parse_password
from barque.config.scanner import Scanner, keyword
from barque.config.shown import Form, Shown
from barque.domain.acl import check_entry, is_name
from barque.domain.duration import parse_duration, show_duration
from barque.domain.job import JobType, Level
from barque.domain.size import parse_size, parse_speed, show_size
from barque.errors import ConfigError

INSTALLED = {
    "${PATH_BAREOS_WORKINGDIR}": "/var/lib/bareos",
    "${PATH_BAREOS_SCRIPTDIR}": "/usr/lib/bareos/scripts",
    "${PATH_BAREOS_BACKENDDIR}": "/usr/lib/bareos/backends",
}
"""Directories that defaults name."""


def _installed(default: str | None) -> str:
    text = default or ""
    for variable, path in INSTALLED.items():
        text = text.replace(variable, path)
    return text


class Text(Datatype[str]):
    """A string, quoted or not."""

    def __init__(self, name: str, schema: str, *, empty: bool = False) -> None:
        self.name = name
        self.schema = schema
        self._empty = empty
        """Shown as "" when it is not set."""

    @override
    def read(self, scan: Scanner, resource: Resource, row: Directive) -> object:
        """Read one string."""
        return scan.string().text

    @override
    def initial(self, default: str | None) -> str:
        """Return the default, or an empty string."""
        return _installed(default)

    @override
    def show(self, value: Any) -> Shown:
        """Quoted."""
        return Shown(Form.QUOTED, value if value or self._empty else None)


class Path(Text):
    """The name of a file or directory; with ``|`` before it a command, kept as it is."""

    @override
    def read(self, scan: Scanner, resource: Resource, row: Directive) -> object:
        """Read one string and expand what a shell would."""
        text = scan.string().text
        return text if text.startswith("|") else scan.expand(text)


class Command(Path):
    """The name of a file, or with ``|`` before it a command; shown as commands are."""

    @override
    def show(self, value: Any) -> Shown:
        """Quoted, with more characters escaped."""
        return Shown(Form.ESCAPED, value or None)


class ShortText(Text):
    """A string of at most 127 bytes."""

    @override
    def read(self, scan: Scanner, resource: Resource, row: Directive) -> object:
        """Read one name, not checked for characters."""
        return scan.name().text


class LabelFormat(ShortText):
    """What the names of new volumes begin with, or the template of the name."""

    @override
    def read(self, scan: Scanner, resource: Resource, row: Directive) -> object:
        """Read it, and warn about variables."""
        text = scan.name().text
        if "$" in text or "[" in text:
            scan.note(f"use of variable substitutions in {row.name}", " is deprecated")
        return text


class ResourceName(Text):
    """The name of the resource itself."""

    @override
    def read(self, scan: Scanner, resource: Resource, row: Directive) -> object:
        """Read it, once, and check its characters."""
        text = scan.name().text
        if not is_name(text):
            raise ConfigError(_name_error(text), hint="use letters, digits, blanks and :.-_/")
        if resource.is_set("name"):
            raise ConfigError(f'Attempt to redefine name "{resource.name}" to "{text}".')
        return text


def _name_error(text: str) -> str:
    if not text:
        return "Empty name not allowed."
    illegal = [char for char in text if not is_name(f"a{char}a")]
    if illegal:
        return f'Illegal character "{illegal[0]}" in name.'
    return "Illegal blank at the begin or end of a name."


class Boolean(Datatype[bool]):
    """Yes or no."""

    def __init__(self, name: str, schema: str, *, has_default: bool = True) -> None:
        self.name = name
        self.schema = schema
        self.has_default = has_default

    @override
    def read(self, scan: Scanner, resource: Resource, row: Directive) -> object:
        """Read it."""
        return scan.boolean()

    @override
    def initial(self, default: str | None) -> bool:
        """Return the default, or no."""
        return (default or "").lower() in {"true", "yes", "on"}

    @override
    def show(self, value: Any) -> Shown:
        """Yes or No."""
        return Shown(Form.BOOLEAN, value)


class Integer(Datatype[int]):
    """A number between two limits."""

    def __init__(self, name: str, lowest: int, limit: int) -> None:
        self.name = self.schema = name
        self._lowest = lowest
        self._limit = limit

    @override
    def read(self, scan: Scanner, resource: Resource, row: Directive) -> object:
        """Read it."""
        if self._lowest < 0:
            return scan.integer(self._lowest, self._limit)
        return scan.positive(self._limit)

    @override
    def initial(self, default: str | None) -> int:
        """Return the default, or 0."""
        return int(default or "0")

    @override
    def show(self, value: Any) -> Shown:
        """Plain."""
        return Shown(Form.NUMBER, value)


class Amount(Integer):
    """A number with units."""

    def __init__(
        self,
        name: str,
        what: str,
        parse: Callable[[str], int],
        show: Callable[[int], str] | None,
        limit: int,
        schema: str = "",
    ) -> None:
        super().__init__(name, 0, limit)
        self.schema = schema or name
        self._what = what
        self._parse = parse
        self._show = show

    @override
    def read(self, scan: Scanner, resource: Resource, row: Directive) -> object:
        """Read numbers and units up to the end of the line."""
        amount = self._parse(scan.words(self._what))
        if amount > self._limit:
            raise ConfigError(f"{self._what} {amount} is too large, max is {self._limit}")
        return amount

    @override
    def show(self, value: Any) -> Shown:
        """With units."""
        if self._show is None:
            return Shown(Form.NUMBER, value)
        return Shown(Form.PLAIN, self._show(value))


class Choice[T](Datatype[T]):
    """One of some words."""

    def __init__(
        self,
        name: str,
        schema: str,
        words: Iterable[tuple[str, T]],
        expected: str,
        unset: T,
        *,
        form: Form = Form.PLAIN,
        has_default: bool = True,
    ) -> None:
        self.name = name
        self.schema = schema
        self.choices = tuple(words)
        self.has_default = has_default
        self._expected = expected
        self._unset = unset
        self._form = form
        self._nothing = Shown(Form.PLAIN) if name == "LEVEL" else Shown(Form.NOTHING)
        """What is shown when none is chosen."""

    @override
    def read(self, scan: Scanner, resource: Resource, row: Directive) -> object:
        """Read one word."""
        word = scan.name().text
        return keyword(scan, word, self.choices, f"{self._expected}, got: {word}")

    @override
    def initial(self, default: str | None) -> T:
        """Return the default, or what stands for none."""
        words = {word.lower(): value for word, value in self.choices}
        return self._unset if default is None else words[default.lower()]

    @override
    def show(self, value: Any) -> Shown:
        """The word."""
        for word, choice in self.choices:
            if choice == value:
                return Shown(self._form, word)
        return self._nothing


class Texts(Datatype[tuple[str, ...]]):
    """A list of strings: commas between them, and every further line appends."""

    def __init__(self, name: str, schema: str, form: Form = Form.LINES) -> None:
        self.name = name
        self.schema = schema
        self.has_default = form is Form.ROW
        self._form = form

    @override
    def read(self, scan: Scanner, resource: Resource, row: Directive) -> object:
        """Read the strings of one line."""
        return tuple(token.text for token in scan.items())

    @override
    def apply(self, scan: Scanner, resource: Resource, row: Directive) -> None:
        """Read them and append them; the first ones replace the default."""
        new = self.read(scan, resource, row)
        old = resource.value(row) if resource.is_set(row.attribute) else ()
        resource.store(row, (*_tuple(old), *_tuple(new)))
        scan.finish()

    @override
    def initial(self, default: str | None) -> tuple[str, ...]:
        """Return the default alone, or an empty list."""
        return (_installed(default),) if default else ()

    @override
    def show(self, value: Any) -> Shown:
        """A line for each, or all on one."""
        return Shown(self._form, tuple(value))


def _tuple(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


class Paths(Texts):
    """A list of directories, one a line."""

    @override
    def read(self, scan: Scanner, resource: Resource, row: Directive) -> object:
        """Read one path and expand what a shell would."""
        text = scan.string().text
        return (text if text.startswith("|") else scan.expand(text),)


class PluginNames(Texts):
    """Plugins to load; colons, commas and further lines separate them."""

    @override
    def read(self, scan: Scanner, resource: Resource, row: Directive) -> object:
        """Read the names of one line."""
        names: list[str] = []
        while (token := scan.next(Mode.FORCE_STRING)).kind in {
            Kind.STRING,
            Kind.QUOTED,
            Kind.COMMA,
        }:
            if token.kind is not Kind.COMMA:
                names.extend(token.text.split(":"))
        scan.push_back(token)
        return tuple(names)


class AccessList(Texts):
    """What a console may use: entries that allow or, with ``!``, deny."""

    @override
    def read(self, scan: Scanner, resource: Resource, row: Directive) -> object:
        """Read the entries of one line."""
        return tuple(check_entry(token.text) for token in scan.items())


class Secret(Datatype[Password]):
    """A password.

    *clear* tells by the resource whether it is kept as it is; NDMP needs that, so the directive
    Protocol has to stand before the password.
    """

    def __init__(
        self, name: str, clear: Callable[[Resource], bool] = lambda _resource: False
    ) -> None:
        self.name = self.schema = name
        self._clear = clear

    @override
    def read(self, scan: Scanner, resource: Resource, row: Directive) -> object:
        """Read it, hashed unless it has to be clear."""
        return parse_password(
            scan.string().text,
            clear=self._clear(resource),
            required=row.required,
            resource=resource.value_of("name"),
        )

    @override
    def initial(self, default: str | None) -> Password:
        """Return no password."""
        return NO_PASSWORD

    @override
    def show(self, value: Any) -> Shown:
        """Quoted; nothing at all when it is not set."""
        return Shown(Form.QUOTED, value.show()) if value else Shown(Form.NOTHING)


def _speaks_ndmp(resource: Resource) -> bool:
    return getattr(resource, "protocol", None) in {
        keywords.Protocol.NDMPV2,
        keywords.Protocol.NDMPV3,
        keywords.Protocol.NDMPV4,
    }


class OneResource[T](Datatype[T]):
    """The name of another resource, or none; set at most once."""

    name = schema = "RES"
    has_default = False

    def __init__(self, kind: str) -> None:
        self.kind = kind
        """Word of the resource that it names."""

    @override
    def read(self, scan: Scanner, resource: Resource, row: Directive) -> object:
        """Read the name."""
        token = scan.name()
        if resource.is_set(row.attribute):
            raise ConfigError(
                f'Attempt to redefine resource "{row.name}" referenced on line '
                f"{token.place.line}: {token.place.text}"
            )
        return Reference(self.kind, token.text, token.place)

    @override
    def initial(self, default: str | None) -> T:
        """Return None."""
        return None  # type: ignore[return-value]  # T is a resource that may be missing

    @override
    def resolve(self, value: Any, resolver: Resolver) -> object:
        """Return the resource."""
        return resolver.find(value) if isinstance(value, Reference) else value

    @override
    def show(self, value: Any) -> Shown:
        """The name, quoted; an empty one for none."""
        return Shown(Form.QUOTED, value.name if value is not None else "")


class ManyResources[T](Datatype[tuple[T, ...]]):
    """Names of other resources: commas between them, and every further line appends."""

    name = "ALIST_RES"
    schema = "RESOURCE_LIST"
    has_default = False

    def __init__(self, kind: str) -> None:
        self.kind = kind
        """Word of the resources that it names."""

    @override
    def apply(self, scan: Scanner, resource: Resource, row: Directive) -> None:
        """Read the names of one line and append them."""
        new = [Reference(self.kind, token.text, token.place) for token in scan.items()]
        resource.store(row, (*_tuple(resource.value(row)), *new))
        scan.finish()

    @override
    def initial(self, default: str | None) -> tuple[T, ...]:
        """Return an empty list."""
        return ()

    @override
    def resolve(self, value: Any, resolver: Resolver) -> object:
        """Return the resources."""
        found = (resolver.find(item) if isinstance(item, Reference) else item for item in value)
        return tuple(item for item in found if item is not None)

    @override
    def show(self, value: Any) -> Shown:
        """A line for each name."""
        return Shown(Form.LINES, tuple(item.name for item in value))


def one[T](kind: str) -> Datatype[T]:
    """Return the datatype of a reference to one resource of *kind*."""
    return OneResource[T](kind)


def many[T](kind: str) -> Datatype[tuple[T, ...]]:
    """Return the datatype of references to resources of *kind*."""
    return ManyResources[T](kind)


def _limited_block(text: str) -> int:
    size = parse_size(text)
    if size > MAXIMUM_BLOCK_SIZE:
        raise ConfigError(f"maximum configurable block size is {MAXIMUM_BLOCK_SIZE}, got: {size}")
    return size


MAXIMUM_BLOCK_SIZE = 20_000_000
"""Bytes of the largest block of a device."""

STR = Text("STR", "STRING")
STDSTR = Text("STDSTR", "STRING", empty=True)
DIR = Path("DIR", "DIRECTORY")
STDSTRDIR = Path("STDSTRDIR", "DIRECTORY", empty=True)
DIR_OR_CMD = Command("DIR_OR_CMD", "DIRECTORY_OR_COMMAND")
NAME = ResourceName("NAME", "NAME")
STRNAME = ShortText("STRNAME", "STRNAME")
LABEL_FORMAT = LabelFormat("STRNAME", "STRNAME")
BOOL = Boolean("BOOL", "BOOLEAN")
BIT = Boolean("BIT", "BIT", has_default=False)
PINT16 = Integer("PINT16", 0, 2**16 - 1)
PINT32 = Integer("PINT32", 0, 2**32 - 1)
INT32 = Integer("INT32", -(2**31), 2**31 - 1)
TIME = Amount("TIME", "time period", parse_duration, show_duration, 2**63 - 1)
SIZE32 = Amount("SIZE32", "size", parse_size, show_size, 2**32 - 1)
SIZE64 = Amount("SIZE64", "size", parse_size, show_size, 2**63 - 1)
SPEED = Amount("SPEED", "speed", parse_speed, None, 2**63 - 1)
MAXBLOCKSIZE = Amount(
    "MAXBLOCKSIZE", "size", _limited_block, show_size, MAXIMUM_BLOCK_SIZE, "MAX_BLOCKSIZE"
)
ALIST_STR = Texts("ALIST_STR", "STRING_LIST")
STR_VECTOR = Texts("STR_VECTOR", "STRING_LIST")
ALIST_DIR = Paths("ALIST_DIR", "DIRECTORY_LIST")
STR_VECTOR_OF_DIRS = Texts("STR_VECTOR_OF_DIRS", "DIRECTORY_LIST")
PLUGIN_NAMES = PluginNames("PLUGIN_NAMES", "PLUGIN_NAMES")
ACL = AccessList("ACL", "ACL", Form.ROW)
AUDIT = Texts("AUDIT", "AUDIT_COMMAND_LIST", Form.ROW)
DEVICE = Texts("DEVICE", "DEVICE", Form.ROW)
MD5PASSWORD = Secret("MD5PASSWORD")
AUTOPASSWORD = Secret("AUTOPASSWORD", _speaks_ndmp)
CLEARPASSWORD = Secret("AUTOPASSWORD", lambda _resource: True)
JOBTYPE = Choice[JobType | None](
    "JOBTYPE", "JOB_TYPE", keywords.JOB_TYPES, "Expected a Job Type keyword", None
)
LEVEL = Choice[Level | None](
    "LEVEL", "BACKUP_LEVEL", keywords.LEVELS, "Expected a Job Level keyword", None
)
PROTOCOLTYPE = Choice(
    "PROTOCOLTYPE",
    "PROTOCOL_TYPE",
    [(word.value, word) for word in keywords.BackupProtocol],
    "Expected a Protocol Type keyword",
    keywords.BackupProtocol.NATIVE,
)
AUTHPROTOCOLTYPE = Choice(
    "AUTHPROTOCOLTYPE",
    "AUTH_PROTOCOL_TYPE",
    [(word.value, word) for word in keywords.Protocol],
    "Expected a Auth Protocol Type keyword",
    keywords.Protocol.NATIVE,
)
AUTHTYPE = Choice(
    "AUTHTYPE",
    "AUTH_TYPE",
    [(word.value, word) for word in keywords.AuthType],
    "Expected a Authentication Type keyword",
    keywords.AuthType.NONE,
)
MIGTYPE = Choice[keywords.SelectionType | None](
    "MIGTYPE",
    "MIGRATION_TYPE",
    [(word.value, word) for word in keywords.SelectionType],
    "Expected a Migration Job Type keyword",
    None,
)
REPLACE = Choice(
    "REPLACE",
    "REPLACE_OPTION",
    [(word.value, word) for word in keywords.Replace],
    "Expected a Restore replacement option",
    keywords.Replace.ALWAYS,
)
ACTIONONPURGE = Choice(
    "ACTIONONPURGE",
    "ACTION_ON_PURGE",
    [(word.value, word) for word in keywords.ActionOnPurge],
    "Expected an Action On Purge option",
    keywords.ActionOnPurge.NONE,
    has_default=False,
)
POOLTYPE = Choice(
    "POOLTYPE",
    "POOLTYPE",
    [(word.value, word) for word in keywords.PoolType],
    "Expected a Pool Type option",
    keywords.PoolType.BACKUP,
)
LABEL = Choice(
    "LABEL",
    "LABEL",
    [(word.value, word) for word in keywords.LabelType],
    "Expected a Tape Label keyword",
    keywords.LabelType.BAREOS,
    form=Form.QUOTED,
    has_default=False,
)
IODIRECTION = Choice[keywords.Direction | None](
    "IODIRECTION", "IO_DIRECTION", keywords.DIRECTIONS, "Expected a IO direction keyword", None
)
CMPRSALGO = Choice[keywords.Compression | None](
    "CMPRSALGO",
    "COMPRESSION_ALGORITHM",
    [(word.value, word) for word in keywords.Compression],
    "Expected a Compression algorithm keyword",
    None,
)
CIPHER = Choice(
    "CIPHER",
    "ENCRYPTION_CIPHER",
    [(word.value, word) for word in keywords.Cipher],
    "Expected a Crypto Cipher option",
    keywords.Cipher.AES128,
)
