from dataclasses import dataclass

import pytest

from barque.catalog.rows import Mapper, column_name
from barque.domain.job import JobStatus


@dataclass(frozen=True, slots=True)
class Slice:
    job_id: int
    start_time: int
    comment: str


def test_fields_are_columns_without_underscores() -> None:
    mapper = Mapper(Slice, "job")
    assert column_name("vol_session_id") == "volsessionid"
    assert mapper.select == "SELECT job.jobid, job.starttime, job.comment FROM job"


def test_null_is_zero_or_empty() -> None:
    assert Mapper(Slice, "job").load((None, None, None)) == Slice(0, 0, "")


def test_field_without_column_is_a_mistake() -> None:
    with pytest.raises(KeyError, match=r"log\.starttime"):
        Mapper(Slice, "log")


def test_letters_are_plain_texts_to_the_engine() -> None:
    @dataclass(frozen=True, slots=True)
    class Letter:
        job_status: str

    (value,) = Mapper(Letter, "job")._values({"job_status": JobStatus.RUNNING})
    assert type(value) is str
    assert value == "R"
