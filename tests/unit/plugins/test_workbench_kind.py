import ast

import pytest

from barque.plugins.option_tables import BUNDLED
from barque.plugins.workbench_kind import kind_of, kind_of_file

IMPORTS = {
    "import bareosfd": "fd",
    "from barque_sdk import File": "fd",
    "import bareosdir": "dir",
    "import BareosDirPluginBaseclass": "dir",
    "from barque_director_sdk import JobPlugin": "dir",
    "import bareossd": "sd",
    "import os": "fd",
}


@pytest.mark.parametrize("line", IMPORTS)
def test_imports_tell_the_daemon(line: str) -> None:
    assert kind_of(ast.parse(line)) == IMPORTS[line]


def test_plugins_that_come_along_are_told_apart() -> None:
    assert kind_of_file(BUNDLED / "barque_webhook.py") == "dir"
    assert kind_of_file(BUNDLED / "barque_postgresql.py") == "fd"
