"""The LDAP plugin with a real server and whole daemons; restored entries are compared as LDIF.

It runs by Debian's own interpreter, which has python3-ldap and is not that of the daemons.
"""

import base64
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.console.client import Console
from barque.local.jobs import records
from barque.local.place import Place
from barque.local.resources import CLIENT
from barque.local.restore import Source, start_restore
from barque.testing.daemons import finished, new_place, running, wait_until
from barque.testing.plugin_jobs import add_plugin_job, backed_up, restored, whole_log
from barque.testing.slapd import ADMIN, BASE, PASSWORD, DirectoryServer, throwaway_directory

pytestmark = pytest.mark.slow

PYTHON = "/usr/bin/python3"
PEOPLE = f"ou=people,{BASE}"
FOLDER = "@LDAP/dc=org/dc=example/ou=people"
NAMES = (
    "plain", " leading space", "#leading hash", "trailing space ", "with,comma", 'with "quotes"',
    "with\\backslash", "with+plus", "with;semicolon", "with<less", "with=equals", "with>greater",
    "with/slash", "/", "100%2Fpercent", "with\nnewline", "böses Encoding", "日本語",
)  # fmt: skip
"""Names of entries that a DN has to protect, or a path."""


def in_ldif(text: str | bytes) -> str:
    """Return a value as it stands behind an attribute's name in LDIF."""
    data = text.encode() if isinstance(text, str) else text
    return ": " + base64.b64encode(data).decode()


def escaped(name: str) -> str:
    """Return *name* as a value in a DN."""
    return "".join(f"\\{byte:02X}" for byte in name.encode())


def populate(server: DirectoryServer) -> None:
    """Add a tree with odd names and values."""
    entries = [f"dn: {PEOPLE}\nobjectClass: organizationalUnit\nou: people\n"]
    entries += [
        f"dn:{in_ldif(f'ou={escaped(name)},{PEOPLE}')}\n"
        f"objectClass: organizationalUnit\nou:{in_ldif(name)}\n"
        for name in NAMES
    ]
    photo = bytes(range(256)) * 300
    entries.append(
        f"dn: cn=Jane+uid=jane,ou=plain,{PEOPLE}\nobjectClass: inetOrgPerson\ncn: Jane\n"
        f"uid: jane\nsn:{in_ldif('Dœ')}\nuserPassword:{in_ldif(b'{SSHA}x')}\n"
        f"jpegPhoto:{in_ldif(photo)}\ndescription:{in_ldif(' begins with a space')}\n"
    )
    server.add("\n".join(entries))


def two_seconds_later(server: DirectoryServer) -> None:
    """Wait until the server's clock, which has whole seconds, has gone on by two."""
    stamps: set[str] = set()

    def touched() -> bool:
        server.modify(f"dn: {BASE}\nchangetype: modify\nreplace: description\ndescription: x\n")
        stamps.add(server.modified_at(BASE))
        return len(stamps) == 3

    wait_until(touched)


def definition(server: DirectoryServer, *more: str, password: str = PASSWORD) -> str:
    """Return the line of the FileSet, under the name of the published plugin."""
    options = {
        "host_python": PYTHON, "module_name": "bareos-fd-ldap", "uri": server.uri,
        "basedn": BASE, "bind_dn": ADMIN, "password": password,
    }  # fmt: skip
    parts = [f"{name}=" + value.replace(":", "\\:") for name, value in options.items()]
    return ":".join(("python3", *parts, *more))


@pytest.fixture(scope="module")
def server() -> Iterator[DirectoryServer]:
    check = subprocess.run([PYTHON, "-c", "import ldap"], capture_output=True, check=False)
    assert check.returncode == 0, "install the Debian package python3-ldap"
    with throwaway_directory() as server:
        yield server


@pytest.fixture
def place(server: DirectoryServer, tmp_path: Path) -> Iterator[Place]:
    """An installation with jobs for the server, which has the same entries in each test."""
    populate(server)
    two_seconds_later(server)
    place = new_place(tmp_path / "barque")
    add_plugin_job(place, "ldap", definition(server))
    add_plugin_job(place, "accurate", definition(server), accurate=True)
    add_plugin_job(
        place, "filtered", definition(server, "search_filter=(objectClass=inetOrgPerson)")
    )
    add_plugin_job(place, "wrong", definition(server, password="not:it"))
    bare = tmp_path / "bare-python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    bare.chmod(0o755)
    add_plugin_job(place, "bare", definition(server).replace(PYTHON, str(bare)))
    add_plugin_job(place, "nowhere", definition(server).replace(BASE, "dc=example,dc=com", 1))
    yield place
    if any(PEOPLE in dn for dn in server.entries()):
        server.delete_tree(PEOPLE)


@pytest.fixture
def console(place: Place) -> Iterator[Console]:
    with running(place) as daemons, daemons.console() as console:
        yield console


