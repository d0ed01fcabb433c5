"""Copies, migrations, virtual full backups and replications."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from barque.devices.memory import MemoryDevice
from barque.formats.label import EndOfSession, SessionLabel, label_of
from barque.testing.storage_peers import ScriptedDirector, Sent
from barque.testing.storage_site import Site
from barque.transport.channel import Channel
from barque.wire.messages.director_storage import StartStorageJobOk, UseStorage

READ = UseStorage("File", "File", "Pool", "Backup", False)
WRITE = UseStorage("File", "File", "Copies", "Backup", True)


def copy(site: Site, bootstrap: str, kind: str = "c", level: str = "I") -> ScriptedDirector:
    director, _, _ = site.job(kind=kind, level=level)
    assert director.send_bootstrap(bootstrap) == b"3000 OK bootstrap\n"
    assert director.use(READ, "Changer").startswith(b"3000 OK use device device=Dev")
    assert director.use(WRITE, "Changer") == b"3000 OK use device device=JustInTime\x01Device\n"
    site.catalog.volumes["Vol-0001"] = replace(site.catalog.volumes["Vol-0001"], status="Used")
    director.run()
    return director


def files_on(site: Site, volume: str) -> list[Sent]:
    records, assembler = site.records(volume)
    assert assembler.lost == []
    return [(r.file_index, r.stream, bytes(r.data)) for r in records if r.file_index > 0]


@pytest.mark.parametrize("kind", ["c", "g"])
def test_a_copy_carries_the_label_of_its_source(site: Site, kind: str) -> None:
    first, sent = site.whole_backup(20, 1000)
    director = copy(site, site.bootstrap_of(first, "1-20"), kind)
    assert director.ended is not None
    assert (director.ended.job, chr(director.ended.status)) == ("job.1", "T")
    assert director.ended.files == 20
    assert files_on(site, "Vol-0002") == sent
    records, _ = site.records("Vol-0002")
    labels = [label_of(record) for record in records if record.file_index in {-4, -5}]
    start, end = labels
    assert isinstance(start, SessionLabel)
    assert isinstance(end, EndOfSession)
    assert (start.job, start.job_id, chr(start.job_level)) == ("job.1", 2, "F")
    assert (start.pool, end.job_files) == ("Copies", 20)
    assert [entry[2:4] for entry in director.attributes] == [
        (index, stream) for index, stream, _ in sent if stream != 2
    ]
    assert {entry[0] for entry in director.attributes} == {2}
    _, restored = site.restore(site.bootstrap_of(director, "1-20"))
    assert restored == sent


def test_files_are_numbered_anew(site: Site) -> None:
    first, sent = site.whole_backup(10)
    director = copy(site, site.bootstrap_of(first, "2-3\nFileIndex=7"))
    assert director.ended is not None
    assert director.ended.files == 3
    numbers = {2: 1, 3: 2, 7: 3}
    expected = [(numbers[i], s, d) for i, s, d in sent if i in numbers]
    assert files_on(site, "Vol-0002") == expected


def test_a_virtual_full_joins_jobs_under_its_own_name(site: Site) -> None:
    first, sent1 = site.whole_backup(3)
    second, sent2 = site.whole_backup(2)
    text = f"Volume=Vol-0001\nVolSessionId=1\nVolSessionTime={1_800_000_000}\nFileIndex=1-2\n"
    text += f"Volume=Vol-0001\nVolSessionId=2\nVolSessionTime={1_800_000_000}\nFileIndex=1-2\n"
    director = copy(site, text, "B", "f")
    assert director.ended is not None
    assert (director.ended.job, director.ended.files) == ("job.3", 4)
    expected = [entry for entry in sent1 if entry[0] <= 2]
    expected += [(index + 2, stream, data) for index, stream, data in sent2]
    assert files_on(site, "Vol-0002") == expected
    records, _ = site.records("Vol-0002")
    label = next(label_of(record) for record in records if record.file_index == -4)
    assert isinstance(label, SessionLabel)
    assert (label.job, chr(label.job_level), chr(label.job_type)) == ("job.3", "F", "B")
    assert first.media
    assert second.media


def test_a_copy_of_damaged_data_is_no_success(site: Site, disk: MemoryDevice) -> None:
    first, _ = site.whole_backup(20, 1000)
    disk.contents["Vol-0001"][9000] ^= 1
    director = copy(site, site.bootstrap_of(first, "1-20"))
    assert director.ended is not None
    assert chr(director.ended.status) == "E"
    assert any("checksum" in text for text in director.messages)


def test_a_copy_without_a_bootstrap_fails(site: Site) -> None:
    director, _, _ = site.job(kind="c")
    director.use(WRITE, "Changer")
    assert chr(director.run().status) == "f"
    assert any("bootstrap" in text for text in director.messages)


@pytest.fixture
def pair(make_site: Callable[..., Site]) -> tuple[Site, Site]:
    return make_site(MemoryDevice()), make_site(MemoryDevice())


def prepare_replication(
    pair: tuple[Site, Site], monkeypatch: pytest.MonkeyPatch, files: str
) -> tuple[ScriptedDirector, ScriptedDirector, StartStorageJobOk, list[Sent]]:
    reading, writing = pair
    first, sent = reading.whole_backup(20, 1000)
    reader, _, _ = reading.job(kind="c", level="I")
    reader.send_bootstrap(reading.bootstrap_of(first, files))
    reader.use(READ, "Changer")
    writer, start, answer = writing.job()
    writer.use(WRITE, "Changer")

    def dial(*_: object, **__: object) -> Channel:
        return writing.connect()

    monkeypatch.setattr("barque.storagedaemon.calling.dial", dial)
    reply = reader.command(
        b"replicate JobId=%d Job=%s address=127.0.0.1 port=9103 ssl=0 Authorization=%s\n"
        % (start.job_id, start.job.encode(), answer.key.encode())
    )
    assert reply == b"3000 OK replicate\n"
    return reader, writer, answer, sent


def test_a_replication_goes_to_another_storage_daemon(
    pair: tuple[Site, Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer, _, sent = prepare_replication(pair, monkeypatch, "1-20")
    thread = writer.run_in_background(b"listen")
    ended = reader.run()
    thread.join()
    assert chr(ended.status) == "T"
    assert writer.ended is not None
    assert (chr(writer.ended.status), writer.ended.files) == ("T", 20)
    assert files_on(pair[1], "Vol-0001") == sent
    assert len(writer.attributes) == 40


def test_a_replication_to_a_daemon_that_dies_fails(
    pair: tuple[Site, Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer, _, _ = prepare_replication(pair, monkeypatch, "1-20")
    pair[1].catalog.new_volumes = 0
    thread = reader.run_in_background()
    job = pair[1].daemon.jobs.find("job.1")
    assert job is not None
    job.cancel()
    job.release_channel()
    thread.join()
    assert reader.ended is not None
    assert chr(reader.ended.status) == "f"
    assert writer.ended is None
