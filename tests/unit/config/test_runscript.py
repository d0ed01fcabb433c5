import pytest

from barque.config import director
from barque.config.keywords import ScriptWhen
from barque.config.lexer import Source
from barque.config.parser import Parsed, parse
from barque.config.runscript import RunScript


def read(lines: str) -> Parsed:
    text = f"Job {{ Name = j\n{lines}\n}}"
    return parse([Source("test.conf", text)], lambda _include: [], director.RESOURCES)


def scripts(lines: str) -> tuple[RunScript, ...]:
    parsed = read(lines)
    assert parsed.errors == []
    (job,) = parsed.resources
    assert isinstance(job, director.Job)
    return job.run_script


@pytest.mark.parametrize(
    ("directive", "when", "target", "success", "failure", "fails"),
    [
        ("RunBeforeJob", ScriptWhen.BEFORE, "", True, False, True),
        ("RunAfterJob", ScriptWhen.AFTER, "", True, False, False),
        ("RunAfterFailedJob", ScriptWhen.AFTER, "", False, True, False),
        ("ClientRunBeforeJob", ScriptWhen.BEFORE, "%c", True, False, True),
        ("ClientRunAfterJob", ScriptWhen.AFTER, "%c", True, False, False),
    ],
)
def test_short_forms(
    directive: str, when: ScriptWhen, target: str, success: bool, failure: bool, fails: bool
) -> None:
    (script,) = scripts(f'{directive} = "cmd %n"')
    assert script == RunScript("cmd %n", when, target, success, failure, fails, short=directive)


def test_a_block_makes_a_script_of_each_command() -> None:
    block = """RunScript {
      Command = "one"
      RunsWhen = AfterVSS
      RunsOnFailure = yes; RunsOnSuccess = no
      Command = two
      Console = "status dir"
      AbortJobOnError = no
    }"""
    one, two, console = scripts(block)
    assert (one.command, two.command, console.command) == ("one", "two", "status dir")
    assert one.when is two.when is console.when is ScriptWhen.AFTER_VSS
    assert (one.on_failure, one.on_success, one.fail_on_error) == (True, False, False)
    assert (one.on_client, one.console) == (True, False)
    assert (console.on_client, console.console) == (False, True)


@pytest.mark.parametrize(
    ("setting", "target"),
    [
        ("RunsOnClient = no", ""),
        ("RunsOnClient = yes", "%c"),
        ("Target = %c", "%c"),
        ("Target = other", "other"),
        ("", "%c"),
    ],
)
def test_targets(setting: str, target: str) -> None:
    (script,) = scripts(f"RunScript {{ Command = x; {setting} }}")
    assert script.target == target


def test_scripts_keep_their_order() -> None:
    found = scripts("Run After Job = a\nRun Script { Command = b }\nRun Before Job = c")
    assert [script.command for script in found] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("RunScript = x", "Expecting open brace, got: ="),
        (
            "RunScript { Command x }",
            "Keyword Commandx not permitted in this resource",
        ),
        ("RunScript { Command = }", "expected a string, got: }"),
        ("RunScript { RunsWhen = now }", "Expect Before, After, AfterVSS or Always, got: now"),
        ("RunScript { RunsOnFailure = perhaps }", "Expect YES or NO, got: perhaps"),
        ("RunScript { 5 }", "Expecting keyword, got: 5"),
    ],
)
def test_mistakes(lines: str, message: str) -> None:
    assert read(lines).errors[0].message == message
