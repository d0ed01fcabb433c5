"""The plugins of one job of the File Daemon: which there are, and what they are told when.

Source: plugin interface of the File Daemon, sections 4, 5, 8 and 9.
"""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from barque.domain.job import Level
from barque.errors import BarqueError, PluginError
from barque.filedaemon.job import Job
from barque.filedaemon.options import DEFAULT_ACCURATE, Options
from barque.filedaemon.plugin_files import PluginFiles, option_flags
from barque.filedaemon.plugin_knowledge import PluginKnowledge, PluginPlace, Teller
from barque.filedaemon.report import JobReport
from barque.plugins.child import abi, pipe
from barque.plugins.child.trace import masked
from barque.plugins.definition import Definition, parse_fd_definition, plugin_name
from barque.plugins.host import PluginHost
from barque.plugins.process import settings_from
from barque.plugins.traces import new_trace

GRACE: Final = 10.0
"""s; how long a plugin may take to hear that the job was canceled."""

START_BACKUP: Final = 3
END_BACKUP: Final = 4
START_RESTORE: Final = 5
END_RESTORE: Final = 6
START_VERIFY: Final = 7
END_VERIFY: Final = 8
JOB_END: Final = 2
END_FILESET: Final = 16

_ALWAYS_HEARD: Final = frozenset({END_BACKUP, END_VERIFY, END_RESTORE})
"""Events that plugins hear of when the job is canceled or had a fatal error."""
_WALK_ENDS: Final = frozenset({abi.RC_STOP, abi.RC_ERROR, abi.RC_SKIP})
"""Answers that keep an event from the plugins that follow."""

_EVENT_NAMES: Final = {number: name for name, number in abi.FD_EVENTS.items()}


@dataclass(slots=True)
class _Instance:
    """A plugin of the job."""

    key: tuple[str, str]
    host: PluginHost
    loaded: bool = False


