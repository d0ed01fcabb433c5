from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from barque.catalog.volumes import VolumeRecord
from barque.director.catalog_requests import JobCatalogRequests
from barque.director.job_state import ActiveJob
from barque.director.job_volumes import catalog_requests
from barque.domain.job import Level
from barque.testing.director_peers import NOW, Site, open_site


@dataclass
class Requests:
    """A Full backup that asks for Volumes of the Pool Full."""

    site: Site
    job: ActiveJob
    requests: JobCatalogRequests
    flushes: list[None]

    def ask(self, text: str) -> str:
        answer = self.requests.answer(f"CatReq Job=x {text}\n".encode())
        return answer.encode().decode() if answer else ""

    def create(self, name: str = "V", status: str = "Append", **fields: object) -> int:
        pool = self.site.catalog.pools.find("Full")
        assert pool is not None
        given = {"enabled": 1, "recycle": 1, "pool_id": pool.pool_id, **fields}
        pool_id = int(str(given.pop("pool_id")))
        media_type = str(given.pop("media_type", "File"))
        return self.site.catalog.volumes.create(
            name, pool_id, media_type, vol_status=status, **given
        )

    def volume(self, name: str = "V") -> VolumeRecord:
        record = self.site.catalog.volumes.find(name)
        assert record is not None
        return record


@pytest.fixture
def requests(tmp_path: Path) -> Iterator[Requests]:
    with open_site(tmp_path) as site:
        job = site.job("small", Level.FULL)
        storage = site.config.storages["File"]
        flushes: list[None] = []
        asked = catalog_requests(
            job, site.context, storage, flush_files=lambda: flushes.append(None)
        )
        yield Requests(site, job, asked, flushes)


FIND = "FindMedia={} pool_name={} media_type=File unwanted_volumes={}"
UPDATE = (
    "UpdateMedia VolName=V VolJobs={jobs} VolFiles=0 VolBlocks={blocks} VolBytes={size} "
    "VolMounts=2 VolErrors=1 VolWrites={writes} MaxVolBytes=0 EndTime=1795371909 "
    "VolStatus={status} Slot={slot} relabel={relabel} InChanger={changer} VolReadTime=5 "
    "VolWriteTime=6 VolFirstWritten=0"
)


def update(requests: Requests, **changes: object) -> str:
    values: dict[str, object] = {
        "jobs": 1,
        "blocks": 3,
        "size": 3000,
        "writes": 4,
        "status": "Append",
        "slot": 0,
        "relabel": 0,
        "changer": 0,
        **changes,
    }
    return requests.ask(UPDATE.format(**values))


def test_a_volume_is_found_or_made(requests: Requests) -> None:
    answer = requests.ask(FIND.format(1, "Full", ""))
    assert answer.startswith("1000 OK VolName=Full-0001 VolJobs=0 VolFiles=0 ")
    assert " VolStatus=Unlabeled " in answer
    assert 'Created new Volume "Full-0001" in catalog.' in requests.site.log.text


def test_unwanted_volumes_are_passed_over(requests: Requests) -> None:
    requests.create("A", last_written=5)
    requests.create("B\x20C")
    assert "VolName=A " in requests.ask(FIND.format(1, "Full", ""))
    assert "VolName=B\x01C " in requests.ask(FIND.format(1, "Full", "A"))


def test_no_pool_no_volume(requests: Requests) -> None:
    assert requests.ask(FIND.format(1, "Nowhere", "")) == "1901 No Media.\n"


def test_no_volume(requests: Requests) -> None:
    assert requests.ask(FIND.format(1, "Scratch", "")) == "1901 No Media.\n"


def test_a_volume_is_told(requests: Requests) -> None:
    media_id = requests.create(slot=3, in_changer=1, vol_bytes=77)
    answer = requests.ask("GetVolInfo VolName=V write=1")
    assert f" MediaId={media_id} " in answer
    assert " VolBytes=77 " in answer
    assert " Slot=3 " in answer


def test_an_unknown_volume(requests: Requests) -> None:
    answer = requests.ask("GetVolInfo VolName=X write=0")
    assert answer == '1997 Volume "X" not in catalog.\n'


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"pool_id": 2}, "Append, not in Pool."),
        ({"media_type": "Tape"}, "Append, not correct MediaType."),
        ({"enabled": 0}, "Append, is not Enabled."),
        ({"status": "Full"}, "Full, but should be Append, Purged or Recycle."),
        ({"status": "Error"}, "Error, but should be Append, Purged or Recycle."),
        ({"vol_jobs": 2, "max_vol_jobs": 2}, "Append, volume has expired."),
    ],
)
def test_a_volume_that_may_not_be_written(
    requests: Requests, fields: dict[str, object], reason: str
) -> None:
    requests.create(**fields)  # type: ignore[arg-type]  # names of columns
    answer = requests.ask("GetVolInfo VolName=V write=1")
    assert answer == f'1998 Volume "V" catalog status is {reason}\n'
    assert requests.ask("GetVolInfo VolName=V write=0").startswith("1000 OK ")


def test_a_purged_volume_is_recycled_when_it_is_to_be_written(requests: Requests) -> None:
    requests.create(status="Purged", vol_bytes=999)
    assert " VolStatus=Recycle " in requests.ask("GetVolInfo VolName=V write=1")
    assert requests.volume().vol_bytes == 1


