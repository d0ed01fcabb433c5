"""``create`` and ``add``: records of Pools, and of Volumes that nobody labelled.

Source: console commands, section 6.8.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from barque.director import resources
from barque.director.catalog_sync import synchronise_pool
from barque.director.catalogs import open_catalog
from barque.director.commands.outcome import carried_out
from barque.director.records import choose_pool_record
from barque.director.selection import ask_number, ask_yes_no
from barque.director.volume_name import volume_name_fault
from barque.director.volume_selection import limits_of
from barque.errors import ConflictError

if TYPE_CHECKING:
    from barque.catalog import Catalog, PoolRecord
    from barque.config.director import Storage
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession

_ADVICE: Final = (
    "You probably don't want to be using this command since it\n"
    "creates database records without labeling the Volumes.\n"
    'You probably want to use the "label" command.\n\n'
)
_MOST: Final = 1000
_LONGEST: Final = 117
"""Letters of a name that a number of four digits may follow."""


def create(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Create the record of a Pool from its resource."""
    catalog = open_catalog(session, line)
    pool = resources.named_pool(session, line)
    if catalog.pools.find(pool.name) is not None:
        session.out.error(f"Error: Pool {pool.name} already exists.\nUse update to change it.\n")
    else:
        synchronise_pool(catalog, pool)
    session.out.plain(f"Pool {pool.name} created.\n")
    return True


def add(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Create records of Volumes that are to be labelled later."""
    session.out.plain(_ADVICE)
    catalog = open_catalog(session, line)
    return carried_out(session, lambda: _add(session, line, catalog))


def _add(session: "ConsoleSession", line: "CommandLine", catalog: "Catalog") -> None:
    pool = _with_room(session, catalog, choose_pool_record(session, line, catalog))
    storage = resources.named_storage(session, line)
    names = _ask_names(session, pool)
    slot, in_changer = 0, False
    if storage.auto_changer:
        slot = ask_number(session, "Enter slot (0 for none): ")
        in_changer = ask_yes_no(session, "InChanger? yes/no: ")
    added = 0
    with catalog.transaction():
        for name in names:
            place = _Place(storage, slot + added if slot else 0, in_changer)
            if not _create(session, catalog, pool, name, place):
                break
            added += 1
    session.out.plain(f"{added} Volumes created in pool {pool.name}\n")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a new Volume is."""

    storage: "Storage"
    slot: int
    in_changer: bool


def _create(
    session: "ConsoleSession", catalog: "Catalog", pool: "PoolRecord", name: str, place: _Place
) -> bool:
    record = catalog.storages.find(place.storage.name)
    try:
        catalog.volumes.create(
            name,
            pool.pool_id,
            str(place.storage.media_type),
            vol_status="Unlabeled",
            enabled=1,
            storage_id=record.storage_id if record else 0,
            slot=place.slot,
            in_changer=int(place.in_changer),
            **limits_of(pool),
        )
    except ConflictError as error:
        session.out.error(f"{error}\n")
        return False
    return True


def _with_room(session: "ConsoleSession", catalog: "Catalog", pool: "PoolRecord") -> "PoolRecord":
    """Return *pool* when Volumes may be added to it, after its maximum was raised if need be."""
    while pool.max_vols and pool.num_vols >= pool.max_vols:
        session.out.warning(f"Pool already has maximum volumes={pool.max_vols}\n")
        most = ask_number(session, "Enter new maximum (zero for unlimited): ")
        catalog.pools.update(pool.pool_id, max_vols=most)
        pool = catalog.pools.get(pool.pool_id) or pool
    return pool


def _ask_names(session: "ConsoleSession", pool: "PoolRecord") -> list[str]:
    """Return the names of the new Volumes."""
    most = pool.max_vols - pool.num_vols if pool.max_vols else _MOST
    prompt = f"Enter number of Volumes to create. 0=>fixed name. Max={most}: "
    while (count := ask_number(session, prompt)) > most:
        session.out.warning(f"The number must be between 0 and {most}\n")
    if not count:
        return [_ask_name(session, "Enter Volume name: ")]
    base = _ask_name(session, "Enter base volume name: ")
    while (start := ask_number(session, "Enter the starting number: ")) < 1:
        session.out.warning("Start number must be greater than zero.\n")
    return [f"{base}{number:04}" for number in range(start, start + count)]


def _ask_name(session: "ConsoleSession", prompt: str) -> str:
    while True:
        name = session.ask(prompt)
        fault = volume_name_fault(name)
        if fault is not None:
            session.out.error(f"{fault}\n")
        elif len(name) > _LONGEST:
            session.out.warning("Volume name too long.\n")
        else:
            return name
