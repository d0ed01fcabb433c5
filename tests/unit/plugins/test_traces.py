"""Traces of plugins: no secrets, and not without end."""

from pathlib import Path

import pytest

from barque.plugins.child.trace import masked
from barque.plugins.traces import KEPT, new_trace


@pytest.mark.parametrize(
    "text",
    [
        "'python:module_name=ldap:uri=ldap\\\\://x:password=s3cret:basedn=dc=x'",
        "'python:db_password=s3cret'",
        "{'uri': 'x', 'bind_password': 's3cret', 'n': 1}",
        "'python:secret_key=s3cret:bucket=b'",
        "b'python:passwd=s3cret'",
        "'python:password=a\\\\:s3cret:x=y'",
        "python:password=a\\:s3cret:x=y",
        "python:password=a, b} 's3cret",
        "python:password#enc=s3cret:x=y",
    ],
)
def test_secrets_are_hidden(text: str) -> None:
    assert "s3cret" not in masked(text)
    assert "****" in masked(text)


def test_the_rest_stays() -> None:
    assert masked("'python:module_name=ldap:uri=x'") == "'python:module_name=ldap:uri=x'"


def test_the_latest_are_kept(tmp_path: Path) -> None:
    for number in range(KEPT + 20):
        Path(new_trace(tmp_path, number + 1, "fd", 0, "a/b")).touch()
    folder = tmp_path / "plugin-traces"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert len(list(folder.iterdir())) == KEPT
    assert (folder / f"{KEPT + 20}-fd-0-a_b.jsonl").exists()


def test_without_a_folder_there_is_none() -> None:
    assert new_trace("", 1, "fd", 0, "x") == ""
    assert new_trace("/nonexistent/folder", 1, "fd", 0, "x") == ""
