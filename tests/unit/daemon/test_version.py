import platform

import pytest

from barque.daemon.version import COMPATIBLE, DATE, SHORT_DATE, VERSION, distribution, system_name


def test_peers_find_the_version_of_bareos_first() -> None:
    assert VERSION.startswith(f"{COMPATIBLE}+barque")
    assert COMPATIBLE.count(".") == 2


def test_both_dates_are_one() -> None:
    day, month, year = DATE.split()
    assert f"{day}{month[:3]}{year[2:]}" == SHORT_DATE


def test_the_system_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert system_name()
    assert distribution()[0]

    def missing() -> dict[str, str]:
        raise OSError

    monkeypatch.setattr(platform, "freedesktop_os_release", missing)
    assert system_name() == platform.system()
    assert distribution() == (platform.system().lower(), "")
