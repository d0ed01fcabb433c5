"""Jobs from their first line to their last, with a scripted Director and File Daemon."""

from collections.abc import Callable
from pathlib import Path

import pytest

from barque.devices.file import FileDevice
from barque.devices.memory import MemoryDevice
from barque.errors import DeviceError, DeviceFullError
from barque.formats.label import EndOfSession, SessionLabel, VolumeLabel, label_of
from barque.testing.faulty_device import FaultyDevice
from barque.testing.storage_peers import ScriptedFileDaemon
from barque.testing.storage_site import Site
from barque.wire.messages.catalog_request import VolumeInfo
from barque.wire.messages.director_storage import UseStorage

type MakeSite = Callable[..., Site]


def test_a_backup_lands_on_the_volume_and_in_the_catalog(site: Site, disk: MemoryDevice) -> None:
    director, file = site.backup()
    thread = director.run_in_background()
    sent = file.send_files(5)
    thread.join()
    assert director.ended is not None
    assert (director.ended.status, director.ended.files) == (ord("T"), 5)
    assert director.ended.job_bytes == sum(len(data) for _, _, data in sent)
    records, assembler = site.records("Vol-0001")
    assert not assembler.lost
    labels = [label_of(r) for r in records if r.file_index < 0]
    assert [type(label) for label in labels] == [VolumeLabel, SessionLabel, EndOfSession]
    end = labels[2]
    assert isinstance(end, EndOfSession)
    assert (end.job, end.job_files, chr(end.job_status)) == ("job.1", 5, "T")
    data = [(r.file_index, r.stream, bytes(r.data)) for r in records if r.file_index > 0]
    assert data == sent
    expected = [(index, stream, data) for index, stream, data in sent if stream != 2]
    assert [entry[2:] for entry in director.attributes] == expected
    (piece,) = director.media
    size = len(disk.contents["Vol-0001"])
    info = site.catalog.volumes["Vol-0001"]
    assert (piece.first_index, piece.last_index, piece.end_block) == (1, 5, size - 1)
    assert (info.size, info.status, info.jobs, info.mounts) == (size, "Append", 1, 1)


def test_the_dialogue_is_that_of_the_reference(site: Site) -> None:
    director, file = site.backup()
    thread = director.run_in_background()
    file.send_files(1)
    thread.join()
    assert director.questions == [
        "FindMedia",
        "GetVolumeInfo",
        "UpdateMedia",
        "UpdateMedia",
        "UpdateMedia",
        "CreateJobMedia",
        "CreateJobMedia",
        "UpdateMedia",
        "DeleteNullJobMedia",
    ]
    updates = site.catalog.updates
    assert [(u.blocks, u.writes, u.mounts, u.jobs, u.relabel) for u in updates] == [
        (1, 1, 0, 0, True),
        (1, 1, 1, 0, False),
        (1, 1, 1, 1, False),
        (2, 2, 1, 1, False),
    ]
    assert director.statuses == ["F", "R", "S", "R", "T"]


def test_attributes_come_only_after_their_block_is_written(site: Site, disk: MemoryDevice) -> None:
    director, file = site.backup()
    sizes: list[int] = []
    original = director._note_attributes

    def note(frame: bytes) -> None:
        sizes.append(len(disk.contents["Vol-0001"]))
        original(frame)

    director._note_attributes = note  # type: ignore[method-assign]
    thread = director.run_in_background()
    file.send_files(60)
    thread.join()
    records, _ = site.records("Vol-0001")
    ends = {}
    volume = disk.contents["Vol-0001"]
    for record in records:
        size = int.from_bytes(volume[record.offset + 4 : record.offset + 8], "big")
        ends[record.file_index, record.stream] = record.offset + size
    for (_, _, index, stream, _), size in zip(director.attributes, sizes, strict=True):
        assert size >= ends[index, stream]