def test_an_update_is_kept_and_answered_with_the_new_state(requests: Requests) -> None:
    requests.create()
    answer = update(requests)
    assert answer.startswith("1000 OK VolName=V VolJobs=1 VolFiles=0 VolBlocks=3 VolBytes=3000 ")
    record = requests.volume()
    assert (record.vol_mounts, record.vol_errors, record.vol_writes) == (2, 1, 4)
    assert (record.vol_read_time, record.vol_write_time) == (5, 6)
    assert record.first_written == record.last_written == record.initial_write == NOW
    storage = requests.site.catalog.storages.ensure("File", auto_changer=False)
    assert record.storage_id == storage.storage_id


def test_an_update_of_an_unknown_volume(requests: Requests) -> None:
    assert update(requests) == '1997 Volume "V" not in catalog.\n'


def test_sizes_only_grow(requests: Requests) -> None:
    requests.create(label_date=5, vol_bytes=5000, vol_blocks=9)
    assert " VolBytes=5000 " in update(requests, size=3000)
    assert requests.volume().vol_blocks == 9
    assert "5000 in the catalog, 3000 reported" in requests.site.log.text


def test_a_new_label_starts_from_the_beginning(requests: Requests) -> None:
    requests.create(label_date=5, vol_bytes=5000, vol_blocks=9)
    assert " VolBytes=204 " in update(requests, size=204, blocks=1, relabel=1)
    assert requests.volume().label_date == NOW


def test_reading_does_not_count_as_writing(requests: Requests) -> None:
    requests.create(label_date=5, vol_blocks=3, vol_bytes=3000, vol_writes=4, last_written=7)
    update(requests)
    record = requests.volume()
    assert record.last_written == 7
    assert record.storage_id == 0


def test_the_slot_is_kept(requests: Requests) -> None:
    requests.create()
    update(requests, slot=4, changer=1)
    assert (requests.volume().slot, requests.volume().in_changer) == (4, 1)
    update(requests, slot=0)
    assert requests.volume().slot == 4


def test_a_volume_at_its_limit_is_closed_in_the_answer(requests: Requests) -> None:
    requests.create(max_vol_jobs=1)
    assert " VolStatus=Used " in update(requests)
    assert 'Max Volume jobs=1 exceeded. Marking Volume "V" as Used.' in requests.site.log.text


def piece(media_id: int, first: int = 1, last: int = 3) -> str:
    return (
        f"CreateJobMedia  FirstIndex={first} LastIndex={last} StartFile=0 EndFile=0 "
        f"StartBlock=205 EndBlock=900 Copy=0 Strip=0 MediaId={media_id}"
    )


def test_pieces_are_kept(requests: Requests) -> None:
    media_id = requests.create()
    assert requests.ask(piece(media_id)) == "1000 OK CreateJobMedia\n"
    [found] = requests.site.catalog.job_media.pieces(requests.job.job_id)
    assert (found.first_index, found.last_index, found.start_address) == (1, 3, 205)


def test_the_placeholder_goes_again(requests: Requests) -> None:
    media_id = requests.create()
    assert requests.ask(piece(media_id, 0, 0)) == "1000 OK CreateJobMedia\n"
    assert requests.site.catalog.job_media.of_job(requests.job.job_id)
    answer = requests.ask(f"DeleteNullJobmediaRecords jobid={requests.job.job_id}")
    assert answer == "1000 OK DeleteNullJobmediaRecords\n"
    assert requests.site.catalog.job_media.of_job(requests.job.job_id) == []


def test_checkpoints_are_not_answered(requests: Requests) -> None:
    assert requests.requests.answer(b"Catreq Job=x UpdateFileList\n") is None
    assert len(requests.flushes) == 1
    line = b"Catreq Job=x UpdateJobRecord JobFiles=7 JobBytes=700\n"
    assert requests.requests.answer(line) is None
    record = requests.site.catalog.jobs.get(requests.job.job_id)
    assert record is not None
    assert (record.job_files, record.job_bytes) == (7, 700)


def test_a_restore_makes_no_pieces(requests: Requests) -> None:
    site = requests.site
    job = site.job("RestoreFiles")
    storage = site.config.storages["File"]
    answer = catalog_requests(job, site.context, storage).answer(
        f"CatReq Job=x {piece(requests.create())}\n".encode()
    )
    assert answer is not None
    assert answer.encode() == b"1992 Create JobMedia error\n"


def test_what_is_no_request_is_refused(requests: Requests) -> None:
    answer = requests.ask("Nonsense")
    assert answer == "1990 Invalid Catalog Request: CatReq Job=x Nonsense\n"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(data=st.binary(max_size=120))
def test_arbitrary_requests_are_refused(requests: Requests, data: bytes) -> None:
    answer = requests.requests.answer(b"CatReq " + data)
    assert answer is None or answer.encode()


@pytest.mark.parametrize(
    ("request_text", "reply"),
    [
        (FIND.format(1, "Full", ""), "1901 No Media.\n"),
        ("GetVolInfo VolName=V write=0", "1990 Invalid Catalog Request: "),
        (piece(1), "1992 "),
    ],
)
def test_a_catalog_that_fails_ends_the_job_and_the_request(
    tmp_path: Path, request_text: str, reply: str
) -> None:
    with open_site(tmp_path) as site:
        job = site.job()
        asked = catalog_requests(job, site.context, site.config.storages["File"])
    answer = asked.answer(f"CatReq Job=x {request_text}\n".encode())
    assert answer is not None
    assert answer.encode().decode().startswith(reply)
    assert job.failed
