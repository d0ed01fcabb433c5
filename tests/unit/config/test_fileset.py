from pathlib import Path

import pytest

from barque.config import director
from barque.config.fileset import FileSet, fileset_lines
from barque.config.lexer import Source
from barque.config.load import load_director
from barque.config.parser import Parsed, parse
from barque.domain.fileset import option_characters
from barque.errors import ConfigError

GOLDEN = Path(__file__).parents[2] / "golden" / "config"

MIX = r"""
  Include {
    Options {
      Signature = MD5
      Compression = GZIP
      Hard Links = yes
      Accurate = mcs5
      Verify = pins5
    }
    Options { Signature = SHA256
      WildFile = "*.nope"
      Exclude = yes
      RegexDir = "^/nope"
      fstype = ext4
    }
    File = "/srv/sample/tree/in/small/dir"
    File = "\\|echo /srv/sample/tree/in/small/sparse.img"
    Exclude Dir Containing = .nobackup
  }
  Exclude { File = "/srv/sample/tree/in/small/dir/fifo" }
"""


def read(lines: str) -> Parsed:
    text = f"FileSet {{ Name = f\n{lines}\n}}"
    return parse([Source("test.conf", text)], lambda _include: [], director.RESOURCES)


def fileset(lines: str) -> FileSet:
    parsed = read(lines)
    assert parsed.errors == []
    (resource,) = parsed.resources
    assert isinstance(resource, FileSet)
    return resource


def characters(options: str) -> str:
    return option_characters(
        fileset(f"Include {{ Options {{ {options} }} }}").include[0].options[0]
    )


def test_messages_are_those_that_a_director_of_the_reference_sent() -> None:
    assert list(fileset_lines(fileset(MIX))) == [
        b"fileset vss=1\n",
        b"I\n",
        b"Z .nobackup\n",
        b"O MZ60Cmcs5:Vpins5:AX\n",
        b"N\n",
        b"O S2eHAX\n",
        b"RD ^/nope\n",
        b"WF *.nope\n",
        b"X ext4\n",
        b"N\n",
        b"F /srv/sample/tree/in/small/dir",
        b"F |echo /srv/sample/tree/in/small/sparse.img",
        b"N\n",
        b"N\n",
        b"E\n",
        b"O HAX\n",
        b"N\n",
        b"F /srv/sample/tree/in/small/dir/fifo",
        b"N\n",
        b"N\n",
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", "HAX"),
        ("Signature = MD5", "MHAX"),
        ("Signature = sha1", "SHAX"),
        ("Signature = XXH128; Compression = LZ4", "S4Zf4HAX"),
        ("Compression = gzip9; Sparse = yes", "Z9sHAX"),
        ("HardLinks = no; AclSupport = no; XattrSupport = no", "H00"),
        ("OneFS = no; Recurse = no; AutoExclude = no", "fhxHAX"),
        ("OneFS = yes; Recurse = yes; Sparse = no", "000HAX"),
        ("Strip Path = 2; Size = 1k-10m", "P2:z1k-10m:HAX"),
        ('Size = "<5m"', "z<5m:HAX"),
        ("Size = 100", "z100:HAX"),
        ("Shadowing = globalremove; Replace = ifnewer", "d4wHAX"),
        ("NoAtime = yes; EnhancedWild = yes", "KKHAX"),
        ("Force Encryption = yes; Verify = ppins", "EfVpins:HAX"),
    ],
)
def test_options_become_characters(options: str, expected: str) -> None:
    assert characters(options) == expected


def test_patterns_for_names_alone_are_apart() -> None:
    block = fileset('Include { Options { WildFile = "*.o"; WildFile = "/a/*.o" } }').include[0]
    assert block.options[0].wild_base == ("*.o",)
    assert block.options[0].wild_file == ("/a/*.o",)


def test_an_include_without_options_has_one_block() -> None:
    block = fileset("Include { File = /a\n File = /b }").include[0]
    assert [option_characters(options) for options in block.options] == ["HAX"]
    assert block.files == ("/a", "/b")


def test_option_plugins_metas_and_drives_are_kept() -> None:
    options = (
        fileset(
            'Include { Options { Plugin = "p:x"; Meta = "a"; Meta = b; DriveType = fixed; Wild = "*" } }'
        )
        .include[0]
        .options[0]
    )
    assert (options.plugin, options.meta, options.drive_type) == ("p:x", ("a", "b"), ("fixed",))
    assert options.setting("Signature") is None


def test_switches_of_a_fileset_reach_its_messages() -> None:
    resource = fileset('Enable VSS = no\nInclude { Options { Compression = LZO } Plugin = "p:" }')
    assert list(fileset_lines(resource, allow_compression=False)) == [
        b"fileset\n",
        b"I\n",
        b"O HAX\n",
        b"N\n",
        b"N\n",
        b"P p:",
        b"N\n",
    ]


def test_the_director_evaluates_what_is_not_escaped() -> None:
    resource = fileset('Include { File = "|ls"; File = "</list" }')

    def evaluate(entry: str) -> list[bytes]:
        return [f"{entry[1:]}-{number}\n".encode() for number in (1, 2)]

    lines = list(fileset_lines(resource, evaluate=evaluate))
    assert lines[4:8] == [b"F ls-1\n", b"F ls-2\n", b"F /list-1\n", b"F /list-2\n"]
    with pytest.raises(ConfigError, match="has to be evaluated by the Director"):
        list(fileset_lines(resource))


@pytest.mark.parametrize(
    ("name", "md5"),
    [
        ("Tree", "+zdYLx1w36+//4BIlyIorB"),
        ("Lists", "q6/Ox8FnEU/Dq9+BH6wBZD"),
        ("Mixed", "H9+ynQZoqB4QAWggXx4CwD"),
    ],
)
def test_the_identity_is_that_of_the_reference(name: str, md5: str) -> None:
    assert load_director(GOLDEN / "etc").filesets[name].md5 == md5


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("Include = x", "Old style Include/Exclude not supported"),
        ("Include { Bad = 1 }", "Keyword Bad not permitted in this resource"),
        ("Include { File }", "expected an equals, got: }"),
        ("Include { File = { }", "Expected a filename, got: {"),
        ("Include { File = C:\\a }", "Backslash found. Use forward slashes or quote the string.: C:\\a"),
        ("Include { 5 }", "Expecting keyword, got: 5"),
        ("Exclude { Plugin = x }", "Plugin directive not permitted in Exclude"),
        ("Exclude { Options { } }", "Options directive not permitted in Exclude"),
        ("Include { Options = x }", "Expecting open brace, got: ="),
        ("Include { Options { Bad = 1 } }", "Keyword Bad not permitted in this resource"),
        ("Include { Options { Wild = { } }", "Expected a Wild string, got: {"),
        ("Include { Options { Sparse = often } }", "Expected a FileSet option keyword, got: often:"),
        ("Include { Options { Verify = z } }", "Illegal verify option z, got option string: z:"),
        ("Include { Options { StripPath = x } }", "Expected a strip path positive integer, got: x:"),
        ("Include { Options { Size = big } }", "Expected a parseable size, got: big:"),
        (
            f"Include {{ Options {{ Size = {'1' * 18}-{'2' * 18}; {'Size = 111111111111-9;' * 4} }} }}",
            "Too many fileset options specified; cannot parse this correctly",
        ),
    ],
)  # fmt: skip
def test_mistakes(lines: str, message: str) -> None:
    assert read(lines).errors[0].message == message
