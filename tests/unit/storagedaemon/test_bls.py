"""`barque-bls` against the recorded volumes and their independent descriptions."""

import io
import re
from pathlib import Path

import pytest

from barque.devices.file import FileDevice
from barque.formats.bootstrap import Selector
from barque.formats.record import RecordAssembler
from barque.storagedaemon import bls
from barque.storagedaemon.volume_reader import RecordReader, read_blocks

VOLUMES = Path(__file__).parents[2] / "golden" / "volumes"
NAMES = ["Sample1", "Sample2", "Sample3", "Sample4", "Sample7-0007"]


def bls_of(*arguments: object) -> tuple[int, str]:
    out = io.StringIO()
    code = bls.run([str(argument) for argument in arguments], out)
    return code, out.getvalue()


def described(name: str) -> str:
    return (VOLUMES / f"{name}.decoded.txt").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_every_block_is_as_described(name: str) -> None:
    expected = re.findall(
        r"^BLOCK off=(\d+) num=(\d+) len=(\d+) sess=(\d+)/(\d+) crc=([0-9a-f]+)",
        described(name),
        re.MULTILINE,
    )
    volume = FileDevice(str(VOLUMES)).open_read(name)
    found = []
    for block in read_blocks(volume):
        session = block.session
        assert session is not None
        header = block.header
        found.append(
            (
                str(block.offset),
                str(header.block_number),
                str(header.block_size),
                str(session.session_id),
                str(session.session_time),
                f"{header.checksum:08x}",
            )
        )
    volume.close()
    assert found == expected


@pytest.mark.parametrize("name", NAMES)
def test_every_piece_of_a_record_is_as_described(name: str) -> None:
    expected = re.findall(
        r"^   rec fi=(-?\d+) stream=(-?\d+) hdrlen=(\d+) got=(\d+)", described(name), re.MULTILINE
    )
    volume = FileDevice(str(VOLUMES)).open_read(name)
    found = [
        (
            str(piece.file_index),
            str(-piece.stream if piece.continued else piece.stream),
            str(piece.length),
            str(len(piece.data)),
        )
        for block in read_blocks(volume)
        for piece in block.pieces()
    ]
    volume.close()
    assert found == expected


@pytest.mark.parametrize("name", NAMES)
def test_all_records_are_complete(name: str) -> None:
    volume = FileDevice(str(VOLUMES)).open_read(name)
    assembler = RecordAssembler()
    records = list(RecordReader(volume, Selector(None, name), assembler))
    assembler.close()
    volume.close()
    assert records
    assert assembler.lost == []


@pytest.mark.parametrize("name", NAMES)
def test_every_file_is_listed(name: str) -> None:
    expected = re.findall(r"^FILE s\d+ fi=\d+ FT=\d+ '([^']*)'", described(name), re.MULTILINE)
    code, text = bls_of(VOLUMES / name)
    assert code == 0
    lines = text.splitlines()
    assert lines[-1] == f"{len(expected)} files and directories found."
    for path, line in zip(expected, lines, strict=False):
        assert path in line


def test_jobs() -> None:
    code, text = bls_of("-j", VOLUMES / "Sample1")
    assert code == 0
    assert (
        "Begin Job Session Record: File:blk=0:204 SessId=26 SessTime=1795369947 JobId=201" in text
    )
    assert "Files=12 Bytes=29,543 Errors=0 Status=T" in text
    _, text = bls_of("-j", "-v", VOLUMES / "Sample1")
    assert "Job (unique name) : full.2026-11-22_14.00.00_01" in text
    assert "JobBytes          : 29,543" in text


def test_blocks() -> None:
    _, text = bls_of("-k", VOLUMES / "Sample3")
    assert text.splitlines()[0] == "Block: 0 size=204"
    assert len(text.splitlines()) == 7
    _, text = bls_of("-k", "-v", VOLUMES / "Sample3")
    assert "blk_num=2 blen=40030 First rec FI=3" in text
    _, text = bls_of("-k", "-vv", VOLUMES / "Sample3")
    assert "FI=End Job Session" in text


def test_the_label() -> None:
    _, text = bls_of("-L", VOLUMES / "Sample3")
    assert "VolName           : Sample3" in text
    assert "LabelSize         : 168" in text


def test_records_are_told_when_asked() -> None:
    _, text = bls_of("-v", VOLUMES / "Sample1")
    assert "FileIndex=7 Stream=2 DataLen=9000" in text
    assert "Begin Job Session Record: VolSessionId=26" in text


def test_a_bootstrap_chooses(tmp_path: Path) -> None:
    bootstrap = tmp_path / "one.bsr"
    bootstrap.write_text(
        "Volume=Sample3\nVolSessionId=24\nVolSessionTime=1795369947\n"
        "VolAddr=129228-338314\nFileIndex=2-3\nCount=2\n"
    )
    code, text = bls_of("-b", bootstrap, VOLUMES)
    assert code == 0
    assert "2 files and directories found." in text
    assert "/virtual/jobb/file1.bin" in text
    assert "joba" not in text


def test_lists_of_names_choose(tmp_path: Path) -> None:
    include, exclude = tmp_path / "in", tmp_path / "ex"
    include.write_text("/virtual/joba\n")
    exclude.write_text("*.txt\n")
    _, text = bls_of("-i", include, "-e", exclude, "-V", "Sample3", VOLUMES)
    assert "3 files and directories found." in text


def test_damage_is_one_line_with_volume_and_offset(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = bytearray((VOLUMES / "Sample3").read_bytes())
    data[70_000] ^= 1
    (tmp_path / "Sample3").write_bytes(data)
    code, _ = bls_of(tmp_path / "Sample3")
    assert code == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert 'volume "Sample3" at offset 64716' in line
    assert "checksum" in line


def test_behind_damage_everything_else_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = bytearray((VOLUMES / "Sample3").read_bytes())
    data[70_000] ^= 1
    data[193_741] ^= 255
    data[193_744] ^= 255
    (tmp_path / "Sample3").write_bytes(data)
    code, text = bls_of("-p", tmp_path / "Sample3")
    assert code == 1
    assert "/virtual/joba/file0.bin" in text
    assert "/virtual/jobb/readme.txt" in text
    errors = capsys.readouterr().err
    assert "at offset 64716" in errors
    assert "at offset 193740" in errors
    assert "of file 2 of session 23/1795369947 is incomplete" in errors


@pytest.mark.parametrize("cut", [0, 10, 100, 204, 210, 20_000, 30_409, 31_599])
def test_a_truncated_volume_is_one_line(
    tmp_path: Path, cut: int, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Vol").write_bytes((VOLUMES / "Sample1").read_bytes()[:cut])
    code, _ = bls_of(tmp_path / "Vol")
    errors = capsys.readouterr().err.splitlines()
    if cut in {204, 30_409}:
        assert (code, errors) == (0, [])
    else:
        assert code == 1
        (line,) = errors
        assert 'volume "Vol" at offset' in line


def test_what_is_no_device_lists_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert bls_of("NoSuchDevice")[0] == 1
    assert (
        '"NoSuchDevice" is neither a volume nor a directory nor a device' in capsys.readouterr().err
    )
