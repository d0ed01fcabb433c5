"""Files of a restore: what is seen, and what the Director is told."""

from itertools import chain
from typing import Any

import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from barque.console.screen.restore_tree import Node, RestoreTree
from barque.console.screen.tree_view import ABORT, DONE, PROMPT, _row, mark_files

FILES = {
    "/": ["/data/"],
    "/data/": ["/data/sub/", "/data/a,b", "/data/st*r"],
    "/data/sub/": ["/data/sub/über"],
}


class Director:
    """The tree browser, as far as it is used."""

    def __init__(self) -> None:
        self.place = "/"
        self.marked: set[str] = set()
        self.told: list[str] = []

    def __call__(self, command: str) -> list[str]:
        word, _, rest = command.partition(" ")
        path = rest.strip('"')
        if word == "cd":
            self.place = path
        elif word == ".dir":
            return [self._entry(path) for path in FILES[self.place]]
        elif word in {"mark", "unmark"}:
            self.told.append(command)
            path = path.replace("\\", "")
            found = {each for each in chain(*FILES.values()) if each.startswith(path)}
            self.marked = self.marked | found if word == "mark" else self.marked - found
            return [f"{len(found)} files newly marked."]
        elif word == "estimate":
            return [f"5 total files; {len(self.marked)} marked to be restored; 7 bytes."]
        return []

    def _entry(self, path: str) -> str:
        tag = "*" if path in self.marked else " "
        if tag == " " and any(each.startswith(path) for each in self.marked):
            tag = "+"
        kind = "d" if path.endswith("/") else "-"
        return f"{kind}rw-r--r--, 1,0(root),0(root),4096,2026-11-22 21:18:08,{tag},{path}"


@pytest.fixture
def director() -> Director:
    return Director()


@pytest.fixture
def tree(director: Any) -> RestoreTree:
    tree = RestoreTree(director)
    tree.load()
    return tree


def names(tree: RestoreTree) -> list[str]:
    return [node.name for node in tree.rows()]


def test_the_first_directory_with_a_choice_is_open(tree: Any) -> None:
    assert names(tree) == ["data", "sub", "a,b", "st*r"]
    assert tree.estimate.startswith("5 total files")


def test_directories_open_and_close(tree: Any) -> None:
    tree.move(1)
    tree.open()
    assert names(tree) == ["data", "sub", "über", "a,b", "st*r"]
    tree.open()
    assert tree.current.name == "über"
    tree.open()
    tree.close()
    assert tree.current.name == "sub"
    tree.close()
    assert names(tree) == ["data", "sub", "a,b", "st*r"]
    tree.move(-99)
    assert tree.current.name == "data"


def test_marks_are_those_of_the_director(tree: Any, director: Any) -> None:
    tree.move(1)
    tree.open()
    tree.toggle()
    assert director.told == ['mark "/data/sub"']
    assert [node.tag for node in tree.rows()] == ["+", "*", "*", "", ""]
    assert tree.note == "2 files newly marked."
    tree.toggle()
    assert director.told[-1] == 'unmark "/data/sub"'
    assert [node.tag for node in tree.rows()] == [""] * 5


def test_signs_that_mean_something_in_patterns_are_taken_as_they_are(
    tree: Any, director: Any
) -> None:
    tree.move(3)
    tree.toggle()
    assert director.told == ['mark "/data/st\\\\*r"']


def test_an_empty_tree(director: Any) -> None:
    tree = RestoreTree(lambda _: [])
    tree.load()
    for act in (tree.open, tree.close, tree.toggle, lambda: tree.move(1)):
        act()
    assert tree.current is None


@pytest.mark.parametrize(
    ("keys", "told", "marked"),
    [
        (" d", DONE, True),
        ("q", PROMPT, False),
        ("x", ABORT, False),
        ("jkl \x1b[21~", DONE, True),
        ("\x1b[B\x1b[A\x1b[C\x1b[D\x1b[6~\x1b[5~\x1b[F\x1b[H md", DONE, False),
    ],
)
def test_keys(tree: Any, director: Any, keys: str, told: str, marked: bool) -> None:
    with create_pipe_input() as source:
        source.send_text(keys)
        assert mark_files(tree, source, DummyOutput()) == told
    assert bool(director.marked) == marked


def test_a_row_is_as_wide_as_the_screen() -> None:
    node = Node("/a/very/long-name-that-does-not-fit-at-all", size=1234, time="2026-11-22 21:18:08")
    ((style, text),) = _row(node, has_cursor=True, width=40)  # type: ignore[misc]
    assert (len(text), style) == (40 - 1, "class:cursor")
    assert text.endswith("1,234")