def test_what_was_saved_is_read_back(site: Site) -> None:
    director, file = site.backup()
    thread = director.run_in_background()
    sent = file.send_files(40, 1000)
    thread.join()
    reader, records = site.restore(site.bootstrap_of(director, "7-9"))
    assert records == [entry for entry in sent if 7 <= entry[0] <= 9]
    assert reader.ended is not None
    assert (reader.ended.status, reader.ended.files) == (ord("T"), 0)


def test_a_volume_without_room_for_a_block_is_full_for_the_next_job_too(site: Site) -> None:
    site.catalog.maximum_size = 20_000
    first, file = site.backup()
    thread = first.run_in_background()
    file.send_files(1, 6000)
    thread.join()
    again, file = site.backup()
    thread = again.run_in_background()
    sent = file.send_files(3, 5500)
    thread.join()
    assert again.ended is not None
    assert again.ended.status == ord("T"), again.messages
    assert any('New volume "Vol-0002" mounted on device' in text for text in again.messages)
    _, records = site.restore(site.bootstrap_of(again, "1-3"))
    assert records == sent


def test_a_full_volume_goes_on_with_the_next(site: Site, disk: MemoryDevice) -> None:
    site.catalog.maximum_size = 20_000
    director, file = site.backup()
    thread = director.run_in_background()
    sent = file.send_files(10, 6000)
    thread.join()
    assert director.ended is not None
    assert director.ended.status == ord("T")
    infos = site.catalog.volumes
    assert len(infos) >= 4
    for name, info in infos.items():
        size = len(disk.contents[name])
        assert info.size == size <= 20_000
    assert [info.status for info in infos.values()][:-1] == ["Full"] * (len(infos) - 1)
    assert [piece.media_id for piece in director.media] == [i.media_id for i in infos.values()]
    _, records = site.restore(site.bootstrap_of(director, "1-10"))
    assert records == sent
    everything = "\n".join(f"Volume={name}" for name in infos) + "\n"
    reader, records = site.restore(everything)
    assert records == sent
    assert reader.ended is not None
    assert chr(reader.ended.status) == "T"
    second, _ = site.records("Vol-0002")
    label = label_of(second[0])
    assert isinstance(label, VolumeLabel)
    assert label.previous_volume == "Vol-0001"


def test_a_disk_that_runs_full_goes_on_with_the_next_volume(make_site: MakeSite) -> None:
    inner = MemoryDevice()

    def fault(operation: str, volume: str, count: int) -> DeviceError | None:
        if operation == "append" and volume == "Vol-0001" and count >= 4:
            return DeviceFullError("cannot write Vol-0001: no space left")
        return None

    site = make_site(FaultyDevice(inner, fault))
    director, file = site.backup()
    thread = director.run_in_background()
    sent = file.send_files(10, 3000)
    thread.join()
    assert director.ended is not None
    assert director.ended.status == ord("T")
    assert site.catalog.volumes["Vol-0001"].status == "Full"
    assert any("no space left" in text for text in director.messages)
    _, records = site.restore(site.bootstrap_of(director, "1-10"))
    assert records == sent


def test_a_job_waits_for_space_when_a_new_volume_finds_none(make_site: MakeSite) -> None:
    appended: list[str] = []
    refused: list[str] = []

    def fault(operation: str, volume: str, _count: int) -> DeviceError | None:
        if operation != "append":
            return None
        appended.append(volume)
        room = 4 if volume == "Vol-0001" else 1  # the label
        if appended.count(volume) <= room or len(refused) == 5:
            return None
        refused.append(volume)
        return DeviceFullError(f"cannot write {volume}: no space left")

    site = make_site(FaultyDevice(MemoryDevice(), fault))
    director, file = site.backup()
    thread = director.run_in_background()
    sent = file.send_files(10, 3000)
    thread.join()
    assert director.ended is not None
    assert director.ended.status == ord("T")
    assert set(site.catalog.volumes) == {"Vol-0001", "Vol-0002"}
    assert refused == ["Vol-0001", *["Vol-0002"] * 4]
    assert any("free space there, and the job goes on" in text for text in director.messages)
    _, records = site.restore(site.bootstrap_of(director, "1-10"))
    assert records == sent


