"""How much of what a subscription covers is used."""

import json

import pytest

from barque.director.commands.subscriptions import plugin_of
from barque.testing.terminal import Terminal


@pytest.mark.parametrize(
    ("text", "plugin"),
    [
        ('Plugin = "bpipe:file=/x:reader=a:writer=b"', "bpipe"),
        ('Plugin = "python3:module_path=/p:module_name=bareos-fd-postgresql:x=y"', "postgresql"),
        ("plugin = python:module_name=bareos-fd-LDAP", "ldap"),
        ("Plugin = python3:module_path=/p:module_name=bareos-other:a=b", "other"),
        ("Plugin = python3:module_name=mine", "mine"),
        ("Plugin = python3:module_path=/p", "other python plugin"),
        ("Plugin = grpc:bareos-grpc-fd-plugin-bridge:python3:module_name=bareos-fd-x", "x"),
        ("Plugin = grpc:other:y", "other"),
        ("File = /home", ""),
        ("", ""),
    ],
)
def test_the_plugin_of_a_fileset(text: str, plugin: str) -> None:
    assert plugin_of(text) == plugin


def test_reports(terminal: Terminal) -> None:
    answer = json.loads(terminal.text("status subscriptions all", api=2))["result"]
    assert [row["count"] for row in answer["unit-detail"]] == ["1", "1", "2"]
    assert [row["client"] for row in answer["unit-clients"]] == ["alpha-fd", "TOTAL"]
    assert [row["plugin"] for row in answer["unit-plugins"]][-1] == "TOTAL"
    assert answer["unit-summary"]["used"] == "2"
    assert answer["checksum"].startswith("{SHA256}")


def test_one_client(terminal: Terminal) -> None:
    text = terminal.text("status subscriptions client=alpha-fd")
    assert "Detailed backup unit report for client 'alpha-fd':" in text
    assert "| bpipe" in text
    assert "No results to list.\n" in terminal.text("status subscriptions client=nosuch")


def test_clients_without_their_names(terminal: Terminal) -> None:
    text = terminal.text("status subscriptions clients anonymize")
    assert "alpha-fd" not in text
    assert "| Client 2 |" in text


@pytest.mark.parametrize("word", ["detail", "unknown"])
def test_words_of_earlier_versions(terminal: Terminal, word: str) -> None:
    assert f"Parameter '{word}' ignored." in terminal.text(f"status subscriptions {word}")


def test_much_data_counts_more(terminal: Terminal) -> None:
    terminal.catalog.jobs.update(1, job_bytes=5 * 10**12)
    answer = json.loads(terminal.text("status subscriptions plugins", api=2))["result"]
    assert answer["unit-summary"] == {
        "accounting_mode": "volume-based (6 volume-based units >= 2 count-based units)",
        "used": "6",
        "configured": "0",
        "remaining": "-6",
    }


def test_big_numbers_have_commas_for_people(terminal: Terminal) -> None:
    terminal.catalog.jobs.update(1, job_bytes=1234 * 10**12)
    text = terminal.text("status subscriptions plugins")
    assert "            used: 1,235\n" in text
    assert "volume-based (1235 volume-based units" in text


def test_everything_must_be_allowed(terminal: Terminal) -> None:
    text = terminal.text("status subscriptions", console="operator")
    assert text == (
        "status subscriptions: needs access to all client, job and fileset resources.\n"
    )
