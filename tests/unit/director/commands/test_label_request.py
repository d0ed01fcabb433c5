"""What is kept of a Volume that was labelled."""

import pytest

from barque.director.commands.label_request import NewVolume, label_volume
from barque.errors import CommandError
from barque.testing.terminal import Terminal


def test_a_volume_in_a_slot_pushes_out_what_was_there(terminal: Terminal) -> None:
    terminal.frames()
    session, catalog = terminal.session, terminal.catalog
    pool, storage = catalog.pools.find("Full"), catalog.storages.find("File1")
    assert session
    assert pool
    assert storage
    before = catalog.volumes.find("Spare-1")
    assert before
    catalog.volumes.place(before.media_id, storage.storage_id, 3)
    resource = terminal.director.config.storages["File1"]
    assert label_volume(session, catalog, NewVolume("New-1", pool, resource, slot=3))
    new, old = catalog.volumes.find("New-1"), catalog.volumes.get(before.media_id)
    assert new
    assert old
    assert (new.slot, new.in_changer, old.slot, old.in_changer) == (3, 1, 0, 0)


def test_a_name_that_was_taken_meanwhile(terminal: Terminal) -> None:
    terminal.frames()
    session, catalog = terminal.session, terminal.catalog
    pool = catalog.pools.find("Full")
    assert session
    assert pool
    resource = terminal.director.config.storages["File1"]
    before = catalog.volumes.find("Full-0001")
    with pytest.raises(CommandError, match="is in the catalog already"):
        label_volume(session, catalog, NewVolume("Full-0001", pool, resource))
    assert catalog.volumes.find("Full-0001") == before
