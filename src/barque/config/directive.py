"""Directives, and resources as tables of them.

A resource class declares one directive a line; the parser, the defaults, ``show``, the schema and
the manual are read from these rows.

Source: configuration, sections 1.5 and 10; house rule: the resource class is the table.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from barque.config.lexer import Place
from barque.config.scanner import Scanner
from barque.config.shown import Shown

IRREGULAR = {
    "FileSet": "fileset",
    "FileSetAcl": "fileset_acl",
    "IgnoreFileSetChanges": "ignore_fileset_changes",
    "JobDefs": "jobdefs",
    "EnableVSS": "enable_vss",
    "AutoXFlateOnReplication": "auto_xflate_on_replication",
}
"""Attribute names that are not the directive with underscores before its capitals."""


_IRREGULAR_NAMES = {attribute: name for name, attribute in IRREGULAR.items()}


def attribute_name(directive_name: str) -> str:
    """Return the attribute of a directive: ``MaximumVolumes`` is ``maximum_volumes``."""
    if directive_name in IRREGULAR:
        return IRREGULAR[directive_name]
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", directive_name).lower()


def directive_name(attribute: str) -> str:
    """Return the directive of an attribute."""
    return _IRREGULAR_NAMES.get(attribute) or attribute.title().replace("_", "")


class Datatype[T]:
    """How the value of a directive is read, what it is when nothing is said, and how it is shown.

    *name* is the type in the table of directives, *schema* the name that the schema uses.
    """

    name: str = ""
    schema: str = ""
    has_default: bool = True
    """False for values that ``show`` writes although they are the default."""

    def read(self, scan: Scanner, resource: "Resource", row: "Directive") -> object:
        """Read the value behind the equals sign.

        Raises ConfigError, with or without a place, for a value that is not of this type.
        """
        raise NotImplementedError

    def apply(self, scan: Scanner, resource: "Resource", row: "Directive") -> None:
        """Read the value and store it in *resource*; the last one wins."""
        resource.store(row, self.read(scan, resource, row))
        scan.finish()

    def initial(self, default: str | None) -> T:
        """Return the value of a directive that is not set; *default* is the text of its row."""
        raise NotImplementedError

    def show(self, value: Any) -> Shown:
        """Return how *value* is written."""
        raise NotImplementedError

    def resolve(self, value: Any, resolver: "Resolver") -> object:  # noqa: ARG002  # subclasses do
        """Replace the names in *value* by the resources that they stand for."""
        return value


class Resolver:
    """Finds resources by name; the second pass hands it to the datatypes."""

    def find(self, reference: "Reference", message: str = "") -> "Resource | None":
        """Return the resource; None, and an error collected, when there is none."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Reference:
    """The name of a resource, before it is looked up."""

    kind: str
    name: str
    place: Place


@dataclass(eq=False)
class Directive:
    """One row: a directive of a resource.

    As a class attribute it gives every resource the default until the directive is set.
    """

    datatype: Datatype[Any]
    text: str
    """What it does: the text of the manual."""
    default: str | None = None
    """The text of the default, as it would stand in a configuration; None for none."""
    required: bool = False
    aliases: tuple[str, ...] = ()
    since: str = ""
    """Version of Bareos that brought it."""
    deprecated: str = ""
    """Version of Bareos that deprecated it."""
    platform_specific: bool = False
    """The default depends on the installation."""
    equals: bool = True
    """False for a block, which follows without an equals sign."""
    extension: bool = False
    """Bareos does not know it: ``show`` and the schema leave it out where it is not set."""
    name: str = ""
    attribute: str = ""

    def __set_name__(self, owner: type, attribute: str) -> None:
        self.attribute = attribute
        self.name = directive_name(attribute)

    def __get__(self, resource: "Resource | None", owner: type) -> object:
        return self if resource is None else self.datatype.initial(self.default)


