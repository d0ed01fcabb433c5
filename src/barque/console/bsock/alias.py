"""The module paths of python-bareos, led to ours."""

import re
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Final

from barque import __version__
from barque.console.bsock import arguments, constants, director, exceptions, filedaemon, lowlevel
from barque.console.bsock.password import Password
from barque.errors import BarqueError
from barque.wire.cram_md5 import bareos_base64, standard_base64

_EXCEPTIONS: Final = {
    name: kind
    for name, kind in vars(exceptions).items()
    if isinstance(kind, type) and issubclass(kind, exceptions.Error)
}


class BareosBase64:
    """The base64 of CRAM-MD5, as python-bareos names it."""

    @staticmethod
    def string_to_base64(string: bytes, compatible: bool = False) -> bytearray:
        """Return *string* in base64: the usual one when *compatible*, else that of Bareos."""
        encode = standard_base64 if compatible else bareos_base64
        return bytearray(encode(bytes(string)))


class Version:
    """The version of a Director."""

    def __init__(self, version: str) -> None:
        self.version = version

    def __str__(self) -> str:
        return self.version

    def as_python_version(self) -> str:
        """Return the version in the form that Python's packaging compares."""
        return re.sub(r"~pre([0-9]+\.)", r".dev+\1", self.version)


_BSOCK: Final = {
    **_EXCEPTIONS,
    "Password": Password,
    "ConnectionType": constants.ConnectionType,
    "Constants": constants.Constants,
    "ProtocolVersions": constants.ProtocolVersions,
    "TlsVersionParser": arguments.TlsVersionParser,
    "FileDaemon": filedaemon.FileDaemon,
    "DirectorConsole": director.DirectorConsole,
    "DirectorConsoleJson": director.DirectorConsoleJson,
    "BSock": director.BSock,
    "BSockJson": director.BSockJson,
}

MODULES: Final[Mapping[str, Mapping[str, object]]] = {
    "bareos": {"__version__": __version__, "Password": Password, **_EXCEPTIONS},
    "bareos.exceptions": _EXCEPTIONS,
    "bareos.bsock": _BSOCK,
    "bareos.bsock.bsock": {"BSock": director.BSock},
    "bareos.bsock.bsockjson": {"BSockJson": director.BSockJson},
    "bareos.bsock.connectiontype": {"ConnectionType": constants.ConnectionType},
    "bareos.bsock.constants": {"Constants": constants.Constants},
    "bareos.bsock.directorconsole": {"DirectorConsole": director.DirectorConsole},
    "bareos.bsock.directorconsolejson": {"DirectorConsoleJson": director.DirectorConsoleJson},
    "bareos.bsock.filedaemon": {"FileDaemon": filedaemon.FileDaemon},
    "bareos.bsock.lowlevel": {"LowLevel": lowlevel.LowLevel},
    "bareos.bsock.protocolmessageids": {"ProtocolMessageIds": constants.ProtocolMessageIds},
    "bareos.bsock.protocolmessages": {"ProtocolMessages": constants.ProtocolMessages},
    "bareos.bsock.protocolversions": {"ProtocolVersions": constants.ProtocolVersions},
    "bareos.bsock.tlsversionparser": {"TlsVersionParser": arguments.TlsVersionParser},
    "bareos.util": {
        "ArgumentParser": arguments.ArgumentParser,
        "BareosBase64": BareosBase64,
        "Password": Password,
        "Version": Version,
    },
    "bareos.util.version": {"Version": Version},
    "bareos.util.argparse": {"ArgumentParser": arguments.ArgumentParser},
    "bareos.util.bareosbase64": {"BareosBase64": BareosBase64},
    "bareos.util.password": {"Password": Password},
}
"""Module path → its names."""


def install() -> None:
    """Let ``import bareos.bsock`` find our classes, in this process, from now on.

    Raises BarqueError when python-bareos was imported already.
    """
    loaded = sys.modules.get("bareos")
    if loaded is not None and getattr(loaded, "__version__", "") != __version__:
        raise BarqueError("python-bareos is imported already: call install() before it")
    for path, names in MODULES.items():
        module = ModuleType(path, f"{path}, as barque offers it.")
        module.__path__ = []
        vars(module).update(names)
        sys.modules[path] = module
        parent, _, child = path.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)
