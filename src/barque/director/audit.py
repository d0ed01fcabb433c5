"""What consoles did, for the audit messages of the Director.

The lines are those that Bareos writes, because programs look for them.
Source: console protocol, section 3.5.
"""

from typing import TYPE_CHECKING, Final

from barque.director.access import Acl

if TYPE_CHECKING:
    from barque.director.services import DirectorServices

_KINDS: Final = {
    Acl.JOB: "for Job",
    Acl.CLIENT: "for Client",
    Acl.STORAGE: "for Storage",
    Acl.SCHEDULE: "for Schedule",
    Acl.POOL: "for Pool",
    Acl.COMMAND: "for Command",
    Acl.FILESET: "for Fileset",
    Acl.CATALOG: "for Catalog",
    Acl.WHERE: "for Where restore location",
    Acl.PLUGIN_OPTIONS: "for Plugin Options",
}


class ConsoleAudit:
    """Notes what one console does."""

    def __init__(self, director: "DirectorServices", console: str, peer: str) -> None:
        """*console* is empty for the one without a name; *peer* is an address with a port."""
        self._director = director
        self._who = f"Console [{console or 'default'}] from [{peer.rpartition(':')[0] or peer}]"

    def command(self, name: str, text: str) -> None:
        """Note a command; with `Audit Events`, only those that it names."""
        chosen = self._director.config.director.audit_events
        if not chosen or name.lower() in {each.lower() for each in chosen}:
            self._director.audit(f"{self._who} cmdline {text}\n")

    def refusal(self, kind: Acl, item: str) -> None:
        """Note something that the console has no right to."""
        self._director.audit(f"{self._who}, Audit acl failure {_KINDS[kind]} {item}\n")

    def note(self, text: str) -> None:
        """Note what a command came to."""
        self._director.audit(f"{self._who} info message {text}\n")
