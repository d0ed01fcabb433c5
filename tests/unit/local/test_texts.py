"""Texts of resources mean what they say when they are read again."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from barque.config.load import load_console
from barque.local.texts import Block, block, exclude, include, quoted


@pytest.mark.parametrize("text", ["", "a b", 'quo"te', "back\\slash", "a # b; c = {d}", "a\nb"])
def test_any_text_survives_the_configuration_language(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bconsole.conf"
    lines = ["Name = d", f"Address = {quoted('x' + text)}", "Password = p"]
    path.write_text(block("Director", lines))
    assert load_console(path).directors["d"].address == "x" + text


@given(st.text())
def test_quoted_text_is_one_word(text: str) -> None:
    inner = quoted(text)[1:-1]
    assert inner.replace("\\\\", "").replace('\\"', "").count('"') == 0
    assert not inner.replace("\\\\", "").replace('\\"', "").endswith("\\")


def test_blocks_are_indented() -> None:
    inner = Block("Options", ["A = 1"])
    assert block("Include", [inner, "File = /x"]) == (
        "Include {\n  Options {\n    A = 1\n  }\n  File = /x\n}\n"
    )


def test_filesets_name_their_files() -> None:
    assert 'File = "/a b"' in include(["/a b"]).text()
    assert exclude(["/c"]).text() == 'Exclude {\n  File = "/c"\n}\n'