def test_jobs_share_a_volume_block_by_block(site: Site, disk: MemoryDevice) -> None:
    pairs = [site.backup("Dev1"), site.backup("Dev1")]
    threads = [director.run_in_background() for director, _ in pairs]
    tickets = [file.open_append() for _, file in pairs]
    for index in range(1, 21):
        for _, file in pairs:
            file.send_stream(index, 1, b"%d 3 /x\0s\0\0\0000\0" % index)
            file.send_stream(index, 2, bytes([index]) * 1500)
            file.channel.flush()
    for (_, file), ticket in zip(pairs, tickets, strict=True):
        file.end_append(ticket)
    for thread in threads:
        thread.join()
    for director, _ in pairs:
        assert director.ended is not None
        assert director.ended.status == ord("T")
    records, assembler = site.records("Vol-0001")
    assert list(site.catalog.volumes) == ["Vol-0001"]
    assert assembler.lost == []
    assert sum(r.file_index > 0 for r in records) == 80
    assert site.catalog.volumes["Vol-0001"].jobs == 2
    assert site.catalog.volumes["Vol-0001"].size == len(disk.contents["Vol-0001"])


def test_a_second_job_of_another_pool_takes_another_device(site: Site) -> None:
    first, file1 = site.backup()
    thread1 = first.run_in_background()
    ticket1 = file1.open_append()
    file1.send_stream(1, 2, b"x" * 9000)
    file1.channel.flush()
    director, start, answer = site.job()
    director.use(UseStorage("File", "File", "Other", "Backup", True), "Changer")
    thread2 = director.run_in_background()
    file2 = ScriptedFileDaemon(site.connect(), start.job, answer.key)
    file2.send_files(2)
    thread2.join()
    file1.end_append(ticket1)
    thread1.join()
    assert len(site.catalog.volumes) == 2


def test_a_volume_that_is_longer_with_whole_blocks_is_corrected(
    site: Site, disk: MemoryDevice
) -> None:
    director, file = site.backup()
    thread = director.run_in_background()
    file.send_files(3)
    thread.join()
    info = site.catalog.volumes["Vol-0001"]
    volume = disk.contents["Vol-0001"]
    label_size = int.from_bytes(volume[4:8], "big")
    site.catalog.volumes["Vol-0001"] = VolumeInfo(
        "Vol-0001", size=label_size, status="Append", media_id=info.media_id
    )
    again, file = site.backup()
    thread = again.run_in_background()
    file.send_files(2)
    thread.join()
    assert any("Correcting Catalog" in text for text in again.messages)
    assert site.catalog.volumes["Vol-0001"].size == len(volume)
    records, assembler = site.records("Vol-0001")
    assert not assembler.lost
    assert sum(r.file_index > 0 for r in records) == 15


@pytest.mark.parametrize("damage", ["short", "torn", "gone", "other"])
def test_a_volume_that_disagrees_with_the_catalog_is_left_alone(
    site: Site, disk: MemoryDevice, damage: str
) -> None:
    director, file = site.backup()
    thread = director.run_in_background()
    file.send_files(3)
    thread.join()
    contents = disk.contents
    volume = contents["Vol-0001"]
    if damage == "short":
        del volume[-10:]
    elif damage == "torn":
        volume += b"half a block"
    elif damage == "gone":
        del contents["Vol-0001"]
    else:
        volume[40:44] = b"abcd"
    before = bytes(contents.get("Vol-0001", b""))
    again, file = site.backup()
    thread = again.run_in_background()
    file.send_files(2)
    thread.join()
    assert again.ended is not None
    assert again.ended.status == ord("T")
    assert site.catalog.volumes["Vol-0001"].status == "Error"
    assert bytes(contents.get("Vol-0001", b"")) == before
    assert [piece.media_id for piece in again.media] == [2]
    assert any("Marking Volume" in text for text in again.messages)


