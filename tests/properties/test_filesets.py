"""What a Director sends a File Daemon: nonsense raises only the declared error."""

from hypothesis import example, given
from hypothesis import strategies as st

from barque.errors import FormatError, RemoteProtocolError
from barque.filedaemon.accurate import AccurateList
from barque.filedaemon.fileset import parse_fileset
from barque.filedaemon.options import parse_options
from barque.filedaemon.patterns import compile_regex, compile_wild
from barque.filedaemon.since import parse_level
from barque.restoring.destination import Destination, parse_regexwhere

LINES = st.lists(
    st.one_of(
        st.binary(max_size=30),
        st.sampled_from([b"I\n", b"E\n", b"N\n", b"O MAX\n", b"F /x", b"P y", b"X ext4\n"]),
        st.builds(
            lambda code, argument: code + b" " + argument,
            st.sampled_from([b"R", b"RD", b"RF", b"W", b"WD", b"WF", b"WB", b"O", b"Z"]),
            st.binary(max_size=20),
        ),
    )
)


@given(LINES)
@example([b"I", b"O", b"I", b""])
def test_filesets(lines: list[bytes]) -> None:
    try:
        fileset = parse_fileset(lines)
    except RemoteProtocolError:
        return
    for include in fileset.includes:
        fileset.select(include, b"/some/path", b"path", is_directory=False)
        fileset.select(include, b"/some/path", b"path", is_directory=True)


@given(st.text(max_size=30))
def test_options_and_levels(text: str) -> None:
    for parse in (parse_options, parse_level):
        try:
            parse(text)
        except RemoteProtocolError:
            continue


@given(st.binary(max_size=30), st.binary(max_size=30))
def test_patterns(pattern: bytes, name: bytes) -> None:
    try:
        compile_wild(pattern, ignore_case=True, pathname=True).match(name)
        compile_regex(pattern, ignore_case=False).search(name)
    except RemoteProtocolError:
        return


@given(st.binary(max_size=30).map(lambda name: name.replace(b"\\", b"/")))
def test_a_wildcard_without_special_characters_matches_itself_alone(name: bytes) -> None:
    plain = name.translate(None, b"*?[")
    compiled = compile_wild(plain, ignore_case=False, pathname=False)
    assert compiled.match(plain)
    assert not compiled.match(plain + b"x")


@given(st.lists(st.binary(max_size=40)))
def test_accurate_lists(messages: list[bytes]) -> None:
    accurate = AccurateList()
    for message in messages:
        try:
            accurate.add(message)
        except RemoteProtocolError:
            continue
        accurate.find(message.split(b"\0")[0])
    assert len(list(accurate.missing())) <= len(messages)


@given(st.binary(max_size=60))
def test_restored_names_stay_below_the_restore_directory(name: bytes) -> None:
    try:
        path = Destination(b"/where").path(name)
    except FormatError:
        return
    assert path.startswith(b"/where/")
    assert b".." not in path.split(b"/")


@given(st.binary(max_size=40))
def test_regexwhere(text: bytes) -> None:
    try:
        substitutions = parse_regexwhere(text)
    except FormatError:
        return
    for substitution in substitutions:
        substitution.apply(b"/some/name")
