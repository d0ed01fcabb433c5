"""What ``update volume`` may change of a Volume, one function a field.

Each takes the value as typed and says what is new, or what is wrong with the value.
Source: console commands, section 6.6.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from barque.director.parsing import CommandLine, is_integer, leading_integer, parse_boolean
from barque.director.records import choose_pool_record, choose_storage_record
from barque.director.report import elapsed
from barque.director.volume_key import new_volume_key
from barque.director.volume_selection import limits_of
from barque.domain.duration import parse_duration
from barque.domain.size import parse_size
from barque.errors import CommandError, ConfigError

if TYPE_CHECKING:
    from barque.catalog import Catalog, VolumeRecord
    from barque.catalog.pools import PoolRecord
    from barque.director.session import ConsoleSession

STATUSES: Final = (
    "Append",
    "Archive",
    "Disabled",
    "Full",
    "Used",
    "Cleaning",
    "Recycle",
    "Read-Only",
    "Error",
)
"""What a status may be set to; Purged comes from ``purge`` alone."""

ENABLED: Final = {True: 1, False: 0}
_ARCHIVED: Final = 2
_ID: Final = 2**31

_FROM_POOL: Final = (
    "action_on_purge",
    "recycle",
    "vol_retention",
    "vol_use_duration",
    "max_vol_jobs",
    "max_vol_files",
    "max_vol_bytes",
    "recycle_pool_id",
    "min_block_size",
    "max_block_size",
)
"""What a Volume takes from its Pool again."""


@dataclass(frozen=True, slots=True)
class Change:
    """A Volume that is to be changed."""

    session: "ConsoleSession"
    catalog: "Catalog"
    volume: "VolumeRecord"

    def set(self, text: str, **fields: object) -> None:
        """Change *fields* and say *text*."""
        self.catalog.volumes.update(self.volume.media_id, **fields)
        self.session.out.info(f"{text}\n")


def status(change: Change, value: str) -> None:
    """Change the status."""
    found = next((word for word in STATUSES if word.lower() == value.lower()), None)
    if found is None:
        raise CommandError(f"Invalid VolStatus specified: {value}")
    change.set(f"New Volume status is: {found}", vol_status=found)


def retention(change: Change, value: str) -> None:
    """Change how long jobs on the Volume are kept."""
    period = _period(value, f"Invalid retention period specified: {value}")
    change.set(f"New retention period is: {elapsed(period)}", vol_retention=period)


def use_duration(change: Change, value: str) -> None:
    """Change for how long the Volume is written to."""
    period = _period(value, f"Invalid use duration specified: {value}")
    change.set(f"New use duration is: {elapsed(period)}", vol_use_duration=period)


def _period(value: str, complaint: str) -> int:
    try:
        return parse_duration(value)
    except ConfigError as error:
        raise CommandError(complaint) from error


def most_jobs(change: Change, value: str) -> None:
    """Change how many jobs may be written to the Volume."""
    number = _count(value, "max. jobs")
    change.set(f"New max jobs is: {number}", max_vol_jobs=number)


def most_files(change: Change, value: str) -> None:
    """Change how many files (of a tape) may be written."""
    number = _count(value, "max. files")
    change.set(f"New max files is: {number}", max_vol_files=number)


def _count(value: str, what: str) -> int:
    if not is_integer(value) or int(value[:20]) >= _ID:
        raise CommandError(f"Invalid {what} specification: {value}")
    return int(value)


def most_bytes(change: Change, value: str) -> None:
    """Change how large the Volume may become."""
    try:
        size = parse_size(value)
    except ConfigError as error:
        raise CommandError(f"Invalid max. bytes specification: {value}") from error
    change.set(f"New Max bytes is: {size}", max_vol_bytes=size)


def recycle(change: Change, value: str) -> None:
    """Say whether the Volume may be written from its start again."""
    flag = _flag(value)
    change.set(f"New Recycle flag is: {_yes(flag)}", recycle=int(flag))


def in_changer(change: Change, value: str) -> None:
    """Say whether the Volume is in its autochanger."""
    put_in_changer(change, inside=_flag(value))
    change.session.out.info(f"New InChanger flag is: {_yes(_flag(value))}\n")


def put_in_changer(change: Change, *, inside: bool) -> None:
    """Note that the Volume is in its autochanger, or not."""
    volume = change.volume
    if inside and volume.slot and volume.storage_id:
        change.catalog.volumes.place(volume.media_id, volume.storage_id, volume.slot)
    else:
        change.catalog.volumes.update(volume.media_id, in_changer=int(inside))


def _flag(value: str) -> bool:
    flag = parse_boolean(value)
    if flag is None:
        raise CommandError("Invalid value. It must be YES or NO.")
    return flag


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def slot(change: Change, value: str) -> None:
    """Change in which slot the Volume is."""
    pool, volume = change.catalog.pools.get(change.volume.pool_id), change.volume
    number, most = leading_integer(value), pool.max_vols if pool else 0
    if number < 0 or (most and number > most):
        raise CommandError(f"Invalid slot, it must be between 0 and MaxVols={most}")
    if volume.in_changer and number and volume.storage_id:
        change.catalog.volumes.place(volume.media_id, volume.storage_id, number)
    change.set(f"New Slot is: {number}", slot=number)


def pool(change: Change, value: str) -> None:
    """Move the Volume into another Pool."""
    found = _pool(change, value)
    change.set(f"New Pool is: {found.name}", pool_id=found.pool_id)


def recycle_pool(change: Change, value: str) -> None:
    """Change into which Pool the Volume goes when it was purged; empty for none."""
    if not value:
        change.set("New RecyclePool is: *None*", recycle_pool_id=0)
        return
    found = _pool(change, value)
    change.set(f"New RecyclePool is: {found.name}", recycle_pool_id=found.pool_id)


def _pool(change: Change, name: str) -> "PoolRecord":
    """Return the Pool *name*, or the one that the console chooses when there is none."""
    return choose_pool_record(change.session, _naming("pool", name), change.catalog)


def _naming(keyword: str, value: str) -> CommandLine:
    """Return a line that says nothing else."""
    return CommandLine.parse(f'update "{keyword}={value}"')


def from_pool(change: Change, _value: str) -> None:
    """Take limits and rules from the Volume's Pool again."""
    pool_record = change.catalog.pools.get(change.volume.pool_id)
    if pool_record is None:
        raise CommandError(f"The Pool of Volume {change.volume.volume_name} is not in the catalog.")
    text = f'Volume defaults updated from "{pool_record.name}" Pool record.'
    change.set(text, **defaults_of(pool_record))