def test_a_recycled_volume_begins_anew(site: Site) -> None:
    director, file = site.backup()
    thread = director.run_in_background()
    file.send_files(3)
    thread.join()
    info = site.catalog.volumes["Vol-0001"]
    site.catalog.volumes["Vol-0001"] = VolumeInfo(
        "Vol-0001", size=info.size, status="Recycle", media_id=1
    )
    again, file = site.backup()
    thread = again.run_in_background()
    file.send_files(1)
    thread.join()
    assert any('Recycled volume "Vol-0001"' in text for text in again.messages)
    records, _ = site.records("Vol-0001")
    assert sum(r.file_index > 0 for r in records) == 3


def test_a_lost_file_daemon_fails_the_job_and_the_catalog_stays_right(
    site: Site, disk: MemoryDevice
) -> None:
    director, file = site.backup()
    thread = director.run_in_background()
    file.open_append()
    for index in range(1, 11):
        file.send_stream(index, 2, b"x" * 2000)
    file.channel.flush()
    file.channel.close()
    thread.join()
    assert director.ended is not None
    assert director.ended.status == ord("f")
    assert director.ended.errors
    info = site.catalog.volumes["Vol-0001"]
    assert info.size == len(disk.contents["Vol-0001"])
    again, file = site.backup()
    thread = again.run_in_background()
    file.send_files(1)
    thread.join()
    assert list(site.catalog.volumes) == ["Vol-0001"]


def test_a_file_daemon_that_never_comes(make_site: MakeSite) -> None:
    site = make_site(MemoryDevice())
    director, _, _ = site.job()
    director.use(UseStorage("File", "File", "Pool", "Backup", True), "Changer")
    job = site.daemon.jobs.find("job.1")
    assert job is not None
    thread = director.run_in_background()
    job.cancel()
    thread.join()
    assert director.ended is not None
    assert director.ended.status == ord("A")


def test_a_cancelled_job_ends(site: Site) -> None:
    director, file = site.backup()
    thread = director.run_in_background()
    file.open_append()
    file.send_stream(1, 2, b"x" * 5000)
    file.channel.flush()
    text = site.director().texts(b"cancel Job=job.1\n")
    assert text == '3000 JobId=1 Job="job.1" marked to be canceled.\n'
    thread.join()
    assert director.ended is not None
    assert director.ended.status == ord("A")
    assert site.daemon.jobs.running() == []


def test_no_volume_makes_the_job_wait_for_one(site: Site) -> None:
    site.catalog.new_volumes = 0
    director, file = site.backup()
    thread = director.run_in_background()
    ticket = file.open_append()
    file.send_stream(1, 2, b"x" * 5000)
    file.channel.signal(-1)  # type: ignore[arg-type]
    file.channel.flush()
    while "m" not in director.statuses:
        site.daemon.drives.notify()
    site.catalog.new_volumes = 1
    site.daemon.drives.notify()
    assert file.channel.receive_message(10) == b"3000 OK append data\n"
    file.ask(b"append close session %d\n" % ticket)
    file.hang_up()
    thread.join()
    assert director.ended is not None
    assert director.ended.status == ord("T")
    assert any("Cannot find any appendable volumes" in text for text in director.messages)


def test_patience_for_volumes_ends(make_site: MakeSite) -> None:
    site = make_site(MemoryDevice(), patience=0.1)
    site.catalog.new_volumes = 0
    director, file = site.backup()
    thread = director.run_in_background()
    file.open_append()
    file.send_stream(1, 2, b"x" * 5000)
    file.channel.signal(-1)  # type: ignore[arg-type]
    file.channel.flush()
    thread.join()
    assert director.ended is not None
    assert director.ended.status == ord("f")
    assert any("none came" in text for text in director.messages)


