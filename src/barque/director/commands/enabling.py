"""Switching Jobs, Clients and Schedules off and on, until the next reload.

Source: console commands, section 6.8; console JSON, section 3.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from barque.config import director as config
from barque.director import resources
from barque.director.resources import ResourceKind

if TYPE_CHECKING:
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession


@dataclass(frozen=True, slots=True)
class _Switched[T: config.Job | config.Client | config.Schedule]:
    """One kind of resource that has a switch."""

    kind: ResourceKind[T]
    plural: str
    """Its name in JSON."""

    def run(self, session: "ConsoleSession", line: "CommandLine", *, enabled: bool) -> None:
        """Switch the resource that *line* names, or that the console chooses."""
        name = line.value(self.kind.word.lower())
        if name is None:
            resource = self._choose(session, enabled=enabled)
        else:
            found = resources.find(session, self.kind, name)
            if found is None:
                session.out.error(f'{self.kind.word} "{name}" not found.\n')
                return
            resource = found
        session.director.set_enabled(resource, enabled=enabled)
        self._report(session, resource.name, "enable" if enabled else "disable")

    def _choose(self, session: "ConsoleSession", *, enabled: bool) -> T:
        return resources.choose(
            session,
            self.kind,
            lambda resource: session.director.is_enabled(resource) is not enabled,
            question=f"Select {self.kind.word} resource",
        )

    def _report(self, session: "ConsoleSession", name: str, action: str) -> None:
        out = session.out
        with out.object(action):
            out.plain(f'{self.kind.word} "{name}" {action}d\n')
            with out.array(self.plural):
                out.item(name)
        out.warning(
            f"{action[:-3].capitalize()}bling is a temporary operation until the director reloads."
            '\nFor a permanent setting, please set the value of the "Enabled"\n'
            "directive in the relevant configuration resource file.\n"
        )


_SCHEDULE: Final = _Switched(resources.SCHEDULE, "schedules")
_CLIENT: Final = _Switched(resources.CLIENT, "clients")
_JOB: Final = _Switched(resources.JOB, "jobs")


def enable(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Use a Job, Client or Schedule again."""
    return _switch(session, line, enabled=True)


def disable(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Do not use a Job, Client or Schedule any more."""
    return _switch(session, line, enabled=False)


def _switch(session: "ConsoleSession", line: "CommandLine", *, enabled: bool) -> bool:
    if line.has("schedule"):
        _SCHEDULE.run(session, line, enabled=enabled)
    elif line.has("client"):
        _CLIENT.run(session, line, enabled=enabled)
    else:
        _JOB.run(session, line, enabled=enabled)
    return True
