from dataclasses import dataclass

import pytest

from barque.director.bootstrap import JobOnVolumes, merge, plan
from barque.errors import JobError


@dataclass(frozen=True)
class Part:
    volume_name: str
    first_index: int
    last_index: int
    start_address: int
    end_address: int
    media_type: str = "File"
    storage: str = "Disk"
    slot: int = 0


def job(session: int, pieces: list[Part], *wanted: tuple[int, int]) -> JobOnVolumes:
    return JobOnVolumes(session, 1000, pieces, wanted)


def shown(*jobs: JobOnVolumes) -> list[list[str]]:
    return [list(part.lines()) for part in plan(jobs, {"Disk": "Device1"})]


ONE_VOLUME = [Part("A", 1, 12, 205, 921623)]


def test_a_job_on_one_volume() -> None:
    assert shown(job(1, ONE_VOLUME, (1, 8), (10, 12))) == [
        [
            'Storage="Disk"',
            'Volume="A"',
            'MediaType="File"',
            'Device="Device1"',
            "VolSessionId=1",
            "VolSessionTime=1000",
            "VolAddr=205-921623",
            "FileIndex=1-8",
            "FileIndex=10-12",
            "Count=11",
        ]
    ]


def test_a_whole_job_needs_no_count() -> None:
    [lines] = shown(job(1, ONE_VOLUME))
    assert lines[-1] == "FileIndex=1-12"


def test_a_single_file() -> None:
    [lines] = shown(job(1, ONE_VOLUME, (7, 7)))
    assert lines[-2:] == ["FileIndex=7", "Count=1"]


def test_slot_and_regex_stand_where_the_storage_daemon_expects_them() -> None:
    pieces = [Part("A", 1, 1, 0, 9, slot=4)]
    [part] = plan([job(1, pieces)], {})
    assert list(part.lines(file_regex="x$"))[2:5] == ['MediaType="File"', "FileRegex=x$", "Slot=4"]


SPANNING = [Part("A", 1, 5, 205, 999), Part("B", 5, 9, 210, 5000)]


def test_a_file_on_two_volumes_is_read_from_both() -> None:
    first, second = plan([job(1, SPANNING, (5, 5))], {})
    assert (first.volume, first.ranges) == ("A", [(5, 5)])
    assert (second.volume, second.ranges) == ("B", [(5, 5)])


def test_volumes_without_wanted_files_are_not_read() -> None:
    [part] = plan([job(1, SPANNING, (6, 7))], {})
    assert (part.volume, part.addresses) == ("B", [(210, 5000)])


def test_pieces_on_one_volume_are_read_together() -> None:
    pieces = [Part("A", 1, 3, 205, 400), Part("A", 3, 6, 700, 900), Part("A", 7, 9, 1000, 1100)]
    [part] = plan([job(1, pieces, (2, 5))], {})
    assert part.addresses == [(205, 400), (700, 900)]
    assert part.ranges == [(2, 5)]
    assert part.count == 4


def test_a_job_that_comes_back_to_a_volume_is_read_in_the_order_of_writing() -> None:
    pieces = [Part("A", 1, 3, 0, 1), Part("B", 4, 6, 0, 1), Part("A", 7, 9, 2, 3)]
    assert [part.volume for part in plan([job(1, pieces)], {})] == ["A", "B", "A"]


def test_interleaved_jobs_are_told_apart_by_their_sessions() -> None:
    first = [Part("A", 1, 3, 205, 400), Part("A", 4, 6, 600, 700)]
    second = [Part("A", 1, 2, 400, 600), Part("A", 3, 4, 700, 800)]
    parts = plan([job(1, first), job(2, second)], {})
    assert [(part.session_id, part.addresses) for part in parts] == [
        (1, [(205, 400), (600, 700)]),
        (2, [(400, 600), (700, 800)]),
    ]


def test_a_job_without_volumes_says_what_to_do() -> None:
    with pytest.raises(JobError, match="bscan"):
        plan([job(1, [])], {})


def test_files_that_lie_nowhere_are_left_out() -> None:
    assert plan([job(1, ONE_VOLUME, (100, 200))], {}) == []


@pytest.mark.parametrize(
    ("ranges", "joined"),
    [
        ([], []),
        ([(1, 2), (3, 4)], [(1, 4)]),
        ([(5, 9), (1, 2)], [(1, 2), (5, 9)]),
        ([(1, 9), (2, 3)], [(1, 9)]),
        ([(1, 3), (3, 5), (7, 7)], [(1, 5), (7, 7)]),
    ],
)
def test_merging(ranges: list[tuple[int, int]], joined: list[tuple[int, int]]) -> None:
    assert merge(iter(ranges)) == joined
