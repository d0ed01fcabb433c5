"""What the suites share: the time zone of the recordings, a PostgreSQL server."""

from collections.abc import Iterator

import pytest

from barque.catalog import open_catalog
from barque.testing.clock import in_utc
from barque.testing.postgresql import Cluster, throwaway_cluster


@pytest.fixture(scope="module", autouse=True)
def utc() -> Iterator[None]:
    """Everything was recorded in UTC, and times in a catalog are local."""
    with in_utc():
        yield


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A server with an empty catalog as template."""
    with throwaway_cluster() as running:
        open_catalog(running.source("template_catalog")).close()
        yield running
