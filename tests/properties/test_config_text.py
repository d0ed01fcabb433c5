"""Any text is a configuration or a ConfigError; what is shown is parsed as the same."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from barque.config import director, filedaemon, storagedaemon
from barque.config.directive import Resource
from barque.config.fileset import FileSet
from barque.config.lexer import Source
from barque.config.messages import Messages, MessageType
from barque.config.parser import Parsed, parse
from barque.config.resolve import required_with_name, resolve
from barque.config.show import show_text
from barque.domain.duration import parse_duration, show_duration
from barque.domain.schedule import parse_run_times, show_run_times
from barque.domain.size import parse_size, show_size
from barque.errors import ConfigError

KINDS = {
    "director": director.RESOURCES,
    "filedaemon": filedaemon.RESOURCES,
    "storagedaemon": storagedaemon.RESOURCES,
}

WORDS = [
    *(row.name for row in director.Job.table),
    *(row.name for row in FileSet.table),
    *(row.name for row in Messages.table),
    *(kind.kind for kind in director.RESOURCES),
    *[
        "{",
        "}",
        "=",
        ",",
        ";",
        "#",
        '"',
        "\\",
        "@",
        "@x",
        "|",
        "!",
        "5",
        "1",
        "yes",
        "no",
        "all",
        "at",
        "mon",
        "1:00",
        "[md5]",
        "\n",
        "Options",
        "File",
        "Options{",
    ],
    "Addresses = { ip = { addr = 1.2.3.4 } }",
]


def no_includes(include: str) -> list[Source]:
    raise ConfigError(f"Cannot open included config file {include}: none here")


def read(text: str, kinds: tuple[type[Resource], ...]) -> Parsed:
    return parse([Source("test.conf", text)], no_includes, kinds)


@given(st.text(), st.sampled_from(sorted(KINDS)))
def test_any_text_gives_resources_or_errors(text: str, program: str) -> None:
    parsed = read(text, KINDS[program])
    assert all(isinstance(error, ConfigError) for error in parsed.errors)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(WORDS), max_size=60))
def test_any_words_give_resources_or_errors(words: list[str]) -> None:
    parsed = read(" ".join(words), director.RESOURCES)
    for error in parsed.errors:
        assert error.message
        assert error.path in {"test.conf", ""}
        assert error.line >= 0
    tables = resolve(parsed.resources, director.RESOURCES, required_with_name)
    assert all(error.path for error in tables.errors)


@given(st.text(max_size=40))
def test_values_are_read_or_refused(text: str) -> None:
    for parse_value in (
        parse_duration,
        parse_size,
        lambda value: parse_run_times(value.split()),
    ):
        try:
            parse_value(text)
        except ConfigError as error:
            assert error.message


@given(st.integers(0, 2**40))
def test_amounts_are_shown_as_they_are_read(number: int) -> None:
    assert parse_duration(show_duration(number)) == number
    assert parse_size(show_size(number)) == number


@st.composite
def run_words(draw: st.DrawFn) -> str:
    parts = [
        draw(st.sampled_from(["", "1", "5-9", "28-3", "2/7"])),
        draw(st.sampled_from(["", "1st", "2nd-4th", "last", "first last"])),
        draw(st.sampled_from(["", "mon", "fri-sat", "sat-mon", "tue thu"])),
        draw(st.sampled_from(["", "jan", "nov-feb", "mar may"])),
        draw(st.sampled_from(["", "w00", "w50-w03", "w01/w04"])),
        draw(st.sampled_from(["", "at 1:05", "at 1:00 at 13:30", "hourly"])),
    ]
    return " ".join(parts)


@given(run_words())
def test_run_times_are_shown_as_they_are_read(words: str) -> None:
    times = parse_run_times(words.split())
    assert parse_run_times(show_run_times(times).replace(",", " ").split()) == times


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), max_size=30)
NAMES = st.text("abcXYZ019:.-_/", min_size=1, max_size=20)

VALUES: dict[str, st.SearchStrategy[str]] = {
    "BOOL": st.sampled_from(["yes", "no"]),
    "BIT": st.sampled_from(["yes", "no"]),
    "PINT16": st.integers(0, 2**16 - 1).map(str),
    "PINT32": st.integers(0, 2**32 - 1).map(str),
    "INT32": st.integers(-(2**31), 2**31 - 1).map(str),
    "TIME": st.integers(0, 2**40).map(str),
    "SIZE32": st.integers(0, 2**32 - 1).map(str),
    "SIZE64": st.integers(0, 2**50).map(str),
    "SPEED": st.integers(0, 2**50).map(str),
    "ACL": st.lists(st.sampled_from(["*all*", "!a", "b.*", "c"]), min_size=1).map(", ".join),
    "JOBTYPE": st.sampled_from(["Backup", "Copy", "Admin"]),
    "LEVEL": st.sampled_from(["Full", "VirtualFull", "Data"]),
    "MIGTYPE": st.sampled_from(["Job", "SqlQuery"]),
    "REPLACE": st.sampled_from(["Never", "IfNewer", "Always"]),
    "POOLTYPE": st.sampled_from(["Backup", "Scratch"]),
    "ACTIONONPURGE": st.sampled_from(["None", "Truncate"]),
    "LABEL": st.sampled_from(["bareos", "ansi"]),
    "AUTHTYPE": st.sampled_from(["None", "MD5"]),
    "IODIRECTION": st.sampled_from(["in", "out", "both"]),
    "CMPRSALGO": st.sampled_from(["gzip", "lz4"]),
    "CIPHER": st.sampled_from(["aes128", "aes256"]),
    "ADDRESSES_PORT": st.integers(1, 65535).map(str),
    "ADDRESSES_ADDRESS": st.sampled_from(["1.2.3.4", "::1", "host"]),
    "RUN": run_words().filter(str.strip).map(lambda words: f"Full {words}"),
    "DEVICE": NAMES.map(lambda name: f'"{name}"'),
    "STRNAME": NAMES.map(lambda name: f'"{name}"'),
    "PLUGIN_NAMES": st.lists(st.text("abc", min_size=1), min_size=1).map(", ".join),
}
"""Values of each datatype, as a configuration holds them."""


def quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@st.composite
def resources(draw: st.DrawFn) -> tuple[str, tuple[type[Resource], ...]]:
    kinds = draw(st.sampled_from([KINDS[program] for program in sorted(KINDS)]))
    kind = draw(st.sampled_from([each for each in kinds if each not in {FileSet, Messages}]))
    lines = [f"Name = {quote(draw(NAMES))}"]
    rows = [row for row in kind.table if row.name != "Name" and row.equals]
    for row in draw(st.lists(st.sampled_from(rows), max_size=12, unique=True)):
        strategy = VALUES.get(row.datatype.name)
        if strategy is not None:
            lines.append(f"{row.name} = {draw(strategy)}")
        elif (
            row.datatype.name in {"STR", "STDSTR", "DIR", "STDSTRDIR", "DIR_OR_CMD", "ALIST_STR"}
            or row.datatype.name == "SHRTRUNSCRIPT"
        ):
            lines.append(f"{row.name} = {quote(draw(TEXTS))}")
        elif row.datatype.name in {"AUTOPASSWORD", "MD5PASSWORD"}:
            lines.append(f"{row.name} = {quote(draw(TEXTS.filter(bool)))}")
    body = "\n".join(lines)
    return f"{kind.kind} {{\n{body}\n}}\n", kinds


def values(resource: Resource) -> dict[str, Any]:
    return {row.attribute: resource.value(row) for row in resource.table}


def assert_shown_is_parsed_again(text: str, kinds: tuple[type[Resource], ...]) -> Resource:
    first = read(text, kinds)
    assert first.errors == [], first.errors
    (resource,) = first.resources
    for verbose in (False, True):
        shown = show_text(resource, verbose=verbose, complete=True)
        again = read(shown, kinds)
        assert again.errors == [], (shown, again.errors)
        assert values(again.resources[0]) == values(resource), shown
    return resource


@settings(max_examples=300)
@given(resources())
def test_a_shown_resource_is_parsed_as_the_same(
    drawn: tuple[str, tuple[type[Resource], ...]],
) -> None:
    assert_shown_is_parsed_again(*drawn)


SCRIPTS = st.lists(
    st.tuples(
        st.sampled_from(["Command", "Console"]),
        TEXTS,
        st.sampled_from(["", "RunsWhen = Before", "RunsWhen = Always"]),
        st.sampled_from(["", "RunsOnFailure = yes", "FailJobOnError = no", "RunsOnClient = no"]),
    ),
    min_size=1,
)


@given(SCRIPTS)
def test_shown_scripts_are_parsed_as_the_same(scripts: list[tuple[str, str, str, str]]) -> None:
    blocks = "\n".join(
        f"RunScript {{ {key} = {quote(command)}\n {when}\n {setting} }}"
        for key, command, when, setting in scripts
    )
    assert_shown_is_parsed_again(f"Job {{ Name = j\n{blocks}\n}}", director.RESOURCES)


OPTIONS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "Signature = XXH128",
                "Compression = GZIP",
                "Compression = LZ4HC",
                "HardLinks = yes",
                "AclSupport = no",
                "NoAtime = yes",
                "EnhancedWild = yes",
                "Recurse = yes",
                "Force Encryption = yes",
                "Verify = pins5",
                "Accurate = A",
                "Strip Path = 3",
                'Size = "<5m"',
                "Shadowing = localwarn",
            ]
        ),
        st.tuples(
            st.sampled_from(["Wild", "WildFile", "WildDir", "Regex", "FsType", "Meta"]), TEXTS
        ).map(lambda pair: f"{pair[0]} = {quote(pair[1])}"),
    ),
    max_size=6,
)


@given(
    st.lists(st.tuples(st.lists(OPTIONS, max_size=3), st.lists(TEXTS), st.lists(TEXTS))),
    st.lists(st.lists(TEXTS)),
    st.sampled_from(["", "Enable VSS = no", "Ignore FileSet Changes = yes"]),
)
def test_a_shown_fileset_is_parsed_as_the_same(
    includes: list[tuple[list[list[str]], list[str], list[str]]],
    excludes: list[list[str]],
    switch: str,
) -> None:
    lines = ["FileSet { Name = f", switch]
    for options, files, plugins in includes:
        lines.append("Include {")
        lines += [f"Options {{\n{'\n'.join(block)}\n}}" for block in options]
        lines += [f"File = {quote(file)}" for file in files]
        lines += [f"Plugin = {quote(plugin)}" for plugin in plugins]
        lines.append("}")
    for files in excludes:
        lines += ["Exclude {", *(f"File = {quote(file)}" for file in files), "}"]
    lines.append("}")
    assert_shown_is_parsed_again("\n".join(lines), director.RESOURCES)


TYPES = st.lists(
    st.sampled_from([*(word.value for word in MessageType), "all", "!saved", "!skipped"]),
    min_size=1,
).map(", ".join)

DESTINATIONS = st.one_of(
    st.tuples(st.sampled_from(["console", "catalog", "stdout"]), st.just(""), TYPES),
    st.tuples(st.sampled_from(["append", "file"]), TEXTS.filter(bool).map(quote), TYPES),
    st.tuples(st.sampled_from(["mail", "operator", "mailonerror"]), st.just("a@b, root"), TYPES),
    st.tuples(st.just("syslog"), st.sampled_from(["", "mail"]), TYPES),
)


@given(
    st.lists(DESTINATIONS, max_size=5),
    TEXTS.map(quote),
    st.sampled_from(["MailCommand", "Description"]),
)
def test_shown_messages_are_parsed_as_the_same(
    destinations: list[tuple[str, str, str]], text: str, directive: str
) -> None:
    lines = [f"{directive} = {text}"]
    lines += [
        " = ".join(part for part in (target, where, types) if part)
        for target, where, types in destinations
    ]
    body = "\n".join(lines)
    resource = assert_shown_is_parsed_again(f"Messages {{ Name = m\n{body}\n}}", director.RESOURCES)
    assert isinstance(resource, Messages)
