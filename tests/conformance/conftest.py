"""A PostgreSQL server for all tests that need one."""

from collections.abc import Iterator

import pytest

from barque.catalog import open_catalog
from barque.testing.postgresql import Cluster, throwaway_cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A server with an empty catalog as template."""
    with throwaway_cluster() as running:
        open_catalog(running.source("template_catalog")).close()
        yield running