def directive[T](
    datatype: Datatype[T],
    text: str,
    *,
    default: str | None = None,
    required: bool = False,
    aliases: tuple[str, ...] = (),
    since: str = "",
    deprecated: str = "",
    platform_specific: bool = False,
    equals: bool = True,
    extension: bool = False,
) -> T:
    """Declare a directive; the attribute it is assigned to holds its value."""
    row = Directive(
        datatype,
        text,
        default,
        required,
        aliases,
        since,
        deprecated,
        platform_specific,
        equals,
        extension,
    )
    return cast("T", row)


class Group:
    """Marks, in the body of a resource, where the directives of a base class stand."""

    def __init__(self, base: "type[Resource]") -> None:
        self.base = base


class Resource:
    """One resource of a configuration; its class is the table of its directives.

    Attributes that nothing was said about have the default of their directive.
    """

    kind: ClassVar[str] = ""
    """Word that opens it in a configuration."""
    group: ClassVar[str] = ""
    """Word for all of them, in ``show`` and JSON."""
    aliases: ClassVar[tuple[str, ...]] = ()
    """Discouraged words for *kind*."""
    deprecated: ClassVar[bool] = False
    table: ClassVar[tuple[Directive, ...]] = ()
    """Its directives, in the order in which they are shown."""

    name: str

    def __init_subclass__(cls) -> None:
        cls.table = tuple(_rows(cls))

    def __init__(self, **values: object) -> None:
        self.present: set[str] = set()
        """Attributes that are set, here or by JobDefs."""
        self.inherited: set[str] = set()
        """Attributes that come from JobDefs."""
        self.internal = False
        """True for one that no configuration holds."""
        self.added = False
        """True for one that a console added since the configuration was read."""
        self.place = Place("", 0, 0, "", 0)
        """Where it begins."""
        for attribute, value in values.items():
            self.store(getattr(type(self), attribute), value)

    def store(self, row: Directive, value: object) -> None:
        """Set the value of a directive."""
        self.__dict__[row.attribute] = value
        self.present.add(row.attribute)

    def value(self, row: Directive) -> object:
        """Return the value of a directive, or its default."""
        return getattr(self, row.attribute)

    def value_of(self, attribute: str) -> str:
        """Return the text of an attribute that may not be set yet."""
        return str(getattr(self, attribute, ""))

    def is_set(self, attribute: str) -> bool:
        """Tell whether a directive is set, here or by JobDefs."""
        return attribute in self.present

    def __repr__(self) -> str:
        return f"<{self.kind} {getattr(self, 'name', '')!r}>"

    @classmethod
    def find(cls, word: str) -> Directive | None:
        """Return the directive that *word* names, case and aliases considered."""
        return cls._words().get(word.lower())

    @classmethod
    def words(cls) -> list[str]:
        """Return every directive and alias."""
        return [word for row in cls.table for word in (row.name, *row.aliases)]

    @classmethod
    def _words(cls) -> dict[str, Directive]:
        found = cls.__dict__.get("_known_words")
        if found is None:
            found = {
                word.lower(): row
                for row in reversed(cls.table)
                for word in (*row.aliases, row.name)
            }
            cls._known_words = found
        return cast("dict[str, Directive]", found)

    _known_words: ClassVar[dict[str, Directive]]


def _rows(cls: type[Resource]) -> Iterator[Directive]:
    """The directives of *cls*: its own in order, each group of a base where it is marked.

    Bases that are not marked follow the order of their declaration: those that hold the name come
    first, the others last.
    """
    marked = {mark.base for mark in vars(cls).values() if isinstance(mark, Group)}
    bases = [base for base in cls.__bases__ if issubclass(base, Resource)]
    leading = [base for base in bases if _is_named(base)]
    trailing = [base for base in bases if base not in {*leading, *marked}]
    for base in leading:
        yield from base.table
    for value in vars(cls).values():
        if isinstance(value, Directive):
            yield value
        elif isinstance(value, Group):
            yield from value.base.table
    for base in trailing:
        yield from base.table


def _is_named(base: type[Resource]) -> bool:
    return any(row.attribute == "name" for row in base.table)
