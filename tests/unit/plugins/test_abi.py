import ast
import json
from pathlib import Path

import pytest

from barque.plugins.child import abi
from barque.plugins.child.constants import dictionaries

CHILD = Path(abi.__file__).parent
GOLDEN = Path(__file__).parents[2] / "golden" / "plugin-trace"


def test_the_constants_of_the_file_daemon_are_those_of_the_reference() -> None:
    found = json.loads((GOLDEN / "fd.json").read_text())["dicts"]
    assert found == abi.FD_DICTS


@pytest.mark.parametrize(("daemon", "tables"), [("dir", abi.DIR_DICTS), ("sd", abi.SD_DICTS)])
def test_the_constants_of_the_other_daemons(daemon: str, tables: dict[str, abi.Table]) -> None:
    found = json.loads((GOLDEN / f"{daemon}.json").read_text())
    for name, table in tables.items():
        assert ast.literal_eval(found[name]) == table
        for constant, number in table.items():
            assert found[constant] == str(number)


def test_dictionaries_answer_to_text_and_to_bytes() -> None:
    tables = dictionaries(abi.FD_DICTS)
    assert tables["bRCs"]["bRC_Core"] == tables["bRCs"][b"bRC_Core"] == 6
    assert b"bRC_Core" in tables["bRCs"]
    assert b"nothing" not in tables["bRCs"]
    assert tables["bRCs"].get(b"nothing", 9) == 9
    assert tables["bLevels"]["L_FULL"] == "F"
    assert tables["bLevels"][b"L_FULL"] == b"F"


@pytest.mark.parametrize("file", sorted(CHILD.parent.rglob("*.py")), ids=lambda path: path.name)
def test_what_runs_in_the_plugins_interpreter_is_python_3_9(file: Path) -> None:
    if CHILD in file.parents or file.parent.name == "bundled":
        ast.parse(file.read_text(), str(file), feature_version=(3, 9))
