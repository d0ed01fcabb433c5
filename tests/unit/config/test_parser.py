import pytest

from barque.config import director, storagedaemon
from barque.config.lexer import Source
from barque.config.parser import MAXIMUM_ERRORS, Parsed, nearest, parse
from barque.errors import ConfigError


def read(text: str, kinds: tuple[type, ...] = director.RESOURCES) -> Parsed:
    def reader(include: str) -> list[Source]:
        raise ConfigError(f"Cannot open included config file {include}: none here")

    return parse([Source("test.conf", text)], reader, kinds)


def messages(text: str) -> list[str]:
    return [error.message.splitlines()[0] for error in read(text).errors]


def test_a_resource_is_an_object_with_typed_attributes() -> None:
    parsed = read(
        """
        Pool {
          Name = "Full"; pool type = backup
          Volume Retention = 1 year
          MaximumVolumeBytes = 50G
          AutoPrune = no
        }
        """
    )
    assert parsed.errors == []
    (pool,) = parsed.resources
    assert isinstance(pool, director.Pool)
    assert pool.name == "Full"
    assert pool.volume_retention == 365 * 86400
    assert pool.maximum_volume_bytes == 50 * 1024**3
    assert pool.auto_prune is False
    assert pool.recycle is True
    assert pool.is_set("pool_type")
    assert not pool.is_set("recycle")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Pol { }", "Expected a Resource name identifier, got: Pol"),
        ("5 { }", "Expected a Resource name identifier, got: 5"),
        ("Pool = x", "expected a block begin { after Pool"),
        ("Pool { Name = p; Nome = x }", 'Keyword "Nome" not permitted in this resource.'),
        ("Pool { Name p }", 'Keyword "Namep" not permitted in this resource.'),
        ("Pool { Name { p } }", "expected an equals, got: {"),
        ("Pool { Name = p; Recycle = maybe }", "Expect YES or NO, got: maybe"),
        ("Pool { Name = a; Name = b }", 'Attempt to redefine name "a" to "b".'),
        ('Pool { Name = "a$" }', 'Illegal character "$" in name.'),
        ('Pool { Name = " a" }', "Illegal blank at the begin or end of a name."),
        ('Pool { Name = "" }', "Empty name not allowed."),
        ("Pool { Name = p; Maximum Volumes = -1 }", "expected a positive integer number, got: -1"),
        ("Pool { Name = p; Maximum Volumes = 5000000000 }", "number out of range (0-4294967295): 5000000000"),
        ("Pool { Name = p; Pool Type = x }", "Expected a Pool Type option, got: x"),
        ("Pool { Name = p; Volume Retention = soon }", "expected a time period, got: soon"),
        ('Pool { Name = p; Volume Retention = "1 year" }', "expected a time period, got: 1 year"),
        ("Pool { Name = p; Maximum Volume Bytes = 5q }", "expected a size number, got: 5q"),
        ("Pool { Recycle = yes }", "Name not specified for resource"),
        ("Pool { Name = p", "End of conf file reached with unclosed resource."),
        ("Pool { Name = p; = }", "unexpected token = = in resource definition"),
        ("Job { Name = j; Pool = a; Pool = b }", 'Attempt to redefine resource "Pool" referenced on line 1: Job { Name = j; Pool = a; Pool = b }'),
        ("Counter { Name = c; Minimum = a }", "expected an integer number, got: a"),
        ("Profile { Name = p; Job ACL = a b$ }", 'Cannot store Acl: Illegal character "$" in acl.'),
        ('Profile { Name = p; Job ACL = "" }', "Cannot store Acl: Empty entry in an access control list."),
        (f"Pool {{ Name = {'n' * 128} }}", f"name {'n' * 128} length 128 too long, max is 127"),
        ("@gone", "Cannot open included config file gone: none here"),
        ('Pool { Name = "', "get_char: called after EOF. You may have a open double quote without the closing double quote."),
    ],
)  # fmt: skip
def test_a_mistake_is_named(text: str, message: str) -> None:
    assert messages(text) == [message]


