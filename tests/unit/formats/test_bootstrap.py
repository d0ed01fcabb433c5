"""Bootstraps: text, ranges, choice of records."""

import pytest

from barque.errors import FormatError
from barque.formats.bootstrap import Range, Selector, parse_bootstrap, show_bootstrap
from barque.formats.label import SessionLabel
from barque.formats.record import Record, Session

DIRECTOR_TEXT = """\
Storage="File"
Volume="Full-0001"
MediaType="File"
VolSessionId=2
VolSessionTime=1795369947
VolAddr=204-30408
VolAddr=40000-50000
FileIndex=1-3
FileIndex=7
Count=4
"""
SESSION = Session(2, 1795369947)


def record(index: int, stream: int = 1, data: bytes = b"", session: Session = SESSION) -> Record:
    return Record(session, index, stream, data, 204)


def test_what_the_director_writes_is_read_and_shown_alike() -> None:
    bootstrap = parse_bootstrap(DIRECTOR_TEXT)
    (part,) = bootstrap.sets
    assert part.volumes == ["Full-0001"]
    assert part.addresses == [Range(204, 30408), Range(40000, 50000)]
    assert part.file_indexes == [Range(1, 3), Range(7, 7)]
    assert parse_bootstrap(show_bootstrap(bootstrap)) == bootstrap


def test_comments_blank_lines_case_lists_and_quotes() -> None:
    text = '# c\n\n volume = a|b \nVOLSESSIONID=1,3-5\nvolume="c d"\nSlot=4\nJobType=B,C\n'
    first, second = parse_bootstrap(text).sets
    assert first.volumes == ["a", "b"]
    assert first.session_ids == [Range(1, 1), Range(3, 5)]
    assert (second.volumes, second.slot, second.job_types) == (["c d"], 4, ["B", "C"])
    assert parse_bootstrap(text).volumes() == ["a", "b", "c d"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "names no volume"),
        ("Volume", "line 1 has no `=`"),
        ("VolSessionId=1\nVolume=a", "line 1 stands before"),
        ("Volume=a\nColour=red", "line 2 has an unknown keyword"),
        ("Volume=a\nFileIndex=one", "line 2 has a wrong value"),
        ("Volume=a\nFileRegex=(", "line 2 has a wrong value"),
    ],
)
def test_mistakes_are_named_with_their_line(text: str, says: str) -> None:
    with pytest.raises(FormatError, match=says):
        parse_bootstrap(text)


def test_only_wanted_indexes_of_the_wanted_session_pass() -> None:
    selector = Selector(parse_bootstrap(DIRECTOR_TEXT), "Full-0001")
    assert selector.wants(record(2), 300)
    assert not selector.wants(record(4), 300)
    assert not selector.wants(record(2, session=Session(3, 1795369947)), 300)
    assert not selector.wants(record(2), 35000)
    assert not selector.wants_index(SESSION, 5)
    assert selector.wants_block(SESSION, 30408)
    assert not selector.wants_block(SESSION, 30409)


def test_the_last_file_is_delivered_whole_before_the_set_is_done() -> None:
    selector = Selector(parse_bootstrap(DIRECTOR_TEXT), "Full-0001")
    taken = [(i, s) for i in range(1, 9) for s in (1, 2, 3) if selector.wants(record(i, s), 300)]
    assert taken == [(i, s) for i in (1, 2, 3, 7) for s in (1, 2, 3)]
    assert selector.finished


def test_ranges_are_joined() -> None:
    text = "Volume=a\nVolAddr=50-100\nVolume=a\nVolAddr=0-60\nVolAddr=200-300\n"
    selector = Selector(parse_bootstrap(text), "a")
    assert selector.ranges() == [Range(0, 100), Range(200, 300)]
    text += "Volume=a\n"
    assert Selector(parse_bootstrap(text), "a").ranges() is None


def test_no_bootstrap_wants_everything() -> None:
    selector = Selector(None, "any")
    assert selector.ranges() is None
    assert selector.wants(record(99), 5)
    assert not selector.finished


def test_pattern_decides_by_the_name_in_the_attributes() -> None:
    selector = Selector(parse_bootstrap("Volume=a\nFileRegex=\\.txt$\n"), "a")
    assert selector.wants(record(1, 1, b"1 3 /x/a.txt\0rest"), 5)
    assert selector.wants(record(1, 2), 5)
    assert not selector.wants(record(2, 1, b"2 3 /x/a.bin\0rest"), 5)
    assert not selector.wants(record(2, 2), 5)


def test_jobs_are_told_by_their_session_label() -> None:
    label = SessionLabel(
        "Bareos 2.0 immortal\n", 20, 8, 0, 0.0, "P", "Backup", "job", "fd", "job.1", "Set",
        ord("B"), ord("F"), "md5",
    )  # fmt: skip
    for line, passes in [
        ("JobId=8", True), ("JobId=9", False), ("Job=job.1", True), ("Job=other", False),
        ("Client=fd", True), ("Client=x", False), ("JobType=B", True), ("JobLevel=I", False),
        ("Stream=1", True), ("Stream=2", False),
    ]:  # fmt: skip
        selector = Selector(parse_bootstrap(f"Volume=a\n{line}\n"), "a")
        selector.labels[SESSION] = label
        assert selector.wants(record(1), 5) is passes, line
