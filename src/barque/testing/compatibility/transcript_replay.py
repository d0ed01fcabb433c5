"""Types the recorded commands again, in order, and compares the shape of the answers."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from barque.catalog import Source, open_catalog
from barque.console.at_commands import run_at_command
from barque.console.sink import Sink
from barque.director.output import ApiMode
from barque.director.session import ConsoleSession
from barque.testing.compatibility.golden import identity
from barque.testing.compatibility.recorded_daemons import RecordedDaemons
from barque.testing.compatibility.shape import shape
from barque.testing.compatibility.transcript import Answered, Transcript, transcripts
from barque.testing.compatibility.transcript_site import Site
from barque.testing.director import Frame, ScriptedPeer


@dataclass(frozen=True, slots=True)
class Compared:
    """A transcript, and what is answered now."""

    transcript: Transcript
    plain: Answered
    programs: Answered

    @property
    def differences(self) -> list[tuple[str, str]]:
        """Shapes of what was answered and what is answered, where they differ."""
        pairs = [
            *zip(self.transcript.plain.answers, self.plain.answers, strict=True),
            *zip(self.transcript.programs.answers, self.programs.answers, strict=True),
        ]
        shapes = [(shape(want), shape(got)) for want, got in pairs]
        return [(want, got) for want, got in shapes if want != got]


def replay(folder: Path, scratch: Path, source: Source) -> list[Compared]:
    """Return what the commands of the transcripts in *folder* are answered.

    *scratch* is an empty folder, *source* a place for a new catalog.
    """
    with open_catalog(source) as catalog:
        site = Site(folder, scratch, catalog)
        return [_compared(site, transcript) for transcript in transcripts(folder)]


def _compared(site: Site, transcript: Transcript) -> Compared:
    site.prepare(transcript.number)
    plain = _typed(site, transcript, transcript.plain, ApiMode.TEXT)
    lines = transcript.plain.lines
    echoed = "".join(f"{line}\n{text}" for line, text in zip(lines, plain, strict=True))
    site.settle()
    programs = _typed(site, transcript, transcript.programs, ApiMode.JSON)
    site.settle()
    return Compared(
        transcript,
        Answered(lines, (echoed,)),
        Answered(transcript.programs.lines, tuple(programs)),
    )


def _typed(site: Site, transcript: Transcript, asked: Answered, mode: ApiMode) -> list[str]:
    """Return the text of the answer to each line of one session."""
    if mode is ApiMode.TEXT and asked.lines[0].startswith("@"):
        own, *rest = asked.lines
        asked = Answered(tuple(rest), ())
        return [_console_says(own), *_typed(site, transcript, asked, mode)]
    director, peer = site.director, ScriptedPeer(asked.lines)
    said, _, _ = transcript.plain.answers[0].removesuffix("quit\n\n").partition("\n.\n")
    director.lines = RecordedDaemons(
        [f"{said}\n".replace("You have messages.\n", "").splitlines(keepends=True)],
        programs=mode is ApiMode.JSON,
        relayed="status" in asked.lines[0],
    )
    session = ConsoleSession(director, peer, identity(director.config, transcript.console))
    session.out.mode = mode if session.may_run(".api") else ApiMode.TEXT
    session.run()
    received = [*peer.received, peer.frames][1:]
    texts = [site.as_recorded(_text(frames)) for frames in received]
    return (texts + [""] * len(asked.lines))[: len(asked.lines)]


@dataclass(slots=True)
class _Screen:
    """What the console's own commands see of it."""

    sink: Sink
    separator: str = ""

    def run_file(self, path: Path) -> None:
        """Read no commands."""


def _console_says(line: str) -> str:
    """Return what the console itself answers: the Director never sees such a line."""
    screen = BytesIO()
    run_at_command(_Screen(Sink(screen)), line, privileged=False)
    return screen.getvalue().decode()


def _text(frames: list[Frame]) -> str:
    return "".join(frame for frame in frames if isinstance(frame, str))
