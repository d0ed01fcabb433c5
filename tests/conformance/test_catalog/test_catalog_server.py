"""PostgreSQL alone: a server that goes away, databases of others, and what Bareos' scripts read."""

import pytest

from barque.catalog import PostgreSQLSource, open_catalog
from barque.catalog.postgresql import PostgreSQLStore
from barque.errors import CatalogError
from barque.testing.postgresql import Cluster


def test_connections_are_replaced_when_the_server_restarts(cluster: Cluster) -> None:
    with open_catalog(cluster.source("restarts")) as catalog:
        catalog.log.add(1, 1, "before")
        cluster.stop()
        cluster.start()
        catalog.log.add(1, 1, "after")
        texts = [record.log_text for record in catalog.log.of_job(1)]
    assert texts == ["before", "after"]


def test_server_that_goes_away_during_a_change_undoes_it(cluster: Cluster) -> None:
    with open_catalog(cluster.source("gone")) as catalog:
        with pytest.raises(CatalogError, match="gone"), catalog.transaction():
            catalog.log.add(1, 1, "lost")
            cluster.stop()
            cluster.start()
            catalog.log.add(1, 1, "lost too")
        assert catalog.log.of_job(1) == []


def test_silent_server_is_tried_again_and_then_named(cluster: Cluster) -> None:
    source = PostgreSQLSource("nowhere", socket="/nonexistent")
    pauses: list[float] = []
    with pytest.raises(CatalogError) as caught:
        PostgreSQLStore(source, attempts=3, pause=pauses.append)
    assert len(pauses) == 2
    assert "nowhere on /nonexistent" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_database_is_named_when_it_may_not_be_made(cluster: Cluster) -> None:
    with pytest.raises(CatalogError, match="missing_one"):
        open_catalog(cluster.source("missing_one"), create=False)


def test_empty_database_is_no_catalog_when_none_may_be_made(cluster: Cluster) -> None:
    with pytest.raises(CatalogError, match="create it first"):
        open_catalog(cluster.source("template1"), create=False)


def test_database_of_another_encoding_is_refused(cluster: Cluster) -> None:
    with open_catalog(cluster.source("maker")) as catalog:
        catalog.query("CREATE DATABASE utf8 ENCODING 'UTF8' TEMPLATE template0")
    with pytest.raises(CatalogError, match="Wanted SQL_ASCII, got UTF8"):
        open_catalog(cluster.source("utf8"))


def test_lstat_is_decoded_to_a_row(cluster: Cluster) -> None:
    with open_catalog(cluster.source("functions")) as catalog:
        catalog.store.run("DELETE FROM file")
        with catalog.attributes(1) as batch:
            batch.add(1, b"/", b"f", "P4A G2I6 IGk C A A A M BAA I BpVzWl BpVzWl BrAzfj A A d")
        row = catalog.store.one("SELECT * FROM file, decode_lstat(file.lstat) AS stat")
        sizes = catalog.store.one(
            "SELECT st_size, st_mode, st_uid FROM file, "
            "decode_lstat(file.lstat, ARRAY['st_size', 'st_mode'])"
        )
    assert row is not None
    assert len(row) == 11 + 16
    assert sizes == (12, 0o100644, None)
