"""Starts the process of a plugin: ``python -I .../child MAIN SIDE``, the numbers of two sockets."""

import importlib.util
import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))
_NAME = "barque_plugin_child"


def _load() -> None:
    """Import this folder as a package of its own name, without a folder on the search path."""
    spec = importlib.util.spec_from_file_location(
        _NAME, os.path.join(_HERE, "__init__.py"), submodule_search_locations=[_HERE]
    )
    if spec is None or spec.loader is None:
        raise SystemExit("the folder of the plugin host is damaged")
    package = importlib.util.module_from_spec(spec)
    sys.modules[_NAME] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    sys.path[:] = [path for path in sys.path if os.path.abspath(path) != _HERE]
    _load()
    main = importlib.import_module(_NAME + ".main").main
    main(int(sys.argv[1]), int(sys.argv[2]))
