"""What status pages say of plugins."""

from barque.plugins.information import PluginsInUse, plugin_info


def names(use: PluginsInUse) -> list[str]:
    lines = [line for line in plugin_info(use) if line.startswith(" Plugin     : ")]
    return [line.removeprefix(" Plugin     : ") for line in lines]


def test_a_daemon_without_plugins_says_nothing() -> None:
    assert list(plugin_info(PluginsInUse("fd", "", ()))) == []


def test_the_plugins_of_each_daemon() -> None:
    assert names(PluginsInUse("fd", "/p", ())) == ["bpipe-fd", "python3-fd"]
    assert names(PluginsInUse("dir", "/p", ())) == ["python3-dir"]
    assert names(PluginsInUse("sd", "", (), ((7, "mod"),))) == ["python3-sd"]


def test_plugin_names_choose() -> None:
    assert names(PluginsInUse("fd", "/p", ("bpipe",))) == ["bpipe-fd"]
    assert names(PluginsInUse("fd", "/p", ("python",))) == ["python3-fd"]


def test_the_directory_and_what_runs_are_told() -> None:
    text = "\n".join(plugin_info(PluginsInUse("sd", "/p", (), ((7, "mod"), (8, "other")))))
    assert "modules are looked for in /p, too" in text
    assert " Running    : mod in JobId 7\n Running    : other in JobId 8" in text
