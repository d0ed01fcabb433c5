from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from barque.director.chosen_files import ChosenFiles
from barque.director.restore_patterns import matches
from barque.director.restore_tree import RestoreTree, everything

PLAIN = "P4A G2I6 IGk B A A A M BAA I BpVzWl BpVzWl BrAzfj A A d"
FIRST = PLAIN.replace("IGk B", "IGk C")
LINKED = PLAIN.replace("IGk B", "IGk C").replace(" A A d", " C A d")


class Entry(NamedTuple):
    path: bytes
    name: bytes
    file_index: int
    job_id: int = 1
    lstat: str = PLAIN
    delta_seq: int = 0


ENTRIES = [
    Entry(b"/srv/tree/docs/", b"a.x", 1),
    Entry(b"/srv/tree/docs/", b"b.md", 2, lstat=FIRST),
    Entry(b"/srv/tree/docs/", b"", 3),
    Entry(b"/srv/tree/", b"readme", 4, lstat=LINKED),
    Entry(b"/srv/tree/deep/one/", b"c.md", 5, job_id=3),
    Entry(b"/srv/tree/deep/one/", b"", 6),
    Entry(b"/srv/tree/deep/", b"", 7),
    Entry(b"/srv/tree/empty/", b"", 8),
    Entry(b"/srv/tree/", b"", 9),
    Entry(b"C:/Users/", b"x y", 10),
]


@pytest.fixture
def tree() -> RestoreTree:
    tree = RestoreTree()
    for entry in ENTRIES:
        tree.insert(entry)
    return tree


def ranges(files: ChosenFiles) -> dict[int, list[tuple[int, int]]]:
    return {int(job): [(a, b) for a, b in found] for job, found in files.selection().files.items()}


def test_everything_can_be_marked(tree: RestoreTree) -> None:
    assert tree.inserted == len(ENTRIES)
    assert tree.mark("*", tree.root) == len(ENTRIES)
    assert tree.mark("/", tree.root) == 0
    assert ranges(tree.chosen()) == {1: [(1, 4), (6, 10)], 3: [(5, 5)]}


@pytest.mark.parametrize(
    ("pattern", "start", "files"),
    [
        ("*.x", "/srv/tree/docs", {1: [(1, 1)]}),
        ("/srv/tree/docs/*.md", "/", {1: [(2, 2)]}),
        ("docs", "/srv/tree", {1: [(1, 3)]}),
        ("docs/", "/srv/tree", {1: [(1, 3)]}),
        ("/srv/**/*.md", "/", {1: [(2, 2)], 3: [(5, 5)]}),
        ("**", "/srv/tree/deep", {1: [(6, 6)], 3: [(5, 5)]}),
        ("C:/Users/x*", "/srv", {1: [(10, 10)]}),
        ("C:", "/srv", {1: [(10, 10)]}),
        ("nothing", "/", {}),
        ("[", "/", {}),
    ],
)
def test_patterns(
    tree: RestoreTree, pattern: str, start: str, files: dict[int, list[tuple[int, int]]]
) -> None:
    current = tree.find(start, tree.root)
    assert current is not None
    tree.mark(pattern, current)
    assert ranges(tree.chosen()) == files


def test_the_first_name_of_a_hard_link_comes_along(tree: RestoreTree) -> None:
    assert tree.mark("/srv/tree/readme", tree.root) == 2
    assert ranges(tree.chosen()) == {1: [(2, 2), (4, 4)]}
    docs = tree.find("/srv/tree/docs", tree.root)
    assert docs is not None
    assert docs.tag == "+"


def test_tags_follow_marks(tree: RestoreTree) -> None:
    srv = tree.find("/srv", tree.root)
    assert srv is not None
    tree.mark("/srv/tree/docs/a.x", tree.root)
    assert srv.tag == "+"
    assert tree.mark("/srv/tree/docs/a.x", tree.root, marked=False) == 1
    assert srv.tag == ""


def test_only_directories(tree: RestoreTree) -> None:
    current = tree.find("/srv/tree", tree.root)
    assert current is not None
    assert tree.mark_directories("d*", current) == 2
    assert ranges(tree.chosen()) == {1: [(3, 3), (7, 7)]}


def test_paths_and_going_up(tree: RestoreTree) -> None:
    docs = tree.find("srv/tree/docs", tree.root)
    assert docs is not None
    assert docs.path == "/srv/tree/docs/"
    assert tree.root.path == "/"
    up = tree.find("../deep/o*", docs)
    assert up is not None
    assert up.path == "/srv/tree/deep/one/"
    assert tree.find("../..", tree.root) is tree.root
    assert tree.find("/nothing", docs) is None
    drive = tree.find("C:/Users/x y", tree.root)
    assert drive is not None
    assert drive.path == "C:/Users/x y"


def test_listings_sort_bytes_as_signed(tree: RestoreTree) -> None:
    other = RestoreTree()
    for index, name in enumerate(("b", "G", "日", "a"), 1):
        other.insert(Entry(b"/", name.encode(), index))
    assert [node.name for node in other.root.sorted()] == ["日", "G", "a", "b"]


def test_a_file_in_parts_brings_all_of_them() -> None:
    tree = RestoreTree()
    tree.insert(Entry(b"/", b"db", 1, 1, delta_seq=0))
    tree.insert(Entry(b"/", b"db", 4, 2, delta_seq=1))
    tree.mark("db", tree.root)
    assert ranges(tree.chosen()) == {1: [(1, 1)], 2: [(4, 4)]}


def test_everything_without_a_tree() -> None:
    files, count = everything(ENTRIES)
    assert files.count == len(ENTRIES)
    assert count == 6
    assert ranges(files) == {1: [(1, 4), (6, 10)], 3: [(5, 5)]}


def test_jobs_come_in_the_given_order() -> None:
    files = ChosenFiles()
    files.add(1, 1)
    files.add_job(3)
    assert list(files.selection([3, 1, 9], "x").files) == [3, 1]
    assert files.selection().files[3] == []  # type: ignore[index]


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_pattern_is_a_pattern(pattern: str, name: str) -> None:
    matches(pattern, name)
    assert matches("*", name)


@given(st.text(max_size=30))
def test_any_text_may_be_marked_and_found(text: str) -> None:
    tree = RestoreTree()
    for entry in ENTRIES:
        tree.insert(entry)
    tree.mark(text, tree.root)
    tree.find(text, tree.root)
    tree.mark_directories(text, tree.root)
