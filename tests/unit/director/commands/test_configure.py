"""Resources are added to the configuration of a running Director."""

import json
from pathlib import Path

import pytest

from barque.config.load import load_director
from barque.testing.terminal import Terminal

CLIENT = "configure add client name=cl1 address=127.0.0.1 password=secret"
TEXT = 'Client {\n  Name = "cl1"\n  Address = "127.0.0.1"\n  Password = "secret"\n}\n'
EXPORT = (
    'Director {\n  Name = "golden-dir"\n  Password = "[md5]5ebe2294ecd0e0f08eab7690d2a6ee69"\n}\n'
)


def folder(terminal: Terminal) -> Path:
    directory = terminal.director.config.include_directory
    assert directory
    return directory


def test_a_client_is_added_and_exported(terminal: Terminal) -> None:
    shown = terminal.text(CLIENT)
    path = folder(terminal) / "client" / "cl1.conf"
    exported = folder(terminal).parent / (
        "bareos-dir-export/client/cl1/bareos-fd.d/director/golden-dir.conf"
    )
    assert shown == (
        f'Exported resource file "{exported}":\n{EXPORT}'
        f'Created resource config file "{path}":\n{TEXT}'
    )
    assert path.read_text() == TEXT
    assert exported.read_text() == EXPORT
    assert [file.stat().st_mode & 0o777 for file in (path, exported)] == [0o600, 0o600]
    assert list(terminal.director.config.clients)[-1] == "cl1"
    assert "cl1" in load_director(folder(terminal).parent).clients


def test_a_name_is_given_once(terminal: Terminal) -> None:
    terminal.text(CLIENT)
    again = 'Resource "Client" with name "cl1" already exists.\n'
    assert terminal.text(CLIENT) == again
    answer = json.loads(terminal.text(CLIENT, api=2))
    assert answer["error"]["data"] == {
        "result": {"configure": {}},
        "messages": {"error": [again]},
    }


def test_a_file_that_is_there_is_never_overwritten(terminal: Terminal) -> None:
    path = folder(terminal) / "pool" / "p1.conf"
    path.write_text("# mine\n")
    shown = terminal.text("configure add pool name=p1 pooltype=Backup")
    assert shown == f"configure error: Resource config file {path} already exists.\n"
    assert path.read_text() == "# mine\n"
    assert [file.name for file in path.parent.iterdir() if file.suffix != ".conf"] == []


def test_the_answer_for_programs(terminal: Terminal) -> None:
    answer = json.loads(terminal.text("configure add job=j1 jobdefs=DefaultBackup", api=2))
    path = folder(terminal) / "job" / "j1.conf"
    assert answer["result"] == {
        "configure": {
            "add": {
                "resource": "Job",
                "name": "j1",
                "filename": str(path),
                "content": path.read_text(),
            }
        }
    }
    assert terminal.director.config.jobs["j1"].client


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("client name=x", "configure error: SaveResource failed\n"),
        ("job name=x", 'failed to create config resource "x"\n'),
        ("job name=x jobdefs=nosuch", 'Could not find config resource "nosuch" referenced'),
        ("job name=x jobdefs=DefaultBackup enabled=maybe", "Enabled = maybe"),
        ("nosuch name=x", "invalid resource type nosuch.\n"),
        ("director name=x", "Only one Director resource allowed.\n"),
        ("pool name=x nosuch=1", 'Resource "Pool" does not permit directive "nosuch".\n'),
        ("pool name=x pooltype", 'Missing value for directive "pooltype"\n'),
        ("pool pooltype=Backup", 'Resource "Pool": missing name parameter.\n'),
        ("pool name=../x pooltype=Backup", 'Resource "Pool" cannot be called "../x"'),
        ("pool name=.x pooltype=Backup", 'Resource "Pool" cannot be called ".x"'),
        ("pool name=x name=y pooltype=Backup", 'Resource "Pool" cannot be called "x y"'),
        ("pool name=x description=@/etc/passwd", "character '@' (include) is forbidden.\n"),
        ("pool name=x description=a;b", "character ';' (end of directive) is forbidden.\n"),
        ('pool name=x description="a\nb"', "control characters are forbidden.\n"),
    ],
)
def test_what_is_wrong_is_not_written(terminal: Terminal, line: str, text: str) -> None:
    before = sorted(folder(terminal).rglob("*"))
    assert text in terminal.text(f"configure add {line}")
    assert sorted(folder(terminal).rglob("*")) == before
    assert terminal.director.config.include_directory


def test_what_is_missing_is_told_as_a_message(terminal: Terminal) -> None:
    terminal.text("configure add client name=x")
    told = b"".join(terminal.director.messages).decode()
    assert '"Address" directive in Client "x" resource is required, but not found.' in told


def test_a_mistake_elsewhere_is_told_with_its_place(terminal: Terminal) -> None:
    broken = folder(terminal) / "pool" / "broken.conf"
    broken.write_text("Pool {\n  Nonsense = 1\n}\n")
    shown = terminal.text("configure add pool name=p1 pooltype=Backup")
    assert str(broken) in shown
    assert not (folder(terminal) / "pool" / "p1.conf").exists()


def test_quotes_survive(terminal: Terminal) -> None:
    terminal.text(
        r'configure add job name=j1 jobdefs=DefaultBackup runbeforejob="say \"a\\b\""'
        r' description="5\" disk"'
    )
    job = load_director(folder(terminal).parent).jobs["j1"]
    assert job.description == '5" disk'


def test_export(terminal: Terminal) -> None:
    first = terminal.text("configure export client=alpha-fd")
    assert first.startswith("Exported resource file ")
    assert terminal.text("configure export client=alpha-fd") == first
    assert terminal.text("configure export client=nosuch") == (
        "usage: configure export client=<clientname>\n"
    )


def test_usage(terminal: Terminal) -> None:
    assert terminal.text("configure").startswith("usage:\n  configure add <resourcetype>")
    assert terminal.text("configure remove client") == "invalid subcommand remove.\n"


def test_a_single_file_takes_no_resources(terminal: Terminal) -> None:
    terminal.director.config.include_directory = None
    assert terminal.text(CLIENT).startswith("The configuration is a single file")