class JobPlugins:
    """The plugins of one job; its methods are the steps of the job."""

    def __init__(self, job: Job, place: PluginPlace, count: Callable[[], int]) -> None:
        """Make no plugin yet; *count* returns how many run in all jobs."""
        self._job = job
        self._place = place
        self._instances: list[_Instance] = []
        self._lock = threading.Lock()
        self._options_before = ""
        """Options that came before a module was there."""
        self.known = PluginKnowledge(job, place, count)
        """What plugins may know and ask."""

    def __len__(self) -> int:
        return len(self._instances)

    @property
    def names(self) -> list[str]:
        """Modules that are loaded."""
        with self._lock:
            return [instance.host.name for instance in self._instances]

    # --- definitions

    def command(self, text: str) -> None:
        """Take a definition of the FileSet: load the module, or let it hear of another one.

        What is wrong with it is told, and ends the job.
        """
        try:
            definition = self._definition(text)
            if definition.is_python:
                self._prepare(definition)
        except PluginError as error:
            self._job.report.fatal_error(str(error))

    def _definition(self, text: str) -> Definition:
        """Return what *text* says; raises PluginError when nothing here understands it."""
        name = plugin_name(text)
        if name not in ("python3", "bpipe"):
            raise PluginError(f'Command plugin "{masked(text)}" not found.')
        if not self._place.allows(name):
            raise PluginError(f'Command plugin "{masked(text)}" requested, but is not loaded.')
        return parse_fd_definition(text)

    def _prepare(self, definition: Definition) -> _Instance:
        """Return the instance of a definition, loaded, with the definition parsed."""
        instance = self._find(definition)
        if instance is None:
            return self._load(definition, self._options_before + definition.options)
        self._parse(instance, definition.options)
        return instance

    def _find(self, definition: Definition) -> _Instance | None:
        key = _key(definition)
        if not definition.module_name and self._instances:
            return self._instances[0]
        return next((one for one in self._instances if one.key == key), None)

    def _load(self, definition: Definition, options: str) -> _Instance:
        if not definition.module_name:
            raise PluginError(f'plugin "{masked(definition.text)}" has no module_name')
        directories = (self._place.directory,) if self._place.directory else ()
        settings = settings_from(definition.host, directories, self._trace(definition))
        host = PluginHost(
            "fd",
            definition.module_name,
            settings,
            Teller(self._job, definition.module_name),
            calls=self.known.calls(),
            module_path=definition.module_path,
            debug_level=self._place.debug_level,
        )
        instance = _Instance(_key(definition), host)
        with self._lock:
            self._instances.append(instance)
        answer = host.request(
            "load",
            event_name="loading it",
            path=definition.module_path,
            name=definition.module_name,
            definition=options,
            values=self.known.values(),
        )
        instance.loaded = bool(answer["imported"])
        self._check_load(definition, answer)
        return instance

    def _check_load(self, definition: Definition, answer: dict[str, Any]) -> None:
        if self._job.report.fatal:
            return
        name = definition.module_name
        if "missing" in answer:
            raise PluginError(f"plugin {name} has no function {answer['missing']}")
        if "refused" in answer:
            raise PluginError(f"{answer['refused']} of plugin {name} returned {_rc(answer)}")

    def _trace(self, definition: Definition) -> str:
        """Return the file that the calls of a plugin are written to."""
        return new_trace(
            self._place.working_directory,
            self._job.job_id,
            "fd",
            len(self._instances),
            definition.module_name,
        )

    def _parse(self, instance: _Instance, options: str) -> int:
        answer = instance.host.request(
            "parse",
            definition=options,
            values=self.known.values(),
            event_name="parse_plugin_definition",
        )
        return int(answer["code"])

    def options(self, text: str) -> None:
        """Take options that came by another way than the FileSet."""
        try:
            definition = parse_fd_definition(text)
            chosen = [one for one in self._instances if one.loaded]
            if chosen:
                for instance in chosen:
                    self._parse(instance, definition.options)
                return
            self._options_before += definition.options
            if definition.module_name:
                self._load(definition, definition.options)
                self._options_before = ""
        except PluginError as error:
            self._job.report.fatal_error(str(error))

    def end_fileset(self) -> None:
        """The FileSet is complete."""
        self.event(END_FILESET)
        self.known.building = False

    # --- events

    def event(self, number: int) -> None:
        """Raise an event; what plugins answer does not change what the job does."""
        over = self._job.canceled.is_set() or self._job.report.fatal
        if over and number not in _ALWAYS_HEARD:
            return
        for instance in list(self._instances):
            if instance.host.dead or number not in instance.host.events:
                continue
            try:
                answer = instance.host.request(
                    "event",
                    event=number,
                    values=self.known.values(),
                    event_name=f"event {_EVENT_NAMES[number]}",
                )
            except PluginError as error:
                self._tell_death(error)
                continue
            if answer["code"] == abi.RC_TERM:
                self._unload(instance)
            if answer["code"] in _WALK_ENDS:
                return

    def _tell_death(self, error: PluginError) -> None:
        if not self._job.canceled.is_set():
            self._job.report.fatal_error(str(error))

    def _unload(self, instance: _Instance) -> None:
        instance.host.close()
        with self._lock:
            self._instances.remove(instance)

    def restore_object(
        self, *, text: str, name: str, kind: int, index: int, job_id: int, content: bytes
    ) -> None:
        """Give an object back to the plugin that saved it."""
        try:
            definition = self._definition(text)
            if not definition.is_python:
                return
            instance = self._find(definition) or self._load(
                definition, self._options_before + definition.options
            )
            host = instance.host
            for at in range(0, len(content), 1 << 20):
                host.send(pipe.encode(pipe.DATA, content[at : at + (1 << 20)]))
            host.request(
                "object", name=name, plugin=text, type=kind, index=index, job_id=job_id,
                values=self.known.values(), event_name="restore_object_data",
            )  # fmt: skip
        except PluginError as error:
            self._tell_death(error)

    # --- backup

    def backup(self, text: str, files: PluginFiles, options: Options) -> bool:
        """Save what a definition stands for; returns whether the job may go on."""
        self.known.accurate_letters = options.accurate or DEFAULT_ACCURATE
        report = self._job.report
        try:
            definition = self._definition(text)
            instance = self._find(definition)
            if instance is None or instance.host.dead or not instance.loaded:
                report.fatal_error(f'Command plugin "{masked(text)}" is not loaded.')
                return False
            code = self._parse(instance, definition.options)
            if code != abi.RC_OK:
                if not report.fatal:
                    report.fatal_error(
                        f"parse_plugin_definition of plugin {instance.host.name} "
                        f"returned {_rc({'code': code})}"
                    )
                return False
            answer = self._run(instance, "backup", text, files)
        except PluginError as error:
            files.abandon()
            self._tell_death(error)
            return False
        return bool(answer["ok"]) or bool(answer.get("error"))

    def _run(
        self, instance: _Instance, op: str, text: str, files: PluginFiles, **words: Any
    ) -> dict[str, Any]:
        host = instance.host

        broken: list[BarqueError] = []

        def take(kind: int, body: memoryview) -> None:
            if not broken:
                try:
                    self._take(host, files, kind, body)
                except BarqueError as error:
                    broken.append(error)
                    host.aside("stop")
            elif kind == pipe.DESCRIPTOR:
                os.close(host.receive_descriptor())
                host.reply(0)

        answer = host.request(
            op, take, cmd=text, flags=files.flags.hex(), values=self.known.values(),
            event_name=f"the backup of {text.partition(':')[0]}", **self._comparison(), **words,
        )  # fmt: skip
        for error in broken:
            raise error
        return answer

    def _take(self, host: PluginHost, files: PluginFiles, kind: int, body: memoryview) -> None:
        self._job.check_canceled()
        if kind != pipe.DESCRIPTOR:
            files.take(kind, body)
            return
        fd = host.receive_descriptor()
        try:
            host.reply(files.send_descriptor(fd))
        finally:
            os.close(fd)

    def _comparison(self) -> dict[str, bool]:
        job = self._job
        return {
            "compares": job.level in (Level.INCREMENTAL, Level.DIFFERENTIAL),
            "accurate": job.accurate is not None,
            "mtime_only": job.mtime_only,
        }

    def estimate(self, text: str, options: Options, take: Callable[[memoryview], None]) -> None:
        """Name the files of a definition; *take* gets each packed entry."""
        self.known.accurate_letters = options.accurate or DEFAULT_ACCURATE
        try:
            definition = self._definition(text)
            instance = self._find(definition)
            if instance is None:
                return
            self._parse(instance, definition.options)
            instance.host.request(
                "estimate",
                lambda kind, body: take(body) if kind == pipe.ENTRY else None,
                cmd=text, flags=option_flags(options).hex(), values=self.known.values(),
                **self._comparison(),
            )  # fmt: skip
        except PluginError as error:
            self._tell_death(error)

    def handle_file(self, text: str, files: PluginFiles, words: dict[str, Any]) -> int:
        """Let the plugin of an Options block save a file; returns its answer."""
        try:
            instance = self._find(self._definition(text))
            if instance is None or instance.host.dead:
                return abi.RC_CORE
            if _HANDLE_FILE not in instance.host.events:
                return abi.RC_CORE
            return int(self._run(instance, "handle_file", text, files, **words)["code"])
        except PluginError as error:
            files.abandon()
            self._tell_death(error)
            return abi.RC_ERROR

    def still_there(self, names: list[bytes]) -> set[bytes]:
        """Return which files of the accurate list plugins know to be there (check_file)."""
        found: set[bytes] = set()
        for instance in list(self._instances):
            if instance.host.dead or not instance.loaded:
                continue
            try:
                for part in _parts(names, 500):
                    shown = [name.decode("utf-8", "surrogateescape") for name in part]
                    answer = instance.host.request("check_files", names=shown)
                    codes = answer["codes"]
                    found |= {
                        name for name, code in zip(part, codes, strict=True) if code == abi.RC_SEEN
                    }
            except PluginError as error:
                self._tell_death(error)
        return found

    # --- restore

    def open_for_restore(self, text: str) -> tuple[PluginHost, str | None] | None:
        """Return the plugin that restores files of a definition, and the options to parse first.

        There are none to parse where it was loaded just now.  None when it cannot: the files are
        left out, and why is told.
        """
        report = self._job.report
        try:
            definition = self._definition(text)
        except PluginError:
            report.warning(f"Plugin={masked(text)} not found.")
            return None
        try:
            instance = self._find(definition)
            if instance is None:
                options = self._options_before + definition.options
                instance = self._load(definition, options)
                return (instance.host, None) if instance.loaded and not report.fatal else None
        except PluginError as error:
            self._tell_death(error)
            return None
        return instance.host, definition.options

    def settle(self) -> None:
        """Wait for the answers that nobody has waited for yet; raises PluginError."""
        for instance in list(self._instances):
            if not instance.host.dead:
                instance.host.settle()

    @property
    def report(self) -> JobReport:
        """Where messages go."""
        return self._job.report

    def options_in_front(self, text: str) -> str:
        """Return a definition with the options in front that came before it."""
        name, _, rest = text.partition(":")
        return f"{name}:{self._options_before}{rest}"

    # --- the end

    def cancel(self) -> None:
        """Let plugins hear that the job is canceled, and end those that do not listen."""
        with self._lock:
            hosts = [one.host for one in self._instances if not one.host.dead]
        for host in hosts:
            host.aside("cancel")
            host.aside("stop")
            timer = threading.Timer(GRACE, host.end_process)
            timer.daemon = True
            timer.start()

    def close(self) -> None:
        """End all plugins; the job is over."""
        with self._lock:
            instances, self._instances = self._instances, []
        for instance in instances:
            with contextlib.suppress(PluginError):
                instance.host.close()


_HANDLE_FILE: Final = 19
_CODE_NAMES: Final = {number: name for name, number in abi.RETURN_CODES.items()}


def _rc(answer: dict[str, Any]) -> str:
    """Return the name of an answer's code."""
    return str(_CODE_NAMES.get(answer["code"], "no number"))


def _key(definition: Definition) -> tuple[str, str]:
    return definition.module_path, definition.module_name


def _parts(names: list[bytes], size: int) -> Iterator[list[bytes]]:
    for at in range(0, len(names), size):
        yield names[at : at + size]
