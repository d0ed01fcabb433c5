"""What becomes of a command whose work goes wrong."""

import pytest

from barque.director.access import AccessRights, Acl
from barque.director.commands.outcome import carried_out, not_running, require_all
from barque.director.services import RunningJob
from barque.director.session import ConsoleSession
from barque.domain.ids import JobId
from barque.domain.job import JobStatus, JobType, Level
from barque.errors import CommandError, PromptDeclinedError
from barque.testing.terminal import Terminal


@pytest.fixture
def session(terminal: Terminal) -> ConsoleSession:
    terminal.frames()
    assert terminal.session
    return terminal.session


def raises(error: Exception) -> None:
    raise error


@pytest.mark.parametrize("error", [CommandError("no"), CommandError("no", plain=True)])
def test_a_mistake_is_said_and_the_command_is_over(
    session: ConsoleSession, error: Exception
) -> None:
    said: list[bytes] = []
    session.peer.send = said.append  # type: ignore[method-assign]  # a peer that keeps all
    assert carried_out(session, lambda: raises(error))
    assert said == [b"no\n"]


def test_a_silent_mistake(session: ConsoleSession) -> None:
    said: list[bytes] = []
    session.peer.send = said.append  # type: ignore[method-assign]  # a peer that keeps all
    assert carried_out(session, lambda: raises(CommandError()))
    assert said == []


def test_a_declined_question_goes_on(session: ConsoleSession) -> None:
    with pytest.raises(PromptDeclinedError):
        carried_out(session, lambda: raises(PromptDeclinedError()))


def test_every_right_is_needed(session: ConsoleSession) -> None:
    require_all(session, Acl.JOB, Acl.POOL)
    session.rights = AccessRights({Acl.JOB: ["*all*"], Acl.POOL: ["!x", "*all*"]})
    require_all(session, Acl.JOB)
    with pytest.raises(CommandError, match="need full pool permission"):
        require_all(session, Acl.JOB, Acl.POOL)


def test_jobs_that_run_are_left_out(terminal: Terminal, session: ConsoleSession) -> None:
    terminal.director.running.append(
        RunningJob(JobId(2), "x.y", "x", JobType.BACKUP, Level.FULL, JobStatus.RUNNING)
    )
    assert not_running(session, [1, 2, 3]) == [1, 3]
