"""The tree that lies in the catalog answers as the one in memory does."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from barque.director.big_restore_tree import BigRestoreTree
from barque.director.restore_tree import Place, RestoreTree, Tree
from barque.director.stored_files import FEW

ONE_NAME = "P4A {} IGk B A A A {} BAA I BpVzWl BpVzWl BrAzfj A A d"
SEVERAL_NAMES = "P4A {} IGk C A A A {} BAA I BpVzWl BpVzWl BrAzfj {} A d"
DIRECTORY = "P4A A EHt C A A A BAA BAA I BpVzWl BpVzWl BrAzfj A A d"
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Entry(NamedTuple):
    path: bytes
    name: bytes
    file_index: int
    job_id: int
    lstat: str
    delta_seq: int
    path_id: int


class Listed:
    """What a catalog would yield."""

    def __init__(self, entries: Iterable[Entry], path_ids: dict[bytes, int]) -> None:
        self._entries = sorted(entries, key=lambda e: (e.path_id, e.name, e.delta_seq))
        self._path_ids = path_ids

    def __repr__(self) -> str:
        return f"Listed({self._entries}, {self._path_ids})"

    def directories(self) -> Iterable[tuple[bytes, int]]:
        return sorted(self._path_ids.items())

    def entries(self, path_id: int = 0) -> list[Entry]:
        return [e for e in self._entries if path_id in {0, e.path_id}]


NAMES = st.sampled_from([b"a", b"b", b"a", b"b", b"ab", b"a-", b"\xff", "日".encode(), b"c.d"])
ROOTS = st.sampled_from([b"/", b"/", b"/", b"C:/", b"@p@/"])
PATHS = st.builds(
    lambda root, names: root + b"".join(name + b"/" for name in names),
    ROOTS,
    st.lists(NAMES, max_size=3),
)
LINKS = st.sampled_from(["one", "first", "link"])


@st.composite
def listings(draw: st.DrawFn) -> Listed:
    """Files of two jobs; some have several names, some were saved in parts."""
    places = draw(st.sets(st.tuples(PATHS, st.one_of(st.just(b""), NAMES)), max_size=25))
    paths = {b""}
    for path, _name in places:
        parts = path.split(b"/")
        paths |= {b"/".join(parts[:end]) + b"/" for end in range(1, len(parts))}
    numbers = draw(st.permutations(range(1, len(paths) + 1)))
    path_ids = dict(zip(sorted(paths), numbers, strict=True))
    indexes = {1: 0, 2: 0}
    entries, firsts = list[Entry](), set[str]()

    def add(path: bytes, name: bytes, job_id: int, lstat: str, delta_seq: int = 0) -> None:
        indexes[job_id] += 1
        entry = Entry(path, name, indexes[job_id], job_id, lstat, delta_seq, path_ids[path])
        entries.append(entry)

    for path, name in sorted(places):
        job_id = draw(st.sampled_from([1, 2]))
        kind = draw(LINKS) if name and path + name + b"/" not in paths else "one"
        size = draw(st.sampled_from(DIGITS))
        if not name:
            add(path, name, job_id, DIRECTORY)
        elif kind == "one":
            add(path, name, job_id, ONE_NAME.format("A", size))
            if path + name + b"/" not in paths and draw(st.booleans()):
                add(path, name, 2, ONE_NAME.format("A", size), 1)
        else:
            links = ["A", *(DIGITS[e.file_index % 26] for e in entries if e.lstat in firsts)]
            first = "A" if kind == "first" else draw(st.sampled_from(links))
            lstat = SEVERAL_NAMES.format("A", size, first)
            firsts |= {lstat} if first == "A" else set()
            add(path, name, job_id, lstat)
    return Listed(entries, path_ids)


PATTERNS = st.one_of(
    st.sampled_from(
        ["*", "/", "**", "a", "/a", "**/a", "/**/b", "*/*", "/*/a", "C:", "C:/a", ".."]
    ),
    st.text("ab*/?c.[]\\:C@p-", max_size=6),
)
STEPS = st.lists(
    st.tuples(st.sampled_from(["mark", "unmark", "markdir", "unmarkdir", "cd"]), PATTERNS),
    max_size=12,
)


def trees(listed: Listed, few: int, *, marked: bool) -> tuple[Tree[Any], Tree[Any]]:
    small, big = RestoreTree(), BigRestoreTree(listed, few=few)
    for entry in listed.entries():
        small.insert(entry, marked=marked)
    big.load(listed.entries(), marked=marked)
    return small, big


def shown(place: Place) -> tuple[object, ...]:
    job_id = place.job_id
    return (place.name, place.path, place.shown, place.tag, place.is_file, place.marked, job_id)


def everything(place: Place) -> list[object]:
    return [[shown(child), everything(child)] for child in place.sorted()]


def ranges(tree: Tree[Any]) -> tuple[int, dict[int, list[tuple[int, int]]]]:
    selection = tree.chosen().selection()
    return selection.count, {int(job): list(found) for job, found in selection.files.items()}


def take(tree: Tree[Any], current: Place, step: str, pattern: str) -> tuple[object, Place]:
    match step:
        case "mark" | "unmark":
            return tree.mark(pattern, current, marked=step == "mark"), current
        case "markdir" | "unmarkdir":
            return tree.mark_directories(pattern, current, marked=step == "markdir"), current
        case _:
            found = tree.find(pattern, current)
            return found and found.path, found or current


@settings(max_examples=300)
@given(listings(), st.booleans(), st.sampled_from([0, 2, FEW]), STEPS)
def test_both_trees_answer_alike(
    listed: Listed, marked: bool, few: int, steps: list[tuple[str, str]]
) -> None:
    small, big = trees(listed, few, marked=marked)
    assert big.inserted == small.inserted
    assert big.count_without_directories() == small.count_without_directories()
    here, there = small.root, big.root
    for step, pattern in steps:
        said, here = take(small, here, step, pattern)
        answered, there = take(big, there, step, pattern)
        assert answered == said, (step, pattern)
        assert everything(big.root) == everything(small.root), (step, pattern)
        assert big.count() == small.count()
        assert big.estimate() == small.estimate()
        found, wanted = ([shown(p) for p in tree.named(pattern)] for tree in (big, small))
        assert found == wanted
        assert ranges(big) == ranges(small)
