import pytest

from barque.errors import PluginError
from barque.plugins.definition import (
    SkippedDefinitionError,
    parse_definition,
    parse_fd_definition,
    plugin_name,
)


def test_a_definition_of_the_file_daemon() -> None:
    text = r"python:module_path=/a\:b:module_name=m:one=1\:2:two=x=y:host_timeout=5"
    found = parse_fd_definition(text)
    assert (found.name, found.module_path, found.module_name) == ("python3", "/a:b", "m")
    assert found.options == r"one=1\:2:two=x=y:"
    assert found.host == {"timeout": "5"}
    assert found.text == text
    assert parse_fd_definition("python3:instance=vm1").options == "instance=vm1:"


@pytest.mark.parametrize("text", ["python", "python:word"])
def test_illegal_definitions(text: str) -> None:
    with pytest.raises(PluginError, match="Illegal"):
        parse_fd_definition(text)


def test_names_of_old_backups() -> None:
    assert plugin_name("python:x=1") == "python3"
    assert plugin_name("grpc:bareos-grpc-fd-plugin-bridge:python3:module_name=m") == "python3"
    bridged = parse_fd_definition("grpc:bareos-grpc-fd-plugin-bridge:python3:module_name=m:a=b")
    assert (bridged.module_name, bridged.options) == ("m", "a=b:")
    assert plugin_name("bpipe:file=x") == "bpipe"


def test_a_definition_of_the_director() -> None:
    found = parse_definition("python3:instance=3:module_name=m:tag=a", "DIR")
    assert (found.instance, found.module_name, found.options) == (3, "m", "tag=a:")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("python3", SkippedDefinitionError),
        ("python3:instance=200", SkippedDefinitionError),
        ("python3:noval", PluginError),
        ("python3:=x", PluginError),
    ],
)
def test_illegal_definitions_of_the_director(text: str, error: type[PluginError]) -> None:
    with pytest.raises(error):
        parse_definition(text, "DIR")
