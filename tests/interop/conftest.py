"""A Director that knows many consoles, and runs for all tests of this folder."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from barque.config.load import load_console
from barque.local.place import Place
from barque.local.texts import Block, block, quoted
from barque.testing.daemons import new_place, running


@dataclass(frozen=True)
class Site:
    """What a console has to know."""

    place: Place
    address: str
    port: int
    password: str
    """Of the default console, clear."""
    data: Path
    """What the job called small saves."""
    certificate: Path
    """Of the Director; its own authority."""

    def file_daemon(self) -> tuple[int, str]:
        """Port of the File Daemon and the password with which a Director calls it."""
        director = self.place.root / "bareos-fd.d" / "director" / "bareos-dir.conf"
        return self.port + 1, _value(director, "Password")


KINDS = ("Job", "Client", "Storage", "Schedule", "Pool", "FileSet", "Catalog", "Where")

EVERYTHING = [f"{kind} ACL = *all*" for kind in KINDS] + ["Plugin Options ACL = *all*"]

NAMED = {
    "admin-tls": ["Profile = operator"],
    "automation": ["Profile = operator"],
    "admin notls": ["Profile = operator", "TlsEnable = no"],
    "admin-notls": ["Profile = operator", "TlsEnable = no"],
    "admin-php": ["Command ACL = *all*", *EVERYTHING, "TlsEnable = no"],
    "admin-rest": ["Command ACL = *all*", *EVERYTHING],
    "quiet": ["Command ACL = .help, list, whoami", "Job ACL = *all*"],
}
"""Console → its directives; the password of each is secret."""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running installation with a job called small."""
    root = tmp_path_factory.mktemp("interop")
    data = root / "data"
    (data / "sub").mkdir(parents=True)
    (data / "file").write_text("hello\n")
    (data / "sub" / "über").write_text("grün\n")
    place = new_place(root / "barque")
    _add_job(place, data)
    for name, lines in NAMED.items():
        text = block("Console", [f"Name = {quoted(name)}", "Password = secret", *lines])
        (place.director_resources / "console" / f"{name.replace(' ', '_')}.conf").write_text(text)
    certificate = _certify(place, root)
    director = load_console(place.console).directors["bareos-dir"]
    with running(place):
        yield Site(
            place,
            director.address or "localhost",
            director.port,
            _value(place.console, "Password"),
            data,
            certificate,
        )


def _add_job(place: Place, data: Path) -> None:
    include = Block(
        "Include", [Block("Options", ["Signature = MD5"]), f"File = {quoted(str(data))}"]
    )
    texts = {
        "fileset": block("FileSet", ["Name = small", include]),
        "job": block("Job", ["Name = small", "JobDefs = DefaultJob", "FileSet = small"]),
    }
    for kind, text in texts.items():
        (place.director_resources / kind / "small.conf").write_text(text)


def _certify(place: Place, root: Path) -> Path:
    """Give the Director a certificate that it signed itself."""
    certificate, key = root / "director.pem", root / "director.key"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    extension = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run(
        [*command.split(), *extension, "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    path = place.director_resources / "director" / "bareos-dir.conf"
    lines = f"  TlsCertificate = {quoted(str(certificate))}\n  TlsKey = {quoted(str(key))}\n}}"
    path.write_text(path.read_text().rstrip().removesuffix("}") + lines + "\n")
    return certificate


def _value(path: Path, wanted: str) -> str:
    """The clear value of a directive, which only the file holds."""
    for line in path.read_text().splitlines():
        key, _, value = line.partition("=")
        if key.strip() == wanted:
            return value.strip().strip('"')
    raise AssertionError(wanted)
