from pathlib import Path

import pytest

from barque.plugins.stubs import MODULES, SHIMS, reference, stub

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("module", MODULES)
def test_stubs_are_made_from_the_tables(module: str) -> None:
    assert (SHIMS / f"{module}.pyi").read_text() == stub(module)


def test_the_reference_is_made_from_the_tables() -> None:
    assert (ROOT / "docs" / "reference" / "plugin-constants.md").read_text() == reference()