def change(server: DirectoryServer) -> None:
    """Change the entry that all others are below, and one more."""
    server.modify(
        f"dn: {PEOPLE}\nchangetype: modify\nadd: description\ndescription: changed\n\n"
        f"dn: cn=Jane+uid=jane,ou=plain,{PEOPLE}\nchangetype: modify\nreplace: sn\nsn: Roe\n"
    )


def saved_names(console: Console, job_id: int) -> set[str]:
    """Return the names of the files of a job."""
    rows = records(console.json(f"list files jobid={job_id}").get("filenames"))
    return {row["filename"] for row in rows}


def test_entries_come_back_as_they_were_after_the_incremental(
    console: Console, server: DirectoryServer
) -> None:
    full = backed_up(console, "ldap")
    assert (full.status, full.level) == ("T", "F"), whole_log(console, full)
    assert full.files == 2 * len(server.entries())
    change(server)
    expected = server.entries()
    incremental = backed_up(console, "ldap")
    assert (incremental.status, incremental.level) == ("T", "I"), whole_log(console, incremental)
    names = saved_names(console, incremental.job_id)
    assert f"{FOLDER}/data.ldif" in names
    assert f"{FOLDER}/ou=plain/cn=Jane+uid=jane/data.ldif" in names
    assert f"{FOLDER}/ou=plain/data.ldif" not in names, "it did not change"
    server.delete_tree(PEOPLE)
    outcome = restored(console, "ldap", "where=/")
    assert outcome.status == "T", whole_log(console, outcome)
    assert server.entries() == expected


def test_entries_that_changed_since_are_changed_back(
    console: Console, server: DirectoryServer
) -> None:
    backed_up(console, "ldap")
    expected = server.entries()
    change(server)
    assert server.entries() != expected
    outcome = restored(console, "ldap", "where=/")
    assert outcome.status == "T", whole_log(console, outcome)
    assert server.entries() == expected


def test_one_entry_comes_back(console: Console, server: DirectoryServer) -> None:
    backed_up(console, "ldap")
    expected = server.entries()
    gone = f"ou=with\\2Ccomma,{PEOPLE}"
    server.delete_tree(gone)
    server.delete_tree(f"ou=with\\2Bplus,{PEOPLE}")
    path = f"{FOLDER}/ou=with\\2Ccomma/data.ldif"
    queued = start_restore(console, Source(CLIENT, "ldap"), [path], "/")
    assert finished(console, queued.job_id).status == "T"
    left = {dn for dn in expected if "plus" not in dn or "uid" in dn}
    assert server.entries() == {dn: expected[dn] for dn in left}


def test_a_tree_comes_back_under_another_name(console: Console, server: DirectoryServer) -> None:
    backed_up(console, "ldap")
    expected = server.entries()
    outcome = restored(console, "ldap", "regexwhere=!ou=people!ou=copied!")
    assert outcome.status == "T", whole_log(console, outcome)
    assert server.entries(PEOPLE).items() <= expected.items(), "the original is as it was"
    copies = server.entries(f"ou=copied,{BASE}")
    server.delete_tree(f"ou=copied,{BASE}")
    originals = server.entries(PEOPLE)
    assert len(copies) == len(originals)
    for dn, lines in originals.items():
        copy = copies[dn.replace("ou=people", "ou=copied")]
        assert copy == sorted(line.replace("ou: people", "ou: copied") for line in lines)


def test_an_accurate_job_knows_what_was_deleted(console: Console, server: DirectoryServer) -> None:
    backed_up(console, "accurate")
    server.delete_tree(f"ou=with\\3Bsemicolon,{PEOPLE}")
    expected = server.entries()
    incremental = backed_up(console, "accurate")
    assert incremental.status == "T", whole_log(console, incremental)
    server.delete_tree(PEOPLE)
    outcome = restored(console, "accurate", "where=/")
    assert outcome.status == "T", whole_log(console, outcome)
    assert server.entries() == expected


def test_a_filter_chooses_entries(console: Console) -> None:
    outcome = backed_up(console, "filtered")
    assert (outcome.status, outcome.files) == ("T", 2), whole_log(console, outcome)


@pytest.mark.parametrize(
    ("job", "words"),
    [
        ("wrong", "Invalid credentials"),
        ("nowhere", "cannot search dc=example,dc=com"),
        ("bare", "the package python-ldap is missing in "),
    ],
)
def test_what_is_wrong_is_told_in_a_line_without_the_password(
    console: Console, job: str, words: str
) -> None:
    outcome = backed_up(console, job)
    log = whole_log(console, outcome)
    assert outcome.status == "f", log
    assert len([line for line in log.splitlines() if words in line]) == 1
    assert "not:it" not in log.replace("\\", "")
    assert PASSWORD not in log.replace("\\", "")
