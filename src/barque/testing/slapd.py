"""An LDAP server of one's own, thrown away after the tests."""

import base64
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from barque.errors import BarqueError
from barque.local.ports import answers, free_port_base
from barque.testing.daemons import wait_until

BASE: Final = "dc=example,dc=org"
"""The DN that everything is below."""
ADMIN: Final = f"cn=admin,{BASE}"
"""Who may do everything."""
PASSWORD: Final = "se:cret"  # noqa: S105 - of a server that lives for seconds
"""With a colon, which definitions of plugins escape."""

_SCHEMAS: Final = ("core", "cosine", "inetorgperson")
_CONFIGURATION: Final = """\
{schemas}
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/pid
sizelimit unlimited
database mdb
suffix "{base}"
rootdn "{admin}"
rootpw "{password}"
directory {folder}/data
"""


@dataclass(frozen=True, slots=True)
class DirectoryServer:
    """A running server."""

    port: int

    @property
    def uri(self) -> str:
        """Its address."""
        return f"ldap://127.0.0.1:{self.port}"

    def add(self, ldif: str) -> None:
        """Add the entries of a text in LDIF."""
        self._run("ldapadd", text=ldif)

    def modify(self, ldif: str) -> None:
        """Change entries as a text in LDIF says."""
        self._run("ldapmodify", text=ldif)

    def delete_tree(self, dn: str) -> None:
        """Delete an entry with everything below it."""
        self._run("ldapdelete", "-r", dn)

    def entries(self, dn: str = BASE) -> dict[str, list[str]]:
        """Return the sorted lines of each entry in LDIF, by its DN."""
        told = self._run("ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-b", dn)
        found = [entry.splitlines() for entry in told.split("\n\n") if entry.strip()]
        return {_value(lines[0]): sorted(lines[1:]) for lines in found}

    def modified_at(self, dn: str) -> str:
        """Return when an entry was changed last, as the server tells it: whole seconds."""
        told = self._run("ldapsearch", "-LLL", "-s", "base", "-b", dn, "modifyTimestamp")
        return next(line for line in told.splitlines() if line.startswith("modifyTimestamp"))

    def _run(self, program: str, *arguments: str, text: str = "") -> str:
        command = [program, "-x", "-H", self.uri, "-D", ADMIN, "-w", PASSWORD, *arguments]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        if done.returncode:
            raise BarqueError(f"{program} failed: {done.stderr.strip()}")
        return done.stdout


@contextmanager
def throwaway_directory() -> Iterator[DirectoryServer]:
    """Run a new server with nothing but its base while the block runs.

    Raises BarqueError naming the Debian package when the server or its clients are not installed.
    """
    _require("ldapsearch", "ldap-utils")
    program = _require("slapd", "slapd")
    with tempfile.TemporaryDirectory(prefix="barque-slapd-") as name:
        folder = Path(name)
        (folder / "data").mkdir()
        schemas = "\n".join(f"include /etc/ldap/schema/{one}.schema" for one in _SCHEMAS)
        (folder / "slapd.conf").write_text(
            _CONFIGURATION.format(
                schemas=schemas, folder=folder, base=BASE, admin=ADMIN, password=PASSWORD
            )
        )
        server = DirectoryServer(free_port_base())
        with (folder / "log").open("wb") as log:
            command = [program, "-f", str(folder / "slapd.conf"), "-h", server.uri, "-d", "0"]
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            wait_until(lambda: answers("127.0.0.1", server.port) or process.poll() is not None)
            if process.poll() is not None:
                raise BarqueError(f"slapd did not start: {(folder / 'log').read_text()}")
            server.add(f"dn: {BASE}\nobjectClass: domain\ndc: example\n")
            yield server
        finally:
            process.terminate()
            process.wait()


def _value(line: str) -> str:
    """Return the value of a line of LDIF."""
    _, _, value = line.partition(":")
    if value.startswith(":"):
        return base64.b64decode(value[1:]).decode()
    return value.strip()


def _require(program: str, package: str) -> str:
    path = shutil.which(program, path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if path is None:
        raise BarqueError(f"{program} is missing: install the Debian package {package}")
    return path
