"""Records of Pools, and of Volumes that nobody labelled."""

from barque.testing.terminal import Terminal

ADD = "add pool=Scratch storage=File1"


def test_a_pool_is_created_from_its_resource(terminal: Terminal) -> None:
    pool = terminal.catalog.pools.find("Copies")
    assert pool
    terminal.catalog.pools.delete(pool.pool_id)
    assert terminal.text("create pool=Copies") == "Pool Copies created.\n"
    assert terminal.catalog.pools.find("Copies")
    assert terminal.text("create pool=Copies").startswith("Error: Pool Copies already exists.\n")


def test_one_volume(terminal: Terminal) -> None:
    assert terminal.text(ADD, "0", "a!b", "Added-1") == "1 Volumes created in pool Scratch\n"
    volume = terminal.catalog.volumes.find("Added-1")
    assert volume
    assert (volume.vol_status, volume.vol_bytes, volume.enabled) == ("Unlabeled", 0, 1)


def test_numbered_volumes(terminal: Terminal) -> None:
    shown = terminal.text(ADD, "1001", "2", "x" * 120, "Added-", "0", "7")
    assert shown == "2 Volumes created in pool Scratch\n"
    assert terminal.catalog.volumes.find("Added-0007")
    assert terminal.catalog.volumes.find("Added-0008")
    pool = terminal.catalog.pools.find("Scratch")
    assert pool
    assert pool.num_vols == 4


def test_a_name_that_is_taken_ends_it(terminal: Terminal) -> None:
    shown = terminal.text(ADD, "0", "Spare-1")
    assert "already has a volume" in shown
    assert shown.endswith("0 Volumes created in pool Scratch\n")


def test_a_full_pool_gets_another_maximum(terminal: Terminal) -> None:
    pool = terminal.catalog.pools.find("Scratch")
    assert pool
    terminal.catalog.pools.update(pool.pool_id, max_vols=2)
    assert "Pool already has maximum volumes=2\n" in terminal.text(ADD)
    assert terminal.text(ADD, "3").endswith("Max=1: ")


def test_slots_of_an_autochanger(terminal: Terminal) -> None:
    terminal.director.config.storages["File1"].auto_changer = True
    terminal.text(ADD, "2", "Added-", "1", "5", "yes")
    volume = terminal.catalog.volumes.find("Added-0002")
    assert volume
    assert (volume.slot, volume.in_changer) == (6, 1)
