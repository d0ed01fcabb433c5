"""Progress: figures, rates, and the time that is left."""

from pathlib import Path

import pytest

from barque.cli.counting import count
from barque.cli.progress import Expected, Meter, display
from barque.local.jobs import Progress


def test_rates_and_the_time_that_is_left() -> None:
    meter = Meter(Expected(files=100, bytes=4000, complete=True), clock=10.0)
    text = meter.text(Progress(50, 1000, "is running"), 20.0)
    assert text == "50 files, 1 KB, 5 files/s, 100 B/s, 0:30 left"


def test_without_a_known_end_there_is_none_foretold() -> None:
    meter = Meter(Expected(), clock=0.0)
    text = meter.text(Progress(5, 0, "is waiting on Storage File"), 1.0)
    assert text == "5 files, 0 B, 5 files/s, 0 B/s, is waiting on Storage File"
    assert meter.fraction(Progress(5, 0, "")) is None


def test_files_count_where_bytes_are_not_known() -> None:
    meter = Meter(Expected(files=10, complete=True), clock=0.0)
    assert meter.fraction(Progress(5, 12345, "")) == 0.5
    assert meter.fraction(Progress(50, 0, "")) == 1.0
    assert Meter(Expected(complete=True), clock=0.0).fraction(Progress(1, 1, "")) is None


def test_plain_lines_appear_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with display("backup", Expected()) as shown:
        shown.show(Progress(0, 0, ""))
        shown.show(Progress(7, 0, "is running"))
        shown.show(Progress(8, 0, "is running"))
    assert [line.split(",")[0] for line in capsys.readouterr().out.splitlines()] == [
        "backup: 7 files"
    ]


def test_what_will_be_saved_is_counted(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "file").write_bytes(b"12345")
    (tmp_path / "a" / "b" / "link").symlink_to("file")
    (tmp_path / "skip").mkdir()
    (tmp_path / "skip" / "volume").write_bytes(b"x" * 1000)
    expected = Expected()
    count(expected, [str(tmp_path)], [str(tmp_path / "skip")])
    assert expected.complete
    assert (expected.files, expected.bytes) == (6, 5)
