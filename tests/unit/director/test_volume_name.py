"""Names of Volumes."""

import pytest

from barque.director.volume_name import volume_name_fault


@pytest.mark.parametrize("name", ["Full-0001", "a:b.c_d-e/f", "x" * 127, "..a", "a."])
def test_good_names(name: str) -> None:
    assert volume_name_fault(name) is None


@pytest.mark.parametrize(
    "name", ["", "/x", "a b", "a|b", "ä", "x" * 128, "a/../../b", "./a", "..", "a\n"]
)
def test_names_that_no_file_may_have(name: str) -> None:
    assert volume_name_fault(name)
