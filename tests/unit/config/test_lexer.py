import pytest

from barque.config.lexer import Kind, Lexer, Mode, Source
from barque.errors import ConfigError

FILES = {
    "one": "inner = 1",
    "loop": "@loop\n",
    "two words": "spaced",
    "|say hello": "said",
}


def reader(include: str) -> list[Source]:
    if include == "many*":
        return [Source("a", "first"), Source("b", "second")]
    if include == "none*":
        return []
    if include not in FILES:
        raise ConfigError(f"Cannot open included config file {include}: no such file")
    return [Source(include, FILES[include])]


def tokens(text: str, mode: Mode = Mode.NORMAL) -> list[tuple[Kind, str]]:
    lexer = Lexer([Source("main", text)], reader)
    found: list[tuple[Kind, str]] = []
    while (token := lexer.next(mode)).kind is not Kind.EOF:
        found.append((token.kind, token.text))
    return found


def texts(text: str, mode: Mode = Mode.NORMAL) -> list[str]:
    return [word for kind, word in tokens(text, mode) if kind is not Kind.EOL]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Max Run Time = 5",
            [(Kind.IDENTIFIER, "MaxRunTime"), (Kind.EQUALS, "="), (Kind.NUMBER, "5")],
        ),
        (
            "a{b}",
            [(Kind.IDENTIFIER, "a"), (Kind.BEGIN, "{"), (Kind.IDENTIFIER, "b"), (Kind.END, "}")],
        ),
        ("5x", [(Kind.STRING, "5x")]),
        ("5,6", [(Kind.NUMBER, "5"), (Kind.COMMA, ","), (Kind.NUMBER, "6")]),
        ("5}", [(Kind.STRING, "5"), (Kind.END, "}")]),
        ("foo bar2 baz", [(Kind.STRING, "foobar2"), (Kind.IDENTIFIER, "baz")]),
        ("/a/b#c", [(Kind.STRING, "/a/b")]),
        ("!all", [(Kind.STRING, "!all")]),
        ("a@b", [(Kind.STRING, "a@b")]),
        ("ümlaut x", [(Kind.STRING, "ümlaut"), (Kind.IDENTIFIER, "x")]),
        ('"a b"', [(Kind.QUOTED, "a b")]),
        (r'"a\"b\\c\n"', [(Kind.QUOTED, 'a"b\\cn')]),
        ('"a\nb"', [(Kind.QUOTED, "a\nb")]),
        ('"one"\n   "two"', [(Kind.QUOTED, "onetwo")]),
        ('"one" "two"', [(Kind.QUOTED, "onetwo")]),
        (
            '"one",\n"two"',
            [(Kind.QUOTED, "one"), (Kind.COMMA, ","), (Kind.EOL, ""), (Kind.QUOTED, "two")],
        ),
        (
            r"pool=\"P\" x",
            [
                (Kind.IDENTIFIER, "pool"),
                (Kind.EQUALS, "="),
                (Kind.QUOTED, "P"),
                (Kind.IDENTIFIER, "x"),
            ],
        ),
        ("\ufeffa", [(Kind.IDENTIFIER, "a")]),
        ("a;b", [(Kind.IDENTIFIER, "a"), (Kind.EOL, ";"), (Kind.IDENTIFIER, "b")]),
        ("# nothing", []),
        ("", []),
    ],
)
def test_characters_become_tokens(text: str, expected: list[tuple[Kind, str]]) -> None:
    assert tokens(text) == [*expected, (Kind.EOL, "")]


def test_every_line_end_is_the_same() -> None:
    assert tokens("a\r\nb\rc\n") == tokens("a\nb\nc")


def test_modes_keep_words_apart() -> None:
    assert texts("Full mon 5", Mode.NO_IDENTIFIER) == ["Full", "mon", "5"]
    assert tokens("Full", Mode.NO_IDENTIFIER)[0][0] is Kind.STRING
    assert tokens("5", Mode.NO_IDENTIFIER)[0][0] is Kind.NUMBER
    assert tokens("5", Mode.FORCE_STRING)[0][0] is Kind.STRING


def test_the_character_behind_a_token_is_known() -> None:
    lexer = Lexer([Source("main", '5 days "x",all,b\n')], reader)
    assert [lexer.next().after for _ in range(5)] == [" ", '"', ",", "a", ","]


def test_an_include_stands_for_its_file() -> None:
    assert texts("@one\nouter") == ["inner", "=", "1", "outer"]
    assert texts('x = @"two words";y') == ["x", "=", "spaced", "y"]
    assert texts("a\n@one;b") == ["a", "inner", "=", "1", "b"]


def test_the_output_of_a_command_is_included() -> None:
    assert texts('@"|say hello"') == ["said"]


def test_the_last_file_of_a_glob_is_read_first() -> None:
    assert texts("@many*\n") == ["second", "first"]


def test_a_glob_without_files_is_nothing() -> None:
    assert texts("@none*\nrest") == ["rest"]


def test_a_missing_include_is_an_error_at_its_place() -> None:
    with pytest.raises(ConfigError, match="Cannot open included config file missing") as caught:
        tokens("a\n  @missing\n")
    assert (caught.value.path, caught.value.line, caught.value.text) == ("main", 2, "  @missing")


def test_an_include_of_itself_ends_in_an_error() -> None:
    with pytest.raises(ConfigError, match="too many levels"):
        tokens("@loop")


def test_an_open_quote_is_an_error_that_says_where() -> None:
    with pytest.raises(ConfigError, match="open double quote") as caught:
        tokens('a\nb = "never closed\nc\n')
    assert "line 2" in caught.value.hint


def test_a_place_is_a_line_and_what_was_read_of_it() -> None:
    lexer = Lexer([Source("main", "a\n  bcd = 1\n")], reader)
    for _ in range(2):
        lexer.next()
    token = lexer.next()
    assert (token.place.line, token.place.column, token.place.text) == (2, 6, "  bcd = 1")


def test_a_string_over_lines_begins_on_the_first() -> None:
    token = Lexer([Source("main", '\n"a\nb"')], reader)
    token.next()
    place = token.next().place
    assert (place.begin, place.line) == (2, 3)


def test_tokens_can_be_given_back() -> None:
    lexer = Lexer([Source("main", "{ a }")], reader)
    first = lexer.next()
    second = lexer.next()
    assert lexer.depth == 1
    lexer.push_back(second)
    lexer.push_back(first)
    assert lexer.depth == 0
    assert [lexer.next(), lexer.next()] == [first, second]
