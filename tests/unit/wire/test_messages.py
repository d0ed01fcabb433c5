"""Every declared message: round trip, recorded lines, arbitrary bytes."""

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

import barque.wire.messages
from barque.errors import LocalProtocolError, RemoteProtocolError
from barque.wire import hello
from barque.wire.message import Message, first_match
from barque.wire.messages.catalog_request import (
    CATALOG_REQUESTS,
    FindMedia,
    UpdateMedia,
    VolumeInfo,
)
from barque.wire.messages.director_file import EndJob, Restore, StartJob
from barque.wire.messages.director_storage import StartStorageJob, StartStorageJobOk
from barque.wire.messages.job import JobMessage


def declared() -> Iterator[type[Message]]:
    names = [item.name for item in pkgutil.iter_modules(barque.wire.messages.__path__)]
    modules = [importlib.import_module(f"barque.wire.messages.{name}") for name in names]
    for module in [*modules, hello]:
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Message) and value is not Message:
                yield value


MESSAGES = sorted(set(declared()), key=lambda kind: (kind.__module__, kind.__name__))
WORD = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='"'), min_size=1
)
SPACED = st.text(
    st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='"'), min_size=1
)
VALUES = {
    "int": st.integers(-(2**62), 2**62),
    "flag": st.booleans(),
    "name": SPACED,
    "word": WORD,
    "rest": WORD,
    "block": WORD,
    "quoted": SPACED,
}


def kinds_of(kind: type[Message]) -> dict[str, str]:
    import re

    return dict(re.findall(r"\{(\w+):(\w+)\}", kind.templates[0].line))


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
@given(st.data())
def test_round_trip(kind: type[Message], data: st.DataObject) -> None:
    types = kinds_of(kind)
    message = kind(**{name: data.draw(VALUES[name_type]) for name, name_type in types.items()})
    assert kind.decode(message.encode()) == message


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
def test_a_message_has_the_fields_of_its_line(kind: type[Message]) -> None:
    names = {field.name for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    assert names == {name for template in kind.templates for name in template.fields}


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
@given(st.binary(max_size=80))
def test_arbitrary_bytes_raise_only_the_declared_error(kind: type[Message], noise: bytes) -> None:
    for data in (noise, kind.keyword() + noise):
        try:
            kind.decode(data)
        except RemoteProtocolError as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            b"JobId=1 Job=b.2026-11-22_10.00.00_01 SDid=2 SDtime=17 Authorization=EEBB ssl=4\n",
            StartJob(1, "b.2026-11-22_10.00.00_01", 2, 17, "EEBB", 4),
        ),
        (
            b"JobId=1 Job=b SDid=0 SDtime=0 Authorization=dummy\n",
            StartJob(1, "b", 0, 0, "dummy"),
        ),
        (
            b"JobId=1 job=b job_name=backup-job client_name=mini-fd type=66 level=70 FileSet=TestSet"
            b" NoAttr=0 SpoolAttr=0 FileSetMD5=**Dummy** SpoolData=0 PreferMountedVols=1 SpoolSize=0"
            b" rerunning=0 VolSessionId=0 VolSessionTime=0 Quota=0 Protocol=0 BackupFormat=Native\n",
            StartStorageJob(1, "b", "backup-job", "mini-fd", 66, 70, "TestSet"),
        ),
        (
            b"3000 OK Job SDid=2 SDtime=1795369947 Authorization=EEBB-HKCA\n",
            StartStorageJobOk(2, 1795369947, "EEBB-HKCA"),
        ),
        (
            b"CatReq Job=b FindMedia=1 pool_name=Default media_type=File unwanted_volumes=\n",
            FindMedia("b", 1, "Default", "File"),
        ),
        (
            b"2800 End Job TermCode=84 JobFiles=11 ReadBytes=238906 JobBytes=238906 Errors=0 VSS=0"
            b" Encrypt=0\n",
            EndJob(84, 11, 238906, 238906, 0),
        ),
        (
            b"restore replace=a prelinks=0 where=/tmp/my\x01restore\n",
            Restore(where="/tmp/my restore"),
        ),
        (b"restore replace=n prelinks=0 regexwhere=!a!b!\n", Restore("n", regexwhere="!a!b!")),
        (
            b"Jmsg Job=b type=6 level=17 fd JobId 1: two\nlines\n",
            JobMessage("b", 6, 17, "fd JobId 1: two\nlines\n"),
        ),
        (
            b"1000 OK VolName=V" + VolumeInfo("V").encode()[len("1000 OK VolName=V") :],
            VolumeInfo("V"),
        ),
    ],
)
def test_recorded_lines(line: bytes, message: Message) -> None:
    assert type(message).decode(line) == message
    assert message.encode() == line


def test_catalog_requests_are_told_apart() -> None:
    request = UpdateMedia("b", "V", 1, 0, 2, 300, 1, 0, 2, 0, 17, "Append")
    assert first_match(request.encode(), CATALOG_REQUESTS) == request


def test_a_line_break_does_not_fit_into_a_field() -> None:
    with pytest.raises(LocalProtocolError):
        StartJob(1, "a\nb", 0, 0, "k").encode()


def test_names_with_foreign_bytes_survive() -> None:
    message = Restore(where=b"/tmp/\xff\xfe x".decode("utf-8", "surrogateescape"))
    assert Restore.decode(message.encode()) == message


def test_the_error_shows_what_was_expected() -> None:
    with pytest.raises(RemoteProtocolError, match=r"expected «3000 OK Job .* got «3915 Bad Job»"):
        StartStorageJobOk.decode(b"3915 Bad Job\n")