def defaults_of(pool_record: "PoolRecord") -> dict[str, object]:
    """Return what Volumes take from their Pool."""
    limits = limits_of(pool_record)
    return {name: limits[name] for name in _FROM_POOL}


def enabled(change: Change, value: str) -> None:
    """Say whether the Volume is used: yes, no, or archived."""
    flag = parse_boolean(value)
    if flag is None and value.lower() != "archived":
        raise CommandError("Invalid Enabled value, it must be yes, no, or archived")
    number = _ARCHIVED if flag is None else ENABLED[flag]
    change.set(f"New Enabled is: {number}", enabled=number)


def action_on_purge(change: Change, value: str) -> None:
    """Say whether the Volume may be emptied once it is purged."""
    truncate = value.lower() == "truncate"
    text = "Truncate" if truncate else "None"
    change.set(f"New ActionOnPurge is: {text}", action_on_purge=int(truncate))


def storage(change: Change, value: str) -> None:
    """Change on which Storage the Volume is."""
    found = choose_storage_record(change.session, _naming("storage", value), change.catalog)
    change.catalog.volumes.update(change.volume.media_id, storage_id=found.storage_id)


def encryption(change: Change, value: str) -> None:
    """Give the Volume a key for drives that encrypt, take it away, or make a new one."""
    volume, out = change.volume, change.session.out
    name, wish = volume.volume_name, parse_boolean(value)
    rotate = value.lower() == "rotate"
    if wish is None and not rotate:
        raise CommandError("Valid values for Encrypt are yes/no/rotate")
    if wish and volume.encryption_key:
        out.warning(f"Encryption key for volume '{name}' already configured.\n")
    elif not wish and not volume.encryption_key:
        out.warning(f"No encryption key for volume '{name}' configured.\n")
    elif not wish and volume.vol_status != "Purged":
        verb = "Rotating encryption key for" if rotate else "Removing encryption key from"
        raise CommandError(f"{verb} volume '{name}' requires volstatus=Purged")
    else:
        _set_key(change, remove=wish is False)


def _set_key(change: Change, *, remove: bool) -> None:
    name = change.volume.volume_name
    if change.volume.encryption_key:
        change.session.out.warning("If the volume is currently mounted, remount before use!\n")
    if remove:
        text = f"Removed encryption key for volume '{name}' from catalog."
        change.set(text, encryption_key="")
    else:
        key = new_volume_key(change.session.director.config.director)
        text = f"Generated new encryption key for volume '{name}' in catalog."
        change.set(text, encryption_key=key)


@dataclass(frozen=True, slots=True)
class Field:
    """One keyword of ``update volume``."""

    keyword: str
    change: Callable[[Change, str], None]
    last: bool = False
    """Nothing else is changed after it."""


FIELDS: Final = (
    Field("volstatus", status),
    Field("volretention", retention),
    Field("voluse", use_duration),
    Field("maxvoljobs", most_jobs),
    Field("maxvolfiles", most_files),
    Field("maxvolbytes", most_bytes),
    Field("recycle", recycle),
    Field("inchanger", in_changer),
    Field("slot", slot),
    Field("pool", pool),
    Field("frompool", from_pool, last=True),
    Field("enabled", enabled),
    Field("recyclepool", recycle_pool),
    Field("actiononpurge", action_on_purge),
    Field("storage", storage),
    Field("encrypt", encryption),
)
"""In the order in which they are carried out."""
