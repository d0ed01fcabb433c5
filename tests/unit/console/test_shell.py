"""bconsole prints for piped input what the original prints."""

import io
from pathlib import Path
from typing import Any

import pytest

from barque.console.shell import BconsoleShell
from barque.console.sink import Sink
from barque.wire.framing import Signal

EOD, SUB = Signal.EOD, Signal.SUB_PROMPT


@pytest.fixture
def run(serve: Any, scripted: Any) -> Any:
    """Runs lines and returns what was printed."""

    def start(lines: bytes, *, privileged: bool = False) -> bytes:
        printed = io.BytesIO()
        channel = serve(scripted.answer)
        sink = Sink(printed)
        BconsoleShell(channel, sink, privileged=privileged).run_script(io.BytesIO(lines))
        sink.turn_back()
        channel.signal(Signal.TERMINATE)
        channel.close()
        return printed.getvalue()

    return start


def test_lines_are_echoed_before_their_replies(run: Any, scripted: Any) -> None:
    scripted.replies = {b"version": (b"v 1\n", EOD), b"restore": (b"Select: ", SUB)}
    printed = run(b"version  \nrestore\n.\n\nlast")
    assert printed == b"version  \nv 1\nrestore\nSelect: .\n\nlast"
    assert scripted.received[:5] == [b"version", b"restore", b".", b"", b"last"]


def test_a_reply_ends_at_a_nul_as_it_does_for_the_original(run: Any, scripted: Any) -> None:
    scripted.replies = {b"x": (b"seen\0hidden", EOD)}
    assert run(b"x\n") == b"x\nseen"


def test_a_director_that_hangs_up_ends_the_session(run: Any, scripted: Any) -> None:
    assert run(b"quit\nversion\n") == b"quit\n"
    assert scripted.received == [b"quit"]


def test_dot_quit_does_not_wait_for_a_reply(run: Any, scripted: Any) -> None:
    assert run(b".quit\nversion\n") == b".quit\n"


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        (b'@echo a b=c "d  e"\n', b"a b d  e \n"),
        (b"@ech x\n", b"x \n"),
        (b"@nosuch thing\n", b"@nosuch thing: is an invalid command\n"),
        (b"@# a comment\n", b""),
        (b"@separator x\n", b"Illegal separator character.\n"),
        (b"@separator ;\n", b""),
        (b"@input\n", b"First argument to input command must be a filename.\n"),
        (b"@input a b\n", b"Too many arguments on input command.\n"),
        (b"@tee a b c\n", b"Too many arguments on output/tee command.\n"),
        (b"@sleep\n", b""),
        (b'@exec "echo hi"\n', b"hi\n"),
    ],
)
def test_commands_of_the_console_itself(
    run: Any, scripted: Any, line: bytes, printed: bytes
) -> None:
    assert run(line) == line + printed
    assert scripted.received == [Signal.TERMINATE]


def test_help_lists_the_commands_of_the_console(run: Any) -> None:
    lines = run(b"@help\n").splitlines()
    assert lines[1] == b"  input      input from file"
    assert lines[-1] == b"  separator  set command separator"
    assert len(lines) == 13


@pytest.mark.parametrize("word", ["input", "output", "tee", "exec"])
def test_root_does_not_write_files_for_scripts(run: Any, word: str) -> None:
    printed = run(f"@{word} /nowhere\n".encode(), privileged=True).decode()
    assert printed.endswith(f"@{word} command is not allowed as privileged user.\n")


def test_quit_ends_the_input(run: Any, scripted: Any) -> None:
    assert run(b"@quit\nversion\n") == b"@quit\n"
    assert scripted.received == [Signal.TERMINATE]


def test_output_goes_to_a_file_and_back(run: Any, scripted: Any, tmp_path: Path) -> None:
    scripted.replies = {b"version": (b"v 1\n", EOD)}
    out = tmp_path / "out"
    printed = run(f"@output {out}\nversion\n@output\nversion\n".encode())
    assert out.read_bytes() == b"version\nv 1\n@output\n"
    assert printed == f"@output {out}\nversion\nv 1\n".encode()


def test_tee_writes_to_both(run: Any, scripted: Any, tmp_path: Path) -> None:
    scripted.replies = {b"version": (b"v 1\n", EOD)}
    out = tmp_path / "out"
    out.write_bytes(b"before\n")
    printed = run(f"@tee {out}\nversion\n".encode())
    assert out.read_bytes() == b"before\nversion\nv 1\n"
    assert printed.endswith(b"version\nv 1\n")


def test_a_file_that_cannot_be_written_is_told(run: Any, tmp_path: Path) -> None:
    printed = run(f"@output {tmp_path}/no/such\n".encode()).decode()
    assert printed.endswith("/no/such for output. ERR=No such file or directory\n")


def test_input_comes_from_files_too(run: Any, scripted: Any, tmp_path: Path) -> None:
    scripted.replies = {b"version": (b"v 1\n", EOD)}
    script = tmp_path / "script"
    script.write_bytes(b"version\n@quit\nnever\n")
    printed = run(f"@input {script}\nversion\n".encode())
    assert printed == f"@input {script}\nversion\nv 1\n@quit\nversion\nv 1\n".encode()


def test_a_person_types_at_a_prompt(serve: Any, scripted: Any) -> None:
    scripted.replies = {b"restore": (b"Select: ", SUB)}
    printed = io.BytesIO()
    channel = serve(scripted.answer)
    shell = BconsoleShell(channel, Sink(printed), privileged=True)
    typed = iter(["@separator ;", "a;b", "restore", "5"])
    prompts: list[str] = []

    def read(prompt: str) -> str:
        prompts.append(prompt)
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    shell.run_terminal(read)
    assert prompts == ["*", "*", "*", "", "*"]
    assert scripted.received == [b"a", b"b", b"restore", b"5"]
