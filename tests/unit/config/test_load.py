from pathlib import Path

import pytest

from barque.config.load import (
    load_console,
    load_director,
    load_filedaemon,
    load_storagedaemon,
)
from barque.config.show import show_all_text
from barque.domain.acl import AclType
from barque.domain.job import JobType
from barque.errors import ConfigError

GOLDEN = Path(__file__).parents[2] / "golden" / "config"

MINIMAL = """
Director { Name = d; Password = p }
Catalog { Name = c; Db Name = n; Db User = u }
Messages { Name = m; console = all }
Client { Name = fd; Address = localhost; Password = p }
Storage { Name = s; Address = localhost; Password = p; Device = x; Media Type = File }
Pool { Name = p }
FileSet { Name = f; Include { File = / } }
Job { Name = j; Type = Backup; Client = fd; FileSet = f; Storage = s; Pool = p; Messages = m }
"""


def director_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "bareos-dir.conf"
    path.write_text(text)
    return path


def first_error(tmp_path: Path, text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load_director(director_file(tmp_path, text))
    return caught.value


def test_a_directory_with_one_file_a_resource() -> None:
    config = load_director(GOLDEN / "etc")
    assert config.director.name == "golden-dir"
    assert next(iter(config.jobs)) == "verify-tree"
    job = config.jobs["backup-tree"]
    assert job.client is config.clients["alpha-fd"]
    assert job.pool is config.pools["Incremental"]
    assert job.storage == (config.storages["File1"],)
    assert job.catalog is None
    assert config.pools["Full"].next_pool is config.pools["Copies"]
    assert config.schedules["Nightly"].run[0].pool is config.pools["Incremental"]
    assert config.consoles["operator"].profile == (config.profiles["restricted"],)
    assert config.counters["PoolCounter"].maximum == 99
    assert config.users["paul"].access_list(AclType.COMMAND) == ("whoami",)
    assert config.catalogs["GoldenCatalog"].db_port == 5432
    assert config.messages["Daemon"].destinations[0].types
    assert config.jobdefs["Quick"].priority == 20
    assert config.filesets["Tree"].exclude[0].files == ("/srv/golden/tree/lost+found", "*.o")
    assert config.include_directory == GOLDEN / "etc" / "bareos-dir.d"
    assert repr(job) == "<Job 'backup-tree'>"
    assert any("StatisticsRetention" in warning for warning in config.warnings)


def test_jobs_get_what_they_do_not_say_from_jobdefs() -> None:
    config = load_director(GOLDEN / "etc")
    job = config.jobs["backup-beta"]
    assert job.type is JobType.BACKUP
    assert job.priority == 12
    assert job.write_bootstrap == "/srv/golden/bsr/%n.bsr"
    assert "type" in job.inherited
    assert "priority" not in job.inherited


def test_a_client_without_a_catalog_has_the_first() -> None:
    config = load_director(GOLDEN / "etc")
    assert config.clients["beta-fd"].catalog is config.catalogs["GoldenCatalog"]


def test_the_other_programs_find_themselves() -> None:
    file_daemon = load_filedaemon(GOLDEN / "etc")
    assert file_daemon.client.name == "alpha-fd"
    assert file_daemon.client.messages is file_daemon.messages["Standard"]
    assert file_daemon.directors["golden-dir"].password.md5_hex.startswith("af29")
    storage_daemon = load_storagedaemon(GOLDEN / "etc")
    assert storage_daemon.storage.name == "golden-sd"
    assert list(storage_daemon.devices) == ["FileDev2", "FileDev1"]
    console = load_console(GOLDEN / "etc")
    assert console.directors["golden-dir"].port == 9501


def test_a_single_file_is_enough(tmp_path: Path) -> None:
    path = director_file(tmp_path, MINIMAL)
    for where in (path, tmp_path):
        config = load_director(where)
        assert config.include_directory is None
        assert config.directory == tmp_path
        assert config.director.messages is config.messages["m"]
        assert config.root_console.password == config.director.password


def test_files_are_included_and_commands_run_by_the_caller(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a.conf").write_text("Pool { Name = a }")
    (tmp_path / "more" / "b.conf").write_text("Pool { Name = b }")
    text = f'{MINIMAL}\n@{tmp_path}/more/*.conf\n@"|generate it"\n@{tmp_path}/none/*.conf\n'
    path = director_file(tmp_path, text)
    config = load_director(path, run_command=lambda command: f'Pool {{ Name = "{command}" }}')
    assert list(config.pools) == ["p", "b", "a", "generate it"]
    with pytest.raises(ConfigError, match="commands are not allowed"):
        load_director(path)


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    error = first_error(tmp_path, f"@{tmp_path}/missing.conf\n")
    assert "No such file" in error.message
    (tmp_path / "bareos-dir.conf").write_bytes(b"\xff\xfeP\x00")
    with pytest.raises(ConfigError, match="UTF-16"):
        load_director(tmp_path)


def test_a_configuration_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Path does not exist") as caught:
        load_director(tmp_path / "nothing")
    assert caught.value.exit_code == 41
    with pytest.raises(ConfigError, match="Failed to find configuration files") as caught:
        load_director(tmp_path)
    assert caught.value.exit_code == 42


def test_forward_references_and_any_order_are_fine(tmp_path: Path) -> None:
    reversed_text = "\n".join(reversed(MINIMAL.strip().splitlines()))
    assert load_director(director_file(tmp_path, reversed_text)).jobs["j"].pool.name == "p"


@pytest.mark.parametrize(
    ("text", "message", "exit_code"),
    [
        ("Pool { Name = p }", 'Attempt to define second Pool resource named "p" is not permitted.', 42),
        (
            "Pool { Name = q; Next Pool = P }",
            'Could not find config resource "P" referenced on line 11: Pool { Name = q; Next Pool = P }',
            42,
        ),
        ("Pool { Name = q; Storage = s, t }", 'Could not find config resource "t" referenced on line 11: Pool { Name = q; Storage = s, t }', 42),
        ("Schedule { Name = q; Run = pool=x daily at 1:00 }", "Could not find specified Pool Resource: x", 42),
        ("JobDefs { Name = q; RunScript { Command = c; Target = x } }", 'Could not find config resource "x" referenced on line 11: JobDefs { Name = q; RunScript { Command = c; Target = x } }', 42),
        ("Client { Name = q; Password = x }", '"Address" directive in Client "q" resource is required, but not found.', 42),
        ("JobDefs { Name = q; JobDefs = q }", 'JobDefs "q" gets its defaults from itself', 42),
        ("JobDefs { Name = a; JobDefs = b }\nJobDefs { Name = b; JobDefs = a }", 'JobDefs "a" gets its defaults from itself', 42),
        ("Director { Name = e; Password = p }", "Only one Director resource permitted in PATH, found: d, e", 1),
        ("Job { Name = q; Type = Backup; Pool = p; Messages = m; Storage = s; FileSet = f }", '"client" directive in Job "q" resource is required, but not found.', 1),
        ("Job { Name = q; Type = Backup; Pool = p; Messages = m; Client = fd; FileSet = f }", 'No storage specified in Job "q" nor in Pool.', 1),
        ("Job { Name = q; Type = Copy; Pool = p }", '"Messages" directive in Job "q" resource is required, but not found.', 1),
        ("Job { Name = q; Type = Copy; Pool = p; Messages = m; Max Full Consolidations = 1 }", 'MaxFullConsolidations configured in job q which is not of job type "consolidate"', 1),
        ("Job { Name = q; Type = Copy; Pool = p; Messages = m; Always Incremental = yes }", 'AlwaysIncremental configured in job q which is not of job type "backup"', 1),
        ("Console { Name = q; Password = p; Use Pam Authentication = yes; Job ACL = a }", "Combining `Use Pam Authentication` with ACL commands or `Profile` in Console(s) `q` is not allowed", 42),
    ],
)  # fmt: skip
def test_mistakes_of_resolved_configurations(
    tmp_path: Path, text: str, message: str, exit_code: int
) -> None:
    error = first_error(tmp_path, f"{MINIMAL}\n{text}\n")
    assert error.message == message.replace("PATH", str(tmp_path / "bareos-dir.conf"))
    assert error.exit_code == exit_code


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("Job", "No Job records defined"),
        ("Catalog", "No Catalog records defined"),
        ("Director", "No Director records defined"),
    ],
)
def test_what_has_to_be_there(tmp_path: Path, kind: str, message: str) -> None:
    text = "\n".join(line for line in MINIMAL.splitlines() if not line.startswith(f"{kind} "))
    error = first_error(tmp_path, text)
    assert error.message.startswith(message)
    assert error.exit_code == 1


