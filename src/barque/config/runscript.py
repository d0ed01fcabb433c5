"""Scripts that run before or after a job.

Source: configuration, section 3.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, override

from barque.config.directive import Datatype, Directive, Reference, Resolver, Resource
from barque.config.keywords import ScriptWhen
from barque.config.lexer import Kind
from barque.config.scanner import Scanner, keyword
from barque.config.shown import NOTHING, Form, Shown

if TYPE_CHECKING:
    from collections.abc import Callable

JOB_CLIENT = "%c"
"""Target of a script that the client of the job runs."""


@dataclass(frozen=True, slots=True)
class RunScript:
    """One command, and when, where and how it runs."""

    command: str
    """Shell command, or console command."""
    when: ScriptWhen = ScriptWhen.NEVER
    """Before or after the job."""
    target: str = JOB_CLIENT
    """``%c`` for the job's client, the name of another client, or empty for the Director."""
    on_success: bool = True
    """Run when the job succeeded."""
    on_failure: bool = False
    """Run when the job failed."""
    fail_on_error: bool = True
    """The job fails when the script does."""
    console: bool = False
    """A console command; the Director runs it."""
    short: str = ""
    """Directive of the short form, empty for a block."""
    from_jobdefs: bool = False
    """Inherited."""
    target_reference: Reference | None = None
    """Client that is named, until it is looked up."""

    @property
    def on_client(self) -> bool:
        """Whether a client runs it."""
        return bool(self.target)


SHORT_FORMS = {
    "RunBeforeJob": RunScript("", ScriptWhen.BEFORE, ""),
    "RunAfterJob": RunScript("", ScriptWhen.AFTER, "", fail_on_error=False),
    "RunAfterFailedJob": RunScript(
        "", ScriptWhen.AFTER, "", on_success=False, on_failure=True, fail_on_error=False
    ),
    "ClientRunBeforeJob": RunScript("", ScriptWhen.BEFORE),
    "ClientRunAfterJob": RunScript("", ScriptWhen.AFTER, fail_on_error=False),
}
"""What each short directive means."""

_WHEN = (
    ("Before", ScriptWhen.BEFORE),
    ("After", ScriptWhen.AFTER),
    ("AfterVSS", ScriptWhen.AFTER_VSS),
    ("Always", ScriptWhen.ALWAYS),
)

BLOCK_DIRECTIVES = (
    "Command",
    "Console",
    "Target",
    "RunsOnSuccess",
    "RunsOnFailure",
    "FailJobOnError",
    "AbortJobOnError",
    "RunsWhen",
    "RunsOnClient",
)
"""What may stand in a block."""


class ShortRunScript(Datatype[tuple[RunScript, ...]]):
    """A command alone; the directive says when and where."""

    name = "SHRTRUNSCRIPT"
    schema = "RUNSCRIPT_SHORT"

    @override
    def apply(self, scan: Scanner, resource: Resource, row: Directive) -> None:
        """Read the command and add it to the scripts of the job."""
        script = replace(SHORT_FORMS[row.name], command=scan.string().text, short=row.name)
        _add(resource, [script])
        scan.finish()

    @override
    def initial(self, default: str | None) -> tuple[RunScript, ...]:
        """Return nothing: they are all in ``run_script``."""
        return ()

    @override
    def show(self, value: Any) -> Shown:
        """Shown with the blocks."""
        return NOTHING


class RunScriptBlock(Datatype[tuple[RunScript, ...]]):
    """``RunScript { ... }``: a script for each command in it."""

    name = schema = "RUNSCRIPT"

    @override
    def apply(self, scan: Scanner, resource: Resource, row: Directive) -> None:
        """Read the block and add its scripts to those of the job."""
        scan.expect(Kind.BEGIN, "Expecting open brace")
        _add(resource, _read_block(scan))
        scan.finish()

    @override
    def initial(self, default: str | None) -> tuple[RunScript, ...]:
        """Return no script."""
        return ()

    @override
    def resolve(self, value: Any, resolver: Resolver) -> object:
        """Check that the clients that are named exist."""
        for script in value:
            if script.target_reference is not None:
                resolver.find(script.target_reference)
        return tuple(replace(script, target_reference=None) for script in value)

    @override
    def show(self, value: Any) -> Shown:
        """As blocks and short forms."""
        return Shown(Form.BLOCKS)


def _add(resource: Resource, scripts: list[RunScript]) -> None:
    row = type(resource).find("RunScript")
    assert row is not None
    old = resource.__dict__.get(row.attribute, ())
    resource.store(row, (*old, *scripts))


def _read_block(scan: Scanner) -> list[RunScript]:
    commands: list[tuple[bool, str]] = []
    settings = RunScript("")
    while (token := scan.next_in_block()).kind is not Kind.END:
        if token.kind is not Kind.IDENTIFIER:
            raise scan.fail(f"Expecting keyword, got: {token.text or token.kind.value}")
        word = keyword(
            scan,
            token.text,
            [(name, name) for name in BLOCK_DIRECTIVES],
            f"Keyword {token.text} not permitted in this resource",
        )
        scan.expect(Kind.EQUALS, "Expected an equals")
        if word in {"Command", "Console"}:
            commands.append((word == "Console", scan.string().text))
        else:
            settings = _SETTINGS[word](scan, settings)
        scan.finish()
    return [
        replace(
            settings,
            command=command,
            console=console,
            target="" if console else settings.target,
            target_reference=None if console else settings.target_reference,
        )
        for console, command in commands
    ]


def _target(scan: Scanner, script: RunScript) -> RunScript:
    token = scan.string()
    word = token.text.lower()
    if word in {"yes", JOB_CLIENT}:
        return replace(script, target=JOB_CLIENT, target_reference=None)
    if word == "no":
        return replace(script, target="", target_reference=None)
    reference = Reference("Client", token.text, token.place)
    return replace(script, target=token.text, target_reference=reference)


def _when(scan: Scanner, script: RunScript) -> RunScript:
    word = scan.name().text
    return replace(
        script,
        when=keyword(scan, word, _WHEN, f"Expect Before, After, AfterVSS or Always, got: {word}"),
    )


_SETTINGS: "dict[str, Callable[[Scanner, RunScript], RunScript]]" = {
    "Target": _target,
    "RunsOnClient": _target,
    "RunsWhen": _when,
    "RunsOnSuccess": lambda scan, script: replace(script, on_success=scan.boolean()),
    "RunsOnFailure": lambda scan, script: replace(script, on_failure=scan.boolean()),
    "FailJobOnError": lambda scan, script: replace(script, fail_on_error=scan.boolean()),
    "AbortJobOnError": lambda scan, script: replace(script, fail_on_error=scan.boolean()),
}

SHRTRUNSCRIPT = ShortRunScript()
RUNSCRIPT = RunScriptBlock()


def from_jobdefs(scripts: tuple[RunScript, ...]) -> tuple[RunScript, ...]:
    """Return *scripts* marked as inherited."""
    return tuple(replace(script, from_jobdefs=True) for script in scripts)