def test_a_mistake_has_its_place_and_a_suggestion() -> None:
    (error,) = read("Pool {\n  Name = p\n  Recicle = yes\n}\n").errors
    assert (error.path, error.line, error.column) == ("test.conf", 3, 10)
    assert error.text == "  Recicle = yes"
    assert error.hint == "did you mean Recycle?"
    assert error.exit_code == 42


def test_all_mistakes_are_found_in_one_run() -> None:
    text = """
    Pool { Name = a; Bad = 1; Recycle = x; Extra { y { z = 1 } } ; AutoPrune = q }
    Nothing { Name = b; Include { File = x } }
    Job { Name = j; RunScript { When = now; Command = x }; Priority = high }
    FileSet { Name = f; Include { Options { Signature = none } File = /x }
      Ignore FileSet Changes = perhaps }
    """
    assert messages(text) == [
        'Keyword "Bad" not permitted in this resource.',
        "Expect YES or NO, got: x",
        'Keyword "Extra" not permitted in this resource.',
        "Expect YES or NO, got: q",
        "Expected a Resource name identifier, got: Nothing",
        "Keyword When not permitted in this resource",
        "expected a positive integer number, got: high",
        "Expected a FileSet option keyword, got: none:",
        "Expect YES or NO, got: perhaps",
    ]


def test_good_resources_beside_bad_ones_are_kept() -> None:
    parsed = read("Pool { Name = a; Bad = 1 }\nPool { Name = b }\n")
    assert [pool.name for pool in parsed.resources] == ["a", "b"]


def test_parsing_ends_after_many_mistakes() -> None:
    text = "Pool { Name = a\n" + "Bad = 1\n" * 200 + "}"
    assert len(read(text).errors) == MAXIMUM_ERRORS


def test_scalars_keep_the_last_and_lists_append() -> None:
    parsed = read(
        """
        Console { Name = c; Password = x; Job ACL = a, b; Job ACL = c
          Description = one; Description = two }
        """
    )
    (console,) = parsed.resources
    assert isinstance(console, director.Console)
    assert console.job_acl == ("a", "b", "c")
    assert console.description == "two"


def test_the_first_value_replaces_a_list_default() -> None:
    parsed = read("Storage { Name = s; Backend Directory = /a, /b }", storagedaemon.RESOURCES)
    (storage,) = parsed.resources
    assert isinstance(storage, storagedaemon.Storage)
    assert storage.backend_directory == ("/a", "/b")
    assert storagedaemon.Storage().backend_directory == ("/usr/lib/bareos/backends",)


def test_plugin_names_are_split_at_colons_and_commas() -> None:
    parsed = read('Director { Name = d; Plugin Names = "a:b", c\n Plugin Names = d }')
    (owner,) = parsed.resources
    assert isinstance(owner, director.Director)
    assert owner.plugin_names == ("a", "b", "c", "d")


def test_the_rest_of_a_line_is_skipped() -> None:
    parsed = read('Pool { Name = a "b" c\n Recycle = no , x }')
    assert parsed.errors == []
    (pool,) = parsed.resources
    assert pool.name == "a"


def test_a_brace_behind_a_time_closes_the_resource() -> None:
    assert read("Pool { Name = p; Volume Retention = 90 min 3 }").errors == []


def test_old_words_are_understood_with_a_warning() -> None:
    parsed = read(
        'Pool { Name = p; Label Type = ansi; Recycle = true; Label Format = "a${Year}" }\n'
        "Counter { Name = c }\n"
    )
    assert parsed.errors == []
    assert [line.splitlines()[0] for line in parsed.warnings] == [
        "using deprecated keyword LabelType on line 1 of file test.conf",
        "using true as a boolean is deprecated, use yes instead;",
        "use of variable substitutions in LabelFormat on line 1 of file test.conf is deprecated",
        'using deprecated resource type "Counter" on line 2 of file test.conf',
    ]


def test_a_suggestion_is_only_made_when_it_is_near() -> None:
    assert nearest("passwrd", ["Password", "Port"]) == "did you mean Password?"
    assert nearest("xyzzy", ["Password", "Port"]) == ""