def test_names_are_case_sensitive_and_the_hint_says_so(tmp_path: Path) -> None:
    error = first_error(tmp_path, f"{MINIMAL}\nPool {{ Name = q; Next Pool = P }}")
    assert error.hint == "names are case-sensitive: p"


def test_all_mistakes_come_together(tmp_path: Path) -> None:
    error = first_error(tmp_path, f"{MINIMAL}\nPool {{ Name = q; Bad = 1; Next Pool = r }}\n")
    assert [each.line for each in (error, *error.others)] == [11, 11]


def test_scripts_of_jobdefs_are_added(tmp_path: Path) -> None:
    text = MINIMAL.replace("Job {", "Job { JobDefs = a; RunBeforeJob = own; ")
    text += (
        "JobDefs { Name = a; JobDefs = b; RunAfterJob = middle; Priority = 5 }\n"
        "JobDefs { Name = b; Run Script { Command = far; Runs When = After }; Accurate = yes }\n"
    )
    job = load_director(director_file(tmp_path, text)).jobs["j"]
    assert [(script.command, script.from_jobdefs) for script in job.run_script] == [
        ("own", False),
        ("middle", True),
        ("far", True),
    ]
    assert (job.priority, job.accurate) == (5, True)


def test_a_pool_may_bring_the_storage(tmp_path: Path) -> None:
    text = MINIMAL.replace("Storage = s; Pool", "Pool").replace(
        "Pool { Name = p }", "Pool { Name = p; Storage = s }"
    )
    assert load_director(director_file(tmp_path, text)).jobs["j"].storage == ()


