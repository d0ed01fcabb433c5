from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from barque.catalog import Catalog, SQLiteSource, open_catalog
from barque.catalog.newest import newest_deleted, newest_files

NAMES = st.sampled_from([b"", b"a", b"b", b"\xff", b"\xc3\xa9"])
FILES = st.dictionaries(
    st.tuples(st.sampled_from([b"/", b"/x/"]), NAMES), st.integers(0, 3), max_size=8
)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with open_catalog(SQLiteSource(tmp_path_factory.mktemp("newest") / "c.db")) as opened:
        yield opened


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(FILES, max_size=4))
def test_merge_is_what_a_dictionary_says(
    catalog: Catalog, jobs: list[dict[tuple[bytes, bytes], int]]
) -> None:
    catalog.store.run("DELETE FROM file")
    newest: dict[tuple[bytes, bytes], tuple[int, int]] = {}
    for job_id, files in enumerate(jobs, start=1):
        with catalog.attributes(job_id) as batch:
            for (path, name), index in files.items():
                batch.add(index, path, name, "A")
                newest[path, name] = (job_id, index)
    job_ids = range(1, len(jobs) + 1)
    found = {
        (entry.path, entry.name): (entry.job_id, entry.file_index)
        for entry in newest_files(catalog.store, job_ids)
    }
    assert found == {file: where for file, where in newest.items() if where[1]}
    deleted = {(entry.path, entry.name) for entry in newest_deleted(catalog.store, job_ids)}
    assert deleted == {file for file, where in newest.items() if not where[1]}


def test_no_jobs_have_no_files(catalog: Catalog) -> None:
    assert list(newest_files(catalog.store, [])) == []


def test_reading_can_end_early(catalog: Catalog, tmp_path: Path) -> None:
    catalog.store.run("DELETE FROM file")
    with catalog.attributes(1) as batch:
        for index in range(1, 10):
            batch.add(index, b"/", b"%d" % index, "A")
    entries = newest_files(catalog.store, [1])
    next(entries)
    entries.close()
    catalog.store.run("DELETE FROM file")
    assert list(newest_files(catalog.store, [1])) == []
