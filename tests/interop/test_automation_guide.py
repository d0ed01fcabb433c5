"""The examples of the guide do what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "how-to" / "automate-from-python-and-php.md"

SAID = re.compile(r"bareos-fd\n(?:new-fd\n)?backup OK\n")
"""Clients, one of which another test may have added, and the job."""


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)


def run(site: Any, command: list[str], text: str) -> str:
    for placeholder, value in {
        "backup.example.com": site.address,
        "9101": str(site.port),
        "/etc/bareos/tls/authority.pem": str(site.certificate),
    }.items():
        text = text.replace(placeholder, value)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [*command, text],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"PATH": path, "BARQUE_DIR": str(site.place.root)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_python(site: Any) -> None:
    blocking, aio, bsock = (run(site, [sys.executable, "-c"], text) for text in examples("python"))
    assert re.match(SAID, blocking)
    assert str(site.data / "sub" / "über") in blocking
    assert re.fullmatch(r"\d+ jobs are running\n", aio)
    assert bsock == "automation\n"


def test_php(site: Any) -> None:
    (example,) = examples("php")
    begin = f"require {str(ROOT / 'clients' / 'php' / 'autoload.php')!r};\n"
    assert re.fullmatch(SAID, run(site, ["php", "-r"], begin + example))


def test_shell(site: Any) -> None:
    (example,) = examples("sh")
    said = run(site, ["sh", "-ec"], example)
    assert said.count("| bareos-fd |") == 2
    assert re.search(r"^\d+$", said, re.MULTILINE)


def test_the_readme_of_the_package(site: Any) -> None:
    """Its example is not run, but the names that it uses exist."""
    example = (ROOT / "clients" / "php" / "README.md").read_text()
    methods = set(re.findall(r"\$director->(\w+)\(", example))
    source = (ROOT / "clients" / "php" / "src" / "Console.php").read_text()
    assert methods == {"json", "call", "stream", "onSignal", "close"}
    assert all(f"public function {name}(" in source for name in methods)
