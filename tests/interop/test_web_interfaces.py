"""What the web interfaces send, at our Director: the PHP one and the one in Vue.

Source: console commands, sections 1.4 and 1.5.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from barque.console import connect
from barque.errors import CommandError
from barque.transport.tls import TlsSettings

pytestmark = pytest.mark.slow

JSON_CALLS = {
    "version": "version",
    ".help": "list",
    ".help full": "list",
    ".help all": "list",
    ".help item=status": "status",
    ".catalogs": "catalogs",
    "list jobtotals": "jobtotals",
    "list jobs": "jobs",
    "llist jobs": "jobs",
    "llist jobs jobstatus=T": "jobs",
    "llist jobs jobstatus=T hours=24": "jobs",
    "show jobs": "jobs",
    "llist jobs days=1 jobstatus=T": "jobs",
    "llist jobs last current enabled": "jobs",
    "list jobs days=1 jobstatus=R,l count": "jobs",
    'llist jobs jobname="small" days=7 limit=1000 offset=0': "jobs",
    "llist jobs jobtype=B days=1": "jobs",
    'llist jobs client="bareos-fd" days=1': "jobs",
    "llist jobs reverse limit=10 offset=0 jobstatus=T joblevel=F jobtype=B": "jobs",
    "list jobs count jobstatus=T": "jobs",
    'list jobs count jobstatus=T joblevel=F jobtype=B job="small" client="bareos-fd"': "jobs",
    'llist jobs reverse limit=9 offset=0 jobstatus=T job="small" client="bareos-fd"': "jobs",
    "llist jobid=1": "jobs",
    "list joblog jobid=1 limit=1000 offset=0": "joblog",
    "list volumes jobid=1": "volumes",
    "list jobmedia jobid=1": "jobmedia",
    "list jobstatistics jobid=1": "jobstats",
    "list jobs jobname=small client=bareos-fd jobstatus=T joblevel=F last": "jobs",
    ".jobs": "jobs",
    '.jobs type="B"': "jobs",
    ".jobs type=R": "jobs",
    '.defaults job="small"': "defaults",
    "llist clients": "clients",
    'llist client="bareos-fd"': "clients",
    "list clients": "clients",
    "show clients": "clients",
    'show client="bareos-fd"': "clients",
    ".clients": "clients",
    'llist backups client="bareos-fd" fileset="small" order=desc limit=10': "backups",
    'llist backups client="bareos-fd"': "backups",
    'list jobs client="bareos-fd" reverse': "jobs",
    "list filesets": "filesets",
    "llist fileset filesetid=1": "filesets",
    ".filesets": "filesets",
    "show fileset": "filesets",
    "list pools": "pools",
    "llist pools": "pools",
    'llist pool="Full"': "pools",
    'list pool="Full"': "pools",
    ".pools": "pools",
    '.pools type="Backup"': "pools",
    ".media": "media",
    "list volumes": "volumes",
    'llist volumes pool="Full"': "volumes",
    'llist media pool="Full" limit=1000 offset=0': "volumes",
    "llist volumes all limit=1000 offset=0": "volumes",
    "llist volumes": "volumes",
    'llist volume="Full-0001"': "volume",
    'llist jobs volume="Full-0001"': "jobs",
    "show schedules": "schedules",
    "show schedules all": "schedules",
    ".schedule": "schedules",
    "status scheduler days=0,7": "schedules",
    "list storages": "storages",
    ".storage": "storages",
    "list log limit=10": "log",
    "list log limit=10 offset=0 reverse": "log",
    "status director": "running",
    "status subscriptions": "unit-summary",
    "status subscriptions all": "unit-detail",
    "status subscriptions all anonymize": "unit-detail",
    ".bvfs_get_jobids jobid=1": "jobids",
    ".bvfs_get_jobids jobid=1 all": "jobids",
    ".bvfs_lsdirs jobid=1 path= limit=1000 offset=0": "directories",
    ".bvfs_lsdirs jobid=1 path=/ limit=2000": "directories",
    ".bvfs_lsfiles jobid=1 path=/ limit=1000 offset=0": "files",
}
"""Command → a key of its result."""

SILENT_CALLS = (
    "use catalog=MyCatalog",
    ".bvfs_update",
    ".bvfs_update jobid=1",
    "prune stats yes",
    'prune volume pool="Full" yes',
    "status configuration",
)
"""Commands whose result is empty."""

TEXT_CALLS = {
    'status client="bareos-fd"': r"bareos-fd Version: 26\.",
    'status storage="File': r"Version: 26\.",
    'status storage="File"': r"Version: 26\.",
    "status configuration": r"No deprecated configuration settings detected\.",
    "status director": r"bareos-dir Version: 26\.",
    "status scheduler": r"WeeklyCycle",
    'status scheduler schedule="WeeklyCycle': r"WeeklyCycle",
    "show schedule": r"Name = \"WeeklyCycle\"",
    'show pool="Full"': r"Name = \"Full\"",
    "show client=bareos-fd": r"Client \{",
    "rerun jobid=1 yes": r"JobId=\d+",
}
"""Command → what its text must match."""

SWITCHED = ('job="small"', 'schedule="WeeklyCycle"', 'client="bareos-fd"')
"""What the interfaces disable and enable."""


@pytest.fixture(scope="module")
def web(site: Any) -> Iterator[Any]:
    """A console as the interfaces open it, in the clear."""
    tls = TlsSettings(enable=False)
    with connect(site.address, "secret", port=site.port, name="admin-php", tls=tls) as console:
        yield console


@pytest.fixture(scope="module")
def job_id(web: Any) -> str:
    """A job that has run; the tables call it 1."""
    found = str(web.json("run job=small level=Full")["run"]["jobid"])
    web.json(f"wait jobid={found}")
    web.json(f".bvfs_update jobid={found}")
    return found


def test_the_login_of_the_php_interface(web: Any) -> None:
    assert re.search(r'"api": *2', web.call(".api 2 compact=yes"))
    web._conversation.mode = 2
    assert web.json("version")["version"]["version"].startswith("26.")
    assert web.json(".help")["list"]["permission"] is True


@pytest.mark.parametrize(("command", "key"), JSON_CALLS.items())
def test_json_calls(web: Any, job_id: str, command: str, key: str) -> None:
    result = web.json(command.replace("jobid=1", f"jobid={job_id}"))
    assert key in result, json.dumps(result)[:500]


@pytest.mark.parametrize("command", SILENT_CALLS)
def test_silent_calls(web: Any, job_id: str, command: str) -> None:
    assert web.json(command.replace("jobid=1", f"jobid={job_id}")) == {}


@pytest.mark.parametrize(("command", "expected"), TEXT_CALLS.items())
def test_text_calls(web: Any, job_id: str, command: str, expected: str) -> None:
    assert re.search(expected, web.call(command.replace("jobid=1", f"jobid={job_id}")))


@pytest.mark.parametrize("item", SWITCHED)
def test_what_is_disabled_is_enabled_again(web: Any, item: str) -> None:
    assert "disabled" in web.call(f"disable {item} yes")
    assert "enabled" in web.call(f"enable {item} yes")


def test_a_restore_by_the_web_interfaces(web: Any, job_id: str, site: Any, tmp_path: Any) -> None:
    """Directories are browsed from the top, a file is picked, and restored."""
    job_ids = ",".join(
        each["id"] for each in web.json(f".bvfs_get_jobids jobid={job_id}")["jobids"]
    )
    path = f"{site.data}/sub/"
    files = web.json(f'.bvfs_lsfiles jobid={job_ids} path="{path}" limit=1000')["files"]
    assert [each["name"] for each in files] == ["über"]
    versions = web.json(
        f'.bvfs_versions jobid=0 client=bareos-fd pathid={files[0]["pathid"]} fname="über"'
    )
    assert versions["versions"][0]["volumename"] == "Full-0001"
    web.call(f".bvfs_restore jobid={job_ids} fileid={files[0]['fileid']} path=b20001")
    said = web.call(
        f'restore file=?b20001 client="bareos-fd" restoreclient="bareos-fd" '
        f'restorejob="RestoreFiles" where="{tmp_path}" replace="always" yes'
    )
    restore = re.search(r"JobId=([0-9]*)", said)
    assert restore, said
    assert web.json(f"wait jobid={restore[1]}")["job"]["jobstatus"] == "T"
    web.call(".bvfs_cleanup path=b20001")
    assert next(tmp_path.rglob("über")).read_text() == "grün\n"


def test_what_may_not_be_done_is_said_so(site: Any) -> None:
    with connect(site.address, "secret", port=site.port, name="automation") as console:
        with pytest.raises(CommandError, match="is an invalid command"):
            console.json("configure add client name=x address=y password=z")
