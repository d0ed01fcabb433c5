"""What goes wrong in plugins of Director and Storage Daemon is told, and does what it should."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.plugins.child import abi
from barque.plugins.observers import COUNTED, JobObservers, ObserverPlace

FATAL, ERROR, WARNING, INFO = 3, 4, 5, 6

GOOD = """
import MODULE as api
tag = [""]
def load_bareos_plugin(d):
    return api.RegisterEvents([1, 2, 3, 4])
def parse_plugin_definition(d):
    tag[0] = d
    return api.bRC_OK
def handle_plugin_event(e):
    api.JobMessage(api.M_INFO, "%s event %d" % (tag[0], e))
    return api.bRC_OK
"""

VALUES = {str(number): 0 for number in range(1, 28)}


class Job:
    """The plugins of a job, and what was told."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self.folder = folder
        self.told: list[tuple[int, str]] = []
        self.set: list[tuple[int, object]] = []
        place = ObserverPlace("dir" if kind == "dir" else "sd", "", debug_level=100)
        self.observers = JobObservers(place, self._tell, lambda: VALUES, self._set)

    def _tell(self, kind: int, text: str) -> None:
        self.told.append((kind, text))

    def _set(self, number: int, value: object) -> int:
        self.set.append((number, value))
        return abi.RC_OK

    def plugin(self, change: str = "", name: str = "bad", options: str = "") -> str:
        """Write a plugin and return its definition."""
        text = GOOD.replace("MODULE", f"bareos{self.kind}") + change
        (self.folder / f"{name}.py").write_text(text)
        return f"python3:module_path={self.folder}:module_name={name}:{options}"

    def add(self, change: str = "", name: str = "bad", options: str = "") -> None:
        self.observers.add(self.plugin(change, name, options))

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.told)


@pytest.fixture(params=["dir", "sd"])
def job(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Job]:
    job = Job(request.param, tmp_path)
    yield job
    job.observers.close()


def test_the_plugin_itself_is_good(job: Job) -> None:
    job.add(options="x=1:")
    assert job.observers.event(1) == abi.RC_OK
    assert job.told == [(INFO, "x=1: event 1")]
    assert not job.observers.fatal


LEFT_OUT = {
    "python3": "plugin options encountered, python3 skipping",
    "python3:instance=128:module_name=x": "instance=128:module_name=x instance 128 skipping",
    "python3:instance=one:module_name=x": "instance one skipping",
}


@pytest.mark.parametrize("definition", LEFT_OUT)
def test_definitions_that_are_left_out(job: Job, definition: str) -> None:
    job.observers.add(definition)
    assert [kind for kind, _ in job.told] == [ERROR]
    assert LEFT_OUT[definition] in job.text
    assert not job.observers.fatal


FATAL_DEFINITIONS = {
    "python3:noval": "Illegal argument 'noval' without value",
    "python3:=x": "Options without key are not allowed",
    "python3:tag=x": "has no module_name",
    "python3:module_path=/nowhere:module_name=nothing": "No module named 'nothing'",
    "python3:module_name=x:host_python=/no/such/python": "interpreter /no/such/python",
    "python3:module_name=x:host_timeout=soon": "is not a number",
}


@pytest.mark.parametrize("definition", FATAL_DEFINITIONS)
def test_definitions_that_end_the_job(job: Job, definition: str) -> None:
    job.observers.add(definition)
    assert job.observers.fatal
    assert FATAL_DEFINITIONS[definition] in job.text


def test_another_name_is_told_and_does_nothing(job: Job) -> None:
    job.observers.add("python:module_name=x")
    assert [kind for kind, _ in job.told] == [INFO]
    assert "only python3 is: python:module_name=x" in job.text
    assert not job.observers.fatal


FAILURES = {
    "a syntax error": ("def (", "SyntaxError"),
    "a missing package": ("import not_there_at_all", "No module named 'not_there_at_all'"),
    "no entry point": ("del load_bareos_plugin", "no function load_bareos_plugin"),
    "an exception in load": ("def load_bareos_plugin(d): 1/0", "ZeroDivisionError"),
    "an exception in parse": ("def parse_plugin_definition(d): 1/0", "ZeroDivisionError"),
    "a hard end in load": ("import os\ndef load_bareos_plugin(d): os._exit(3)", "ended with exit code 3"),
    "a fatal message": ("def load_bareos_plugin(d): api.JobMessage(api.M_FATAL, 'no more')", "no more"),
    "an abort": ("def load_bareos_plugin(d): api.JobMessage(api.M_ABORT, 'no more')", "no more"),
}  # fmt: skip


@pytest.mark.parametrize("what", FAILURES)
def test_failures_while_loading_end_the_job(job: Job, what: str) -> None:
    change, text = FAILURES[what]
    job.add(change)
    assert job.observers.fatal
    assert text in job.text


REFUSALS = {
    "load": "def load_bareos_plugin(d): return api.bRC_Error",
    "no number": "def load_bareos_plugin(d): pass",
    "parse": "def parse_plugin_definition(d): return api.bRC_Error",
}


