import json
from pathlib import Path

import pytest

from barque.config import director
from barque.config.fileset import FileSet
from barque.config.keywords import ScriptWhen
from barque.config.lexer import Source
from barque.config.load import DirectorConfig, load_director, load_filedaemon, load_storagedaemon
from barque.config.messages import Messages
from barque.config.password import Password
from barque.config.runscript import RunScript
from barque.config.show import (
    show_all_json,
    show_all_text,
    show_json,
    show_pieces,
    show_text,
)
from barque.domain.fileset import FileOptions, Include, Setting

GOLDEN = Path(__file__).parents[2] / "golden" / "config"


@pytest.fixture(scope="module")
def config() -> DirectorConfig:
    return load_director(GOLDEN / "etc")


@pytest.mark.parametrize(("verbose", "file"), [(False, "show"), (True, "show-verbose")])
def test_text_is_that_of_the_reference(config: DirectorConfig, verbose: bool, file: str) -> None:
    expected = (GOLDEN / f"{file}.txt").read_text()
    assert show_all_text(config.shown_tables(), verbose=verbose) == expected


@pytest.mark.parametrize(("verbose", "file"), [(False, "show"), (True, "show-verbose")])
def test_json_is_that_of_the_reference(config: DirectorConfig, verbose: bool, file: str) -> None:
    expected = json.loads((GOLDEN / f"{file}.json").read_text())
    assert json.dumps(show_all_json(config.shown_tables(), verbose=verbose)) == json.dumps(expected)


def test_passwords_can_be_hidden(config: DirectorConfig) -> None:
    client = config.clients["alpha-fd"]
    text = show_text(client, hide_passwords=True)
    assert 'Password = "****************"' in text
    assert client.password.md5_hex not in text
    assert show_json(client, hide_passwords=True)["password"] == "****************"


def test_quotes_and_backslashes_are_escaped() -> None:
    pool = director.Pool(name="p", description='a "b" \\ c')
    assert '  Description = "a \\"b\\" \\\\ c"\n' in show_text(pool)


def test_internal_resources_are_comments_for_the_curious(config: DirectorConfig) -> None:
    assert show_text(config.root_console) == ""
    assert show_text(config.root_console, verbose=True).startswith("# Console {\n  # Name")


def test_a_complete_text_holds_what_the_reference_leaves_out() -> None:
    messages = Messages(name="m", description="d")
    assert "Description" not in show_text(messages)
    assert "Description" in show_text(messages, complete=True)


def test_other_programs_show_their_resources() -> None:
    daemon = load_filedaemon(GOLDEN / "etc")
    assert show_all_text(daemon.tables()).startswith(
        'Director {\n  Name = "golden-dir"\n  Password = "[md5]af2904ba21987b283d3f14cb9cfb5579"\n'
    )
    storage = load_storagedaemon(GOLDEN / "etc")
    text = show_text(storage.devices["FileDev1"])
    assert "  LabelMedia = Yes\n" in text
    assert "  AlwaysOpen = No\n" in text


def test_no_password_is_not_shown() -> None:
    catalog = director.Catalog(name="c", db_password=Password())
    assert "Password" not in show_text(catalog, verbose=True)


def test_scripts_show_what_differs() -> None:
    scripts = (
        RunScript("a (b)", ScriptWhen.BEFORE, target="fd", console=False),
        RunScript("c", from_jobdefs=True),
        RunScript("d", fail_on_error=False, on_success=False, console=True, target=""),
    )
    job = director.Job(name="j", run_script=scripts)
    assert show_text(job) == (
        "Job {\n"
        '  Name = "j"\n'
        "  RunScript {\n"
        '    Command = "a \\(b\\)"\n'
        '    RunsWhen = "before"\n'
        '    Target = "fd"\n'
        "  }\n"
        "  RunScript {\n"
        '    Console = "d"\n'
        "    FailJobOnError = No\n"
        "    RunsOnSuccess = No\n"
        "  }\n"
        "}\n\n"
    )
    verbose = show_text(job, verbose=True)
    assert '  # RunScript {\n    # Command = "c"\n    # RunsWhen = "never"\n' in verbose


def test_commands_keep_their_escapes_in_json() -> None:
    script = RunScript('sh -c "echo \\ (a)"', ScriptWhen.BEFORE, target="", short="RunBeforeJob")
    job = director.Job(name="j", run_script=(script,))
    assert show_json(job)["runscript"] == [{"runbeforejob": 'sh -c \\"echo \\\\ \\(a\\)\\"'}]
    messages = Messages(name="m", mail_command='mail -s "x" %r')
    assert show_json(messages)["mailcommand"] == 'mail -s \\"x\\" %r'


def test_several_options_show_their_words() -> None:
    settings = (Setting("Replace", "never", "n"), Setting("Shadowing", "localwarn", "d1"))
    block = Include((FileOptions((*settings, Setting("Size", "<5", "z<5:")), plugin="p:x"),))
    text = show_text(FileSet(name="f", include=(block,)))
    assert '      Replace = "Never"\n      Shadowing = "LocalWarn"\n      Size = <5\n' in text
    assert "      Plugin = p:x\n" in text


def test_references_of_an_added_resource_are_shown_whether_given_or_not() -> None:
    path = str(GOLDEN / "etc" / "bareos-dir.d" / "job" / "added.conf")
    text = 'Job {\n  Name = "added"\n  JobDefs = "DefaultBackup"\n  Client = "beta-fd"\n}\n'
    config = load_director(GOLDEN / "etc", added=[Source(path, text)])
    assert "NextPool" not in show_text(config.jobs["added"])
    others = show_text(config.jobs["backup-tree"])
    config.mark_added([path])
    assert '  NextPool = ""\n' in show_text(config.jobs["added"])
    assert "  Pool =" not in show_text(config.jobs["added"])
    assert show_text(config.jobs["backup-tree"]) == others
    assert config.added_paths == {path}


def test_text_is_sent_in_pieces_that_end_where_objects_end(config: DirectorConfig) -> None:
    director = list(show_pieces(config.director))
    assert [piece.splitlines()[-1] for piece in director] == ["    }", "  Auditing = Yes", ""]
    messages = list(show_pieces(config.messages["Standard"]))
    assert [piece.partition(" =")[0].split()[-1] for piece in messages[1:-1]] == [
        "append",
        "catalog",
    ]
    assert messages[-1] == "}\n\n"
    for resource in (config.director, config.filesets["Lists"], config.jobs["backup-tree"]):
        assert "".join(show_pieces(resource, verbose=True)) == show_text(resource, verbose=True)
    assert list(show_pieces(config.root_console)) == []
