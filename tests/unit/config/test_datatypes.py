import pytest

from barque.config import director, filedaemon, storagedaemon
from barque.config.directive import Resource
from barque.config.keywords import (
    ActionOnPurge,
    AuthType,
    BackupProtocol,
    Cipher,
    Compression,
    Direction,
    LabelType,
    PoolType,
    Protocol,
    Replace,
    SelectionType,
)
from barque.config.lexer import Source
from barque.config.parser import parse
from barque.domain.job import JobType, Level


def value(
    resource: type[Resource],
    line: str,
    attribute: str,
    kinds: tuple[type[Resource], ...] = director.RESOURCES,
) -> object:
    text = f"{resource.kind} {{ Name = x\n {line}\n }}"
    parsed = parse([Source("test.conf", text)], lambda _include: [], kinds, lambda path: path + "!")
    assert parsed.errors == []
    return getattr(parsed.resources[0], attribute)


@pytest.mark.parametrize(
    ("resource", "line", "attribute", "expected"),
    [
        (director.Job, "Type = consolidate", "type", JobType.CONSOLIDATE),
        (director.Job, "Type = Copy", "type", JobType.COPY),
        (director.Job, "Level = VolumeToCatalog", "level", Level.VERIFY_VOLUME),
        (director.Job, "", "level", None),
        (director.Job, "Protocol = ndmp_native", "protocol", BackupProtocol.NDMP_NATIVE),
        (director.Job, "Replace = never", "replace", Replace.NEVER),
        (director.Job, "", "replace", Replace.ALWAYS),
        (director.Job, "Selection Type = sqlquery", "selection_type", SelectionType.SQL_QUERY),
        (director.Job, "Maximum Bandwidth = 2mb/s", "maximum_bandwidth", 2_000_000),
        (director.Job, "Max Run Time = 1 h 30 min", "max_run_time", 5400),
        (director.Job, "Where = /tmp", "where", "/tmp!"),
        (director.Job, 'Write Bootstrap = "|cat %n"', "write_bootstrap", "|cat %n"),
        (director.Job, 'Run = "a b", c\n Run = d', "run", ("a b", "c", "d")),
        (director.Client, "Protocol = NDMPv4", "protocol", Protocol.NDMPV4),
        (director.Client, "AuthType = md5", "auth_type", AuthType.MD5),
        (director.Client, "FD Port = 1", "port", 1),
        (director.Client, 'FD Port = "1"', "port", 1),
        (director.Counter, "Minimum = -5", "minimum", -5),
        (director.Pool, "Pool Type = scratch", "pool_type", PoolType.SCRATCH),
        (director.Pool, "Action On Purge = truncate", "action_on_purge", ActionOnPurge.TRUNCATE),
        (director.Pool, "Label Type = IBM", "label_type", LabelType.IBM),
        (director.Storage, "Device = a\n Device = b", "device", ("a", "b")),
        (director.Director, "Audit Events = run, list", "audit_events", ("run", "list")),
        (director.Director, "TLS Allowed CN = a, b", "tls_allowed_cn", ("a", "b")),
    ],
)
def test_values_of_the_director(
    resource: type[Resource], line: str, attribute: str, expected: object
) -> None:
    assert value(resource, line, attribute) == expected


def test_values_of_the_storage_daemon() -> None:
    kinds = storagedaemon.RESOURCES
    device = storagedaemon.Device
    assert value(device, "Access Mode = out", "access_mode", kinds) is Direction.WRITE
    assert value(device, "", "access_mode", kinds) is Direction.BOTH
    assert value(device, "", "auto_deflate", kinds) is None
    assert value(device, "Auto Deflate Algorithm = lz4", "auto_deflate_algorithm", kinds) is (
        Compression.LZ4
    )
    assert value(device, "Label Media = yes", "label_media", kinds) is True
    assert value(device, "Maximum Block Size = 2 m", "maximum_block_size", kinds) == 2 * 1024**2
    assert value(device, "Drive Index = 3", "drive_index", kinds) == 3


def test_a_block_can_be_too_large() -> None:
    text = "Device { Name = d; Maximum Block Size = 20000001 }"
    parsed = parse([Source("x", text)], lambda _include: [], storagedaemon.RESOURCES)
    assert [error.message for error in parsed.errors] == [
        "maximum configurable block size is 20000000, got: 20000001"
    ]


def test_a_size_of_32_bits_can_be_too_large() -> None:
    text = "Pool { Name = p; Minimum Block Size = 4 g }"
    parsed = parse([Source("x", text)], lambda _include: [], director.RESOURCES)
    assert [error.message for error in parsed.errors] == [
        "size 4294967296 is too large, max is 4294967295"
    ]


def test_values_of_the_file_daemon() -> None:
    kinds = filedaemon.RESOURCES
    client = filedaemon.Client
    assert value(client, "Pki Cipher = aes256", "pki_cipher", kinds) is Cipher.AES256
    assert value(client, "", "pki_cipher", kinds) is Cipher.AES128
    paths = value(
        client, 'Allowed Script Dir = "/a b"\n Allowed Script Dir = |c', "allowed_script_dir", kinds
    )
    assert paths == ("/a b!", "|c")


def test_defaults_name_the_directories_of_an_installation() -> None:
    assert director.Director().working_directory == "/var/lib/bareos"
    assert director.Director().query_file == "/usr/lib/bareos/scripts/query.sql"


def test_passwords_are_hashed_unless_they_have_to_be_clear() -> None:
    digest = "5f4dcc3b5aa765d61d8327deb882cf99"
    client = director.Client
    assert value(client, "Password = password", "password").md5_hex == digest  # type: ignore[attr-defined]
    hashed = value(client, f'Password = "[md5]{digest}"', "password")
    assert hashed.md5_hex == digest  # type: ignore[attr-defined]
    ndmp = value(client, "Protocol = NDMPv4\n Password = secret", "password")
    assert (ndmp.clear, ndmp.value) == (True, "secret")  # type: ignore[attr-defined]
    catalog = value(director.Catalog, "Password = secret", "db_password")
    assert (catalog.clear, catalog.value) == (True, "secret")  # type: ignore[attr-defined]
