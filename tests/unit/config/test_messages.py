import pytest

from barque.config import director
from barque.config.lexer import Source
from barque.config.messages import Messages, MessageType, Target, types_text
from barque.config.parser import Parsed, parse


def read(lines: str) -> Parsed:
    text = f"Messages {{ Name = m\n{lines}\n}}"
    return parse([Source("test.conf", text)], lambda _include: [], director.RESOURCES)


def messages(lines: str) -> Messages:
    parsed = read(lines)
    assert parsed.errors == []
    (resource,) = parsed.resources
    assert isinstance(resource, Messages)
    return resource


def test_types_are_added_and_removed_from_left_to_right() -> None:
    (console,) = messages("console = all, !skipped , !saved, skipped").destinations
    assert console.target is Target.CONSOLE
    assert console.types == frozenset(MessageType) - {MessageType.SAVED}


def test_a_second_line_for_a_place_adds_to_it() -> None:
    resource = messages('append = "/a" = error\nappend = /b = info\nappend = "/a" = fatal')
    assert [(item.where, set(item.types)) for item in resource.append] == [
        ("/a", {MessageType.ERROR, MessageType.FATAL}),
        ("/b", {MessageType.INFO}),
    ]


def test_recipients_are_joined_with_blanks() -> None:
    (mail,) = messages("mail = a@x, b@x = all").destinations
    assert mail.where == "a@x b@x"


def test_commands_count_for_destinations_below_them() -> None:
    resource = messages(
        """mail = a = all
        mail command = "/bin/one"
        mail on error = a = all
        mail command = "/bin/two"
        mail on success = a = all
        operator command = "/bin/op"
        timestamp format = "%s"
        operator = a = mount
        syslog = all"""
    )
    assert [(item.command, item.timestamp_format) for item in resource.destinations] == [
        ("", ""),
        ("/bin/one", ""),
        ("/bin/two", ""),
        ("/bin/op", "%s"),
        ("", ""),
    ]


def test_syslog_may_have_a_facility() -> None:
    assert messages("syslog = mail = all").destinations[0].where == "mail"
    plain = messages("syslog = all, !skipped").destinations[0]
    assert (plain.where, MessageType.SKIPPED in plain.types) == ("", False)


def test_destinations_are_found_by_type() -> None:
    resource = messages("console = error\ncatalog = all\nstdout = info")
    assert [item.target for item in resource.for_type(MessageType.ERROR)] == [
        Target.CONSOLE,
        Target.CATALOG,
    ]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("console = al", "message type: al not found"),
        ("console = !al", "message type: al not found"),
        ("append = /a", "expected an =, got: end of line"),
        ("mail = a, b", "expected an =, got: }"),
        ("console =", "expected a string, got: end of line"),
    ],
)
def test_mistakes(lines: str, message: str) -> None:
    assert read(lines).errors[0].message == message


def test_types_are_shown_shortly_or_in_full() -> None:
    few = frozenset({MessageType.FATAL, MessageType.ERROR, MessageType.TERMINATE})
    assert types_text(few) == "fatal,error,Terminate"
    assert types_text(frozenset(MessageType) - {MessageType.AUDIT}) == "all,!audit"
    assert types_text(few, verbose=True).startswith("fatal,error,Terminate,!debug,!abort")