def test_a_file_daemon_that_encrypts_signs_and_has_keys(tmp_path: Path) -> None:
    path = tmp_path / "bareos-fd.conf"
    text = "Director { Name = d; Password = p }\nMessages { Name = m; director = d = all }\n"
    path.write_text(text + 'Client { Name = c; PKI Encryption = yes; PKI Key Pair = "/k" }')
    assert load_filedaemon(path).client.pki_signatures is True
    path.write_text(text + "FileDaemon { Name = c; PKI Encryption = yes }")
    with pytest.raises(ConfigError, match="PKI Key Pair") as caught:
        load_filedaemon(path)
    assert caught.value.exit_code == 1
    path.write_text(text + "FileDaemon { Name = c }")
    assert "discouraged" in load_filedaemon(path).warnings[0]
    path.write_text("Director { Name = d }\nClient { Name = c }")
    with pytest.raises(ConfigError, match="Password item is required in Director resource"):
        load_filedaemon(path)


def test_paths_are_expanded_as_a_shell_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/someone")
    monkeypatch.setenv("WHERE", "/there")
    text = MINIMAL.replace("Name = d;", "Name = d; Working Directory = ~/w; Query File = $WHERE/q;")
    config = load_director(director_file(tmp_path, text))
    assert config.director.working_directory == "/home/someone/w"
    assert config.director.query_file == "/there/q"


def test_without_checks_it_is_enough_to_show(tmp_path: Path) -> None:
    (tmp_path / "bareos-dir.conf").write_text("Director { Name = d; Password = p }")
    assert load_director(tmp_path, check=False).director.name == "d"
    (tmp_path / "bareos-fd.conf").write_text("Client { Name = c }")
    assert load_filedaemon(tmp_path, check=False).client.name == "c"
    (tmp_path / "bareos-sd.conf").write_text("Storage { Name = s }")
    assert load_storagedaemon(tmp_path, check=False).storage.name == "s"
    (tmp_path / "bconsole.conf").write_text("")
    assert load_console(tmp_path, check=False).directors == {}


def test_a_complete_text_keeps_defaults_that_override_jobdefs(tmp_path: Path) -> None:
    text = MINIMAL.replace("Job {", "Job { JobDefs = a; Accurate = no; ")
    text += "JobDefs { Name = a; Accurate = yes }\n"
    config = load_director(director_file(tmp_path, text))
    (tmp_path / "bareos-dir.conf").write_text(show_all_text(config.tables(), complete=True))
    assert load_director(tmp_path).jobs["j"].accurate is False
