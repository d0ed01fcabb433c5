from pathlib import Path

import pytest

from barque.plugins.child import abi
from barque.plugins.events import EVENT_NOTES
from barque.plugins.stubs import MODULES, SHIMS, events_reference, reference, stub

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("module", MODULES)
def test_stubs_are_made_from_the_tables(module: str) -> None:
    assert (SHIMS / f"{module}.pyi").read_text() == stub(module)


def test_the_reference_is_made_from_the_tables() -> None:
    assert (ROOT / "docs" / "reference" / "plugin-constants.md").read_text() == reference()


def test_every_event_has_a_note_on_the_page_of_events() -> None:
    names = {*abi.FD_EVENTS, *abi.DIR_EVENTS, *abi.SD_EVENTS}
    assert set(EVENT_NOTES) == names
    assert (ROOT / "docs" / "reference" / "plugin-events.md").read_text() == events_reference()