@pytest.mark.parametrize("what", REFUSALS)
def test_a_refusal_is_a_warning_and_the_job_goes_on(job: Job, what: str) -> None:
    job.add(REFUSALS[what])
    assert [kind for kind, _ in job.told] == [WARNING]
    assert "returned" in job.text
    assert not job.observers.fatal


CODES = {
    "OK": True, "More": True, "Seen": True, "Core": True, "Cancel": True,
    "Stop": False, "Error": False, "Skip": False, "Term": True,
}  # fmt: skip
"""What an event handler returns, and whether the plugins that follow hear of the event."""


@pytest.mark.parametrize("code", CODES)
def test_answers_to_an_event(job: Job, code: str) -> None:
    job.add(f"def handle_plugin_event(e): return api.bRC_{code}", options="instance=0:")
    job.add(name="second", options="instance=1:")
    answer = job.observers.event(1)
    assert ("event 1" in job.text) is CODES[code]
    assert (answer == abi.RC_OK) is CODES[code]
    assert job.observers.names == (["second"] if code == "Term" else ["bad", "second"])
    assert not job.observers.fatal


def test_an_answer_that_is_no_number_lets_the_event_go_on(job: Job) -> None:
    job.add("def handle_plugin_event(e): return 'yes'", options="instance=0:")
    job.add(name="second", options="instance=1:")
    job.observers.event(1)
    assert "event 1" in job.text


EVENT_FAILURES = {
    "an exception": ("def handle_plugin_event(e): 1/0", "ZeroDivisionError"),
    "an exit": ("def handle_plugin_event(e): raise SystemExit(3)", "SystemExit: 3"),
    "a hard end": ("import os\ndef handle_plugin_event(e): os._exit(7)", "exit code 7 in event 1"),
    "its own death": ("import os\ndef handle_plugin_event(e): os.kill(os.getpid(), 9)", "SIGKILL"),
    "a crash": ("import ctypes\ndef handle_plugin_event(e): ctypes.string_at(0)", "was killed by SIGSEGV"),
}  # fmt: skip


@pytest.mark.parametrize("what", EVENT_FAILURES)
def test_failures_in_an_event_are_fatal_and_keep_it_from_others(job: Job, what: str) -> None:
    change, text = EVENT_FAILURES[what]
    job.add(change, options="instance=0:")
    job.add(name="second", options="instance=1:")
    assert job.observers.event(1) == abi.RC_ERROR
    assert job.observers.fatal
    assert text in job.text
    assert (INFO, " event 1") not in job.told


def test_a_plugin_that_never_answers(job: Job) -> None:
    job.add(
        "import time\ndef handle_plugin_event(e): time.sleep(1000)", options="host_timeout=0.5:"
    )
    begun = time.monotonic()
    job.observers.event(1)
    assert "gave no sign of life for 0.5 seconds" in job.text
    assert job.observers.fatal
    assert time.monotonic() - begun < 100


def test_what_a_plugin_prints_lands_in_the_log_and_ends(job: Job) -> None:
    job.add("for n in range(5000): print('line', n, 'y' * 90)")
    job.observers.close()
    assert "bad: line 0 " in job.text
    assert "prints more than 1000 lines" in job.text
    assert len(job.told) < 1100


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ("api.SetValue(2, 'Vol-7')", 0),
        ("api.SetValue(99, 1)", 2),
        ("api.SetValue(1, 'x')", 0),
        ("api.RegisterEvents([99])", 2),
        ("api.RegisterEvents([])", 2),
        ("api.UnRegisterEvents([1])", 0),
        ("api.GetValue(99)", None),
    ],
)
def test_answers_of_functions(job: Job, call: str, answer: object) -> None:
    job.add(f"def handle_plugin_event(e):\n api.JobMessage(6, repr({call}))\n return 0")
    job.observers.event(1)
    assert job.told == [(INFO, repr(answer))]


def test_instances_are_counted_over_all_jobs(job: Job) -> None:
    change = (
        "def handle_plugin_event(e):\n api.JobMessage(6, str(api.GetInstanceCount()))\n return 0"
    )
    for number in range(3):
        job.add(change, name=f"plug{number}", options=f"instance={number}:")
    job.observers.event(1)
    counts = [int(text) for _, text in job.told]
    assert counts == [COUNTED["dir" if job.kind == "dir" else "sd"]] * 3
    assert counts[0] >= 3


@pytest.mark.parametrize(
    "call",
    [
        "api.SetValue(2, 7)",
        "api.SetValue(3, 'high')",
        "api.JobMessage(6, b'x')",
        "api.GetValue('x')",
    ],
)
def test_wrong_types_are_exceptions(job: Job, call: str) -> None:
    job.add(f"def handle_plugin_event(e): {call}")
    job.observers.event(1)
    assert "TypeError" in job.text
    assert job.set == []


def test_debug_messages_are_logged_up_to_the_level(
    job: Job, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "barque")
    job.add("for level in (100, 101): api.DebugMessage(level, 'level %d' % level)")
    job.observers.close()
    said = [message for message in caplog.messages if "level" in message]
    assert said == ["plugin bad (100): level 100"]
    assert job.told == []
