"""Runs a plugin in this program instead of a process of its own, so that a debugger can look."""

import importlib
import pdb  # noqa: T100 - it is what this is for
import socket
import sys
import threading
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

_CHILD = Path(__file__).parent / "child"
_NAME = "barque_plugin_child"


def _package() -> None:
    """Import the child's package under the name that it has in a process of its own."""
    if _NAME in sys.modules:
        return
    spec = spec_from_file_location(
        _NAME, _CHILD / "__init__.py", submodule_search_locations=[str(_CHILD)]
    )
    assert spec is not None
    assert spec.loader is not None
    package = module_from_spec(spec)
    sys.modules[_NAME] = package
    spec.loader.exec_module(package)


class InThisProgram:
    """Looks like a process to the workbench; the plugin runs in the main thread."""

    def __init__(self) -> None:
        self.main, self.plugin_main = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.side, self.plugin_side = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def kill(self) -> None:
        """Hang up."""
        for end in (self.main, self.side):
            end.close()

    def close(self, *, patience: float = 5.0) -> None:
        """Hang up."""
        del patience
        self.kill()

    def how_it_ended(self) -> str:
        """Return how it ended, in words."""
        return "ended"


def debug[T](work: Callable[[Callable[[], InThisProgram]], T]) -> T:
    """Do *work* in another thread, while this one runs the plugin and stops at exceptions."""
    _package()
    child: Any = importlib.import_module(f"{_NAME}.main")
    link: Any = importlib.import_module(f"{_NAME}.link")
    plugin: Any = importlib.import_module(f"{_NAME}.plugin")
    plugin.Plugin.debugger = staticmethod(pdb.post_mortem)
    process = InThisProgram()
    results: list[T] = []

    def run() -> None:
        try:
            results.append(work(lambda: process))
        finally:
            process.kill()

    thread = threading.Thread(target=run)
    thread.start()
    child.install_shims()
    try:
        child.Host(link.Link(process.plugin_main, process.plugin_side)).serve()
    except link.DaemonGoneError:
        pass
    finally:
        thread.join()
        plugin.Plugin.debugger = None
    return results[0]
