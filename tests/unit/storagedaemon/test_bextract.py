"""`barque-bextract` against the recorded volumes and their independent descriptions."""

import hashlib
import io
import os
import re
from pathlib import Path

import pytest

from barque.storagedaemon import bextract

VOLUMES = Path(__file__).parents[2] / "golden" / "volumes"
DIGESTS = {
    "md5": lambda data: hashlib.md5(data).hexdigest(),
    "sha1": lambda data: hashlib.sha1(data).hexdigest(),
    "sha256": lambda data: hashlib.sha256(data).hexdigest(),
    "sha512": lambda data: hashlib.sha512(data).hexdigest(),
}
FILE = re.compile(r"^FILE s(\d+) fi=(\d+) FT=(\d+) '([^']*)' mode=(\d+) size=(-?\d+)")
DIGEST = re.compile(r"^   (md5|sha1|sha256|sha512) ([0-9a-f]+) OK")


def extract(target: Path, *arguments: object) -> tuple[int, str]:
    out = io.StringIO()
    target.mkdir(exist_ok=True)
    code = bextract.run([*(str(one) for one in arguments), str(target)], out)
    return code, out.getvalue()


def session_bootstrap(path: Path, volume: str, session: int) -> Path:
    path.write_text(f"Volume={volume}\nVolSessionId={session}\n")
    return path


def described(name: str) -> dict[int, dict[str, tuple[int, int, str, str]]]:
    """Session → path → (file type, size, digest name, digest)."""
    found: dict[int, dict[str, tuple[int, int, str, str]]] = {}
    current: tuple[int, str] | None = None
    for line in (VOLUMES / f"{name}.decoded.txt").read_text().splitlines():
        if match := FILE.match(line):
            session, _, kind, path, _, size = match.groups()
            found.setdefault(int(session), {})[path] = (int(kind), int(size), "", "")
            current = int(session), path
        elif (match := DIGEST.match(line)) and current:
            session_files = found[current[0]]
            kind_size = session_files[current[1]][:2]
            session_files[current[1]] = (*kind_size, match[1], match[2])
    return found


CASES = [
    (name, session)
    for name in ("Sample1", "Sample2", "Sample3", "Sample7-0007")
    for session in described(name)
]


@pytest.mark.parametrize(("name", "session"), CASES)
def test_contents_are_as_described(name: str, session: int, tmp_path: Path) -> None:
    bootstrap = session_bootstrap(tmp_path / "b.bsr", name, session)
    files = described(name)[session]
    target = tmp_path / "out"
    code, text = extract(target, "-b", bootstrap, VOLUMES)
    for path, (kind, size, digest, expected) in files.items():
        restored = target / path.lstrip("/")
        if kind == 23:
            assert not restored.exists()
            continue
        assert os.path.lexists(restored), path
        if digest and kind == 3 and size >= 0 and restored.stat().st_size < 900_000:
            assert DIGESTS[digest](restored.read_bytes()) == expected
            assert restored.stat().st_size == size
    assert f"{sum(kind != 23 for kind, *_ in files.values())} files restored." in text
    assert (code == 0) == ("Error:" not in text)


def test_hard_links_stay_links(tmp_path: Path) -> None:
    bootstrap = session_bootstrap(tmp_path / "b.bsr", "Sample1", 26)
    extract(tmp_path / "out", "-b", bootstrap, VOLUMES)
    directory = tmp_path / "out/srv/sample/tree/in/small/dir"
    assert (directory / "hello.txt").stat().st_ino == (directory / "hardlink.txt").stat().st_ino
    assert (directory / "sym").readlink() == Path("hello.txt")
    assert (directory / "fifo").is_fifo()


def test_sparse_files_get_their_size(tmp_path: Path) -> None:
    bootstrap = session_bootstrap(tmp_path / "b.bsr", "Sample2", 42)
    code, _ = extract(tmp_path / "out", "-b", bootstrap, VOLUMES)
    assert code == 0
    (path,) = [one for one in (tmp_path / "out").rglob("*") if one.is_file()]
    data = path.read_bytes()
    assert len(data) == 900_000
    assert data[:101] == b"A" * 100 + b"\0"
    assert data[524_272:524_323] == b"B" * 50 + b"\0"


def test_encrypted_files_are_named_and_not_written_as_if_whole(tmp_path: Path) -> None:
    bootstrap = session_bootstrap(tmp_path / "b.bsr", "Sample4", 35)
    code, text = extract(tmp_path / "out", "-b", bootstrap, VOLUMES)
    assert code == 1
    complaints = [line for line in text.splitlines() if "encrypted" in line]
    assert any("numbers.txt" in line for line in complaints)
    directory = tmp_path / "out/srv/sample/tree/in/small/dir"
    assert not (directory / "sub/numbers.txt").exists()


def test_lists_choose(tmp_path: Path) -> None:
    include = tmp_path / "list"
    include.write_text("*/random.bin\n")
    _, text = extract(tmp_path / "out", "-i", include, VOLUMES / "Sample1")
    assert "1 files restored." in text


def test_a_changed_byte_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = bytearray((VOLUMES / "Sample3").read_bytes())
    data[70_000] ^= 1
    (tmp_path / "Sample3").write_bytes(data)
    code, _ = extract(tmp_path / "out", tmp_path / "Sample3")
    assert code == 1
    assert 'volume "Sample3" at offset 64716' in capsys.readouterr().err


def test_behind_damage_whole_files_are_restored_and_the_others_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = bytearray((VOLUMES / "Sample3").read_bytes())
    data[70_000] ^= 1
    (tmp_path / "Sample3").write_bytes(data)
    code, text = extract(tmp_path / "out", "-p", tmp_path / "Sample3")
    assert code == 1
    assert (tmp_path / "out/virtual/jobb/file2.bin").stat().st_size == 57_001
    assert "file1.bin" in text
    assert "incomplete" in capsys.readouterr().err


def test_a_target_that_is_no_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [str(VOLUMES / "Sample1"), str(tmp_path / "nosuch")]
    assert bextract.run(arguments, io.StringIO()) == 1
    assert "create it first" in capsys.readouterr().err