def test_an_unwritable_device_ends_the_job_with_its_reason(
    make_site: MakeSite, tmp_path: Path
) -> None:
    site = make_site(FileDevice(str(tmp_path / "nosuch")), patience=0.1)
    director, file = site.backup()
    thread = director.run_in_background()
    file.open_append()
    file.send_stream(1, 2, b"x" * 5000)
    file.channel.flush()
    thread.join()
    assert director.ended is not None
    assert director.ended.status == ord("f")
    assert any("nosuch" in text for text in director.messages)
    assert "sd Version" in site.director().texts(b"status\n")


def test_a_lost_director_ends_the_job_and_nothing_else(site: Site) -> None:
    director, file = site.backup()
    director.channel.send(b"run")
    director.channel.flush()
    file.open_append()
    director.channel.close()
    file.send_stream(1, 2, b"x" * 50_000)
    file.channel.flush()
    job = site.daemon.jobs.find("job.1")
    if job is not None:
        job.wait_until_released()
    again, file = site.backup()
    thread = again.run_in_background()
    file.send_files(1)
    thread.join()
    assert again.ended is not None
    assert again.ended.status == ord("T")


def test_an_empty_job_uses_no_volume(site: Site) -> None:
    director, file = site.backup()
    thread = director.run_in_background()
    ticket = file.open_append()
    file.end_append(ticket)
    thread.join()
    assert director.ended is not None
    assert director.ended.status == ord("T")
    assert site.catalog.volumes == {}


def test_attributes_are_spooled_until_the_end(site: Site) -> None:
    director, file = site.backup(spool_attributes=True)
    thread = director.run_in_background()
    file.send_files(5)
    thread.join()
    assert len(director.attributes) == 10
    assert director.questions[-1] == "BlastAttr"
    assert list(Path(site.daemon.settings.working_directory).glob("*.spool")) == []


def test_no_attributes_when_the_job_wants_none(site: Site) -> None:
    director, file = site.backup(no_attributes=True)
    thread = director.run_in_background()
    file.send_files(5)
    thread.join()
    assert director.attributes == []


def test_files_out_of_order_fail_the_job(site: Site) -> None:
    director, file = site.backup()
    thread = director.run_in_background()
    file.open_append()
    file.send_stream(1, 2, b"a")
    file.send_stream(3, 2, b"a")
    file.channel.flush()
    thread.join()
    assert director.ended is not None
    assert director.ended.status == ord("f")
    assert any("file 3 comes after file 1" in text for text in director.messages)


def test_damage_while_reading_is_told_and_the_rest_delivered(
    site: Site, disk: MemoryDevice
) -> None:
    director, file = site.backup()
    thread = director.run_in_background()
    sent = file.send_files(40, 1000)
    thread.join()
    volume = disk.contents["Vol-0001"]
    volume[10_000] ^= 1
    reader, records = site.restore(site.bootstrap_of(director, "1-40"))
    assert reader.ended is not None
    assert reader.ended.status == ord("E")
    assert any("checksum" in text and "Vol-0001" in text for text in reader.messages)
    assert set(records) < set(sent)
    assert len(records) > 90


def test_a_missing_volume_refuses_to_read(site: Site) -> None:
    director, start, answer = site.job(kind="R", level=" ")
    director.use(UseStorage("File", "File", "Pool", "Backup", False), "Dev1")
    director.send_bootstrap("Volume=nosuch\n")
    thread = director.run_in_background()
    file = ScriptedFileDaemon(site.connect(), start.job, answer.key)
    file.ask(b"read open session = DummyVolume 1 1 0 0 0 0\n")
    assert file.ask(b"read data 1\n") == b"3000 error\n"
    file.channel.close()
    thread.join()
    assert any('"nosuch" not in catalog' in text for text in director.messages)
