import pytest

from barque.plugins.option_tables import PluginPage, plugin_pages, reference
from barque.testing.pages import MANUAL

PAGES = {page.published: page for page in plugin_pages()}

PUBLISHED = {
    "bareos-fd-postgresql": "wal_archive_dir db_user db_password db_name db_host db_port role "
    "ignore_subdirs start_fast stop_wait_wal_archive switch_wal switch_wal_timeout",
    "bareos-fd-ldap": "uri basedn bind_dn password search_filter",
    "bareos-fd-local-fileset": "filename allow deny do_io_in_core",
    "bareos-dir-prometheus-exporter": "gateway_host gateway_port username password use_tls report_failed",
}  # fmt: skip
"""Options of the published plugins."""


def test_the_reference_is_made_from_the_plugins() -> None:
    assert (MANUAL / "reference" / "bundled-plugins.md").read_text() == reference()


@pytest.mark.parametrize("name", PUBLISHED)
def test_options_of_published_plugins_are_all_there(name: str) -> None:
    page: PluginPage = PAGES[name]
    assert set(PUBLISHED[name].split()) <= {option.name for option in page.options}
