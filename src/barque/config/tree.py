"""What ``show`` writes, before it is text or JSON.

Source: configuration, section 10.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

type Json = bool | int | str | list[Json] | dict[str, Json] | None
"""A value of JSON."""


class Shape(Enum):
    """What a branch is in JSON."""

    OBJECT = auto()
    """An object under its key."""
    ITEM = auto()
    """An object in the list under its key."""
    LIST = auto()
    """The list under its key; every child is an object in it."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A key with its value."""

    key: str
    texts: tuple[str, ...]
    """What follows the equals sign: a line each; none for JSON alone."""
    data: Json
    comment: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """A block."""

    key: str
    header: str
    """What opens the block; empty when its lines stand in the one around it."""
    children: "Sequence[Leaf | Branch]"
    comment: bool = False
    shape: Shape = Shape.OBJECT


type Node = Leaf | Branch
"""What a resource is written as."""


def text_lines(nodes: Iterable[Node], indent: int) -> Iterator[str]:
    """Yield the lines of *nodes*, line feeds included; two blanks for each level of *indent*.

    An empty line stands behind each object that ends: Bareos sends what it has then.
    """
    for node in nodes:
        start = "  " * indent + ("# " if node.comment else "")
        if isinstance(node, Leaf):
            for text in node.texts:
                yield f"{start}{node.key} = {text}\n"
        elif not node.header:
            yield from text_lines(node.children, indent)
        else:
            yield f"{start}{node.header}\n"
            yield from text_lines(node.children, indent + 1)
            yield f"{start}}}\n"
        if _is_object(node):
            yield ""


def _is_object(node: Node) -> bool:
    """Tell whether *node* is one object in JSON."""
    if isinstance(node, Leaf):
        return isinstance(node.data, dict)
    return node.shape is not Shape.LIST


def json_object(nodes: Iterable[Node]) -> dict[str, Json]:
    """Return *nodes* as an object; its keys are in lower case."""
    found: dict[str, Json] = {}
    for node in nodes:
        key = node.key.lower()
        if isinstance(node, Leaf):
            found[key] = node.data
        elif node.shape is Shape.LIST:
            found[key] = [json_object([child]) for child in node.children]
        elif node.shape is Shape.ITEM:
            items = found.setdefault(key, [])
            assert isinstance(items, list)
            items.append(json_object(node.children))
        else:
            found[key] = json_object(node.children)
    return found
