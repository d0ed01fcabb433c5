"""``update volume``: changing the records of Volumes, by keywords or by a menu.

Source: console commands, section 6.6.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from barque.director import resources
from barque.director.commands import volume_changes as changes
from barque.director.commands.volume_changes import FIELDS, STATUSES, Change, defaults_of
from barque.director.records import choose_pool_record, choose_storage_record, choose_volume_record
from barque.director.report import elapsed
from barque.director.selection import ask_number, ask_yes_no, choose, choose_name
from barque.errors import CommandError, PromptDeclinedError

if TYPE_CHECKING:
    from barque.catalog import Catalog
    from barque.catalog.pools import PoolRecord
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession


def update_volume(session: "ConsoleSession", line: "CommandLine", catalog: "Catalog") -> None:
    """Change what the line says, or what is chosen. Raises CommandError, PromptDeclinedError."""
    update = _Update(session, line, catalog)
    if not update.by_keywords():
        update.by_menu()


class _Update:
    """One ``update volume``."""

    def __init__(self, session: "ConsoleSession", line: "CommandLine", catalog: "Catalog") -> None:
        self._session = session
        self._line = line
        self._catalog = catalog

    def by_keywords(self) -> bool:
        """Change every field that the line names; False when it names none."""
        done = False
        for field in FIELDS:
            if field.keyword == "enabled" and (name := self._line.value("allfrompool")) is not None:
                self._all_from_pool(name)
                return True
            value = self._line.value(field.keyword)
            if value is None:
                continue
            try:
                field.change(self._change(), value)
            except PromptDeclinedError:
                raise
            except CommandError as error:
                self._session.out.error(f"{error}\n")
            if field.last:
                return True
            done = True
        if self._line.has("fromallpools"):
            self.all_from_all_pools()
            return True
        return done

    def _change(self) -> Change:
        volume = choose_volume_record(self._session, self._line, self._catalog)
        return Change(self._session, self._catalog, volume)

    # -- menu --------------------------------------------------------------------------------------

    def by_menu(self) -> None:
        """Ask what to change until the console is done."""
        names = [name for name, _ in _MENU]
        header, question = "Parameters to modify:\n", "Select parameter to modify"
        while True:
            try:
                act = _MENU[choose(self._session, "", header, question, names)][1]
            except PromptDeclinedError:
                # asks for a Volume nevertheless, as the reference does
                self._shown()
                act = _Update.terminate
            if not act(self):
                return

    def _shown(self) -> Change:
        """Return the Volume, after saying which one it is."""
        change = self._change()
        self._session.out.info(f'Updating Volume "{change.volume.volume_name}"\n')
        return change

    def _apply(self, act: Callable[[Change, str], None], change: Change, value: str) -> bool:
        """Change one field and come back to the menu."""
        try:
            act(change, value)
        except PromptDeclinedError:
            raise
        except CommandError as error:
            self._session.out.error(f"{error}\n")
        return True

    def status(self) -> bool:
        """Change the status."""
        change = self._shown()
        now = change.volume.vol_status
        self._session.out.info(f"Current Volume status is: {now}\n")
        left_out = {"Error"} if now == "Purged" else {"Error", "Recycle"}
        words = [word for word in STATUSES if word not in left_out]
        header, question = "Possible Values are:\n", "Choose new Volume Status"
        value = choose_name(self._session, "", header, question, words)
        return self._apply(changes.status, change, value)

    def retention(self) -> bool:
        """Change the retention."""
        change = self._shown()
        now = elapsed(change.volume.vol_retention)
        self._session.out.info(f"Current retention period is: {now}\n")
        value = self._session.ask("Enter Volume Retention period: ")
        return self._apply(changes.retention, change, value)

    def use_duration(self) -> bool:
        """Change the use duration."""
        change = self._shown()
        now = elapsed(change.volume.vol_use_duration)
        self._session.out.info(f"Current use duration is: {now}\n")
        value = self._session.ask("Enter Volume Use Duration: ")
        return self._apply(changes.use_duration, change, value)

    def most_jobs(self) -> bool:
        """Change the limit of jobs."""
        change = self._shown()
        self._session.out.info(f"Current max jobs is: {change.volume.max_vol_jobs}\n")
        value = ask_number(self._session, "Enter new Maximum Jobs: ")
        return self._apply(changes.most_jobs, change, str(value))

    def most_files(self) -> bool:
        """Change the limit of files."""
        change = self._shown()
        self._session.out.info(f"Current max files is: {change.volume.max_vol_files}\n")
        value = ask_number(self._session, "Enter new Maximum Files: ")
        return self._apply(changes.most_files, change, str(value))

    def most_bytes(self) -> bool:
        """Change the limit of bytes."""
        change = self._shown()
        self._session.out.info(f"Current value is: {change.volume.max_vol_bytes}\n")
        value = self._session.ask("Enter new Maximum Bytes: ")
        return self._apply(changes.most_bytes, change, value)

    def recycle(self) -> bool:
        """Change whether it is recycled."""
        change = self._shown()
        now = "yes" if change.volume.recycle == 1 else "no"
        self._session.out.info(f"Current recycle flag is: {now}\n")
        value = ask_yes_no(self._session, "Enter new Recycle status: ")
        return self._apply(changes.recycle, change, "yes" if value else "no")

    def slot(self) -> bool:
        """Change the slot."""
        change = self._shown()
        self._session.out.info(f"Current Slot is: {change.volume.slot}\n")
        value = ask_number(self._session, "Enter new Slot: ")
        return self._apply(changes.slot, change, str(value))

    def in_changer(self) -> bool:
        """Change whether it is in its autochanger."""
        change = self._shown()
        self._session.out.info(f"Current InChanger flag is: {change.volume.in_changer}\n")
        question = f'Set InChanger flag for Volume "{change.volume.volume_name}": yes/no: '
        inside = ask_yes_no(self._session, question)
        changes.put_in_changer(change, inside=inside)
        self._session.out.info(f"New InChanger flag is: {int(inside)}\n")
        return True

    def files(self) -> bool:
        """Change the number of files on it."""
        change, out = self._shown(), self._session.out
        out.warning("Warning changing Volume Files can result\nin loss of data on your Volume\n\n")
        out.info(f"Current Volume Files is: {change.volume.vol_files}\n")
        value = ask_number(self._session, "Enter new number of Files for Volume: ")
        if value != change.volume.vol_files + 1:
            out.warning("Normally, you should only increase Volume Files by one!\n")
            if not ask_yes_no(self._session, "Increase Volume Files? (yes/no): "):
                return True
        change.set(f"New Volume Files is: {value}", vol_files=value)
        return True

    def pool(self) -> bool:
        """Move it to another Pool."""
        change = self._shown()
        now = self._catalog.pools.get(change.volume.pool_id)
        self._session.out.info(f"Current Pool is: {now.name if now else ''}\n")
        changes.pool(change, self._session.ask("Enter new Pool name: "))
        return False

    def from_pool(self) -> bool:
        """Take the limits of its Pool again."""
        changes.from_pool(self._shown(), "")
        return False

    def all_from_chosen_pool(self) -> bool:
        """Likewise for all Volumes of a Pool."""
        self._all_from_pool(resources.choose(self._session, resources.POOL).name)
        return False

    def all_from_all_pools(self) -> bool:
        """Likewise for all Volumes."""
        for pool in self._catalog.pools.all():
            if resources.may_use(self._session, resources.POOL, pool.name):
                self._refresh(pool)
        return False

    def enabled(self) -> bool:
        """Change whether it is used."""
        change = self._shown()
        self._session.out.info(f"Current Enabled is: {change.volume.enabled}\n")
        value = self._session.ask("Enter new Enabled: ")
        return self._apply(changes.enabled, change, value)

    def recycle_pool(self) -> bool:
        """Change where it goes when purged."""
        change = self._shown()
        now = self._catalog.pools.get(change.volume.recycle_pool_id)
        text = f"Current RecyclePool is: {now.name}" if now else "No current RecyclePool"
        self._session.out.info(f"{text}\n")
        chosen = choose_pool_record(self._session, self._line, self._catalog, "recyclepool")
        changes.recycle_pool(change, chosen.name)
        return False

    def action_on_purge(self) -> bool:
        """Change whether it is emptied when purged."""
        change = self._shown()
        now = "Truncate" if change.volume.action_on_purge else "None"
        self._session.out.info(f"Current ActionOnPurge is: {now}\n")
        value = self._session.ask("Enter new ActionOnPurge (one of: Truncate, None): ")
        return self._apply(changes.action_on_purge, change, value)

    def storage(self) -> bool:
        """Change on which Storage it is."""
        change = self._shown()
        now = self._catalog.storages.get(change.volume.storage_id)
        missing = "Warning, could not find current Storage"
        self._session.out.info(f"Current Storage is: {now.name}\n" if now else f"{missing}\n")
        chosen = choose_storage_record(self._session, self._line, self._catalog)
        changes.storage(change, chosen.name)
        self._session.out.info(f"New Storage is: {chosen.name}\n")
        return False

    def terminate(self) -> bool:
        """End."""
        self._session.out.info("Selection terminated.\n")
        return False

    # -- all Volumes of a Pool ---------------------------------------------------------------------

    def _all_from_pool(self, name: str) -> None:
        pool = self._catalog.pools.find(name)
        if pool is None or not resources.may_use(self._session, resources.POOL, name):
            raise CommandError(
                f'Could not find Pool "{name}": ERR=Pool record not found in Catalog.'
            )
        self._refresh(pool)

    def _refresh(self, pool: "PoolRecord") -> None:
        with self._catalog.transaction():
            for volume in self._catalog.volumes.in_pool(pool.pool_id):
                self._catalog.volumes.update(volume.media_id, **defaults_of(pool))
        self._session.out.info(f'All Volume defaults updated from "{pool.name}" Pool record.\n')


_MENU: Final[tuple[tuple[str, Callable[[_Update], bool]], ...]] = (
    ("Volume Status", _Update.status),
    ("Volume Retention Period", _Update.retention),
    ("Volume Use Duration", _Update.use_duration),
    ("Maximum Volume Jobs", _Update.most_jobs),
    ("Maximum Volume Files", _Update.most_files),
    ("Maximum Volume Bytes", _Update.most_bytes),
    ("Recycle Flag", _Update.recycle),
    ("Slot", _Update.slot),
    ("InChanger Flag", _Update.in_changer),
    ("Volume Files", _Update.files),
    ("Pool", _Update.pool),
    ("Volume from Pool", _Update.from_pool),
    ("All Volumes from Pool", _Update.all_from_chosen_pool),
    ("All Volumes from all Pools", _Update.all_from_all_pools),
    ("Enabled", _Update.enabled),
    ("RecyclePool", _Update.recycle_pool),
    ("Action On Purge", _Update.action_on_purge),
    ("Storage", _Update.storage),
    ("Done", _Update.terminate),
)
"""What may be chosen; True brings the menu again."""
