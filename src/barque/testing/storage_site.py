"""A Storage Daemon with peers, ready for tests: devices, a catalog, and connections to it."""

import itertools
from dataclasses import replace
from pathlib import Path

from barque.devices.device import Device
from barque.formats.bootstrap import Selector
from barque.formats.record import Record, RecordAssembler
from barque.storagedaemon.daemon import StorageDaemon
from barque.storagedaemon.settings import DeviceSettings, DirectorSettings, StorageSettings
from barque.storagedaemon.volume_reader import RecordReader
from barque.testing.storage_peers import (
    CLEAR,
    ScriptedDirector,
    ScriptedFileDaemon,
    Sent,
    SmallCatalog,
    connected,
)
from barque.transport.channel import Channel
from barque.wire.messages.director_storage import StartStorageJob, StartStorageJobOk, UseStorage

KEY = b"0123456789abcdef0123456789abcdef"
"""Shared secret of the Directors."""
NOW = 1_800_000_000.0
"""The time there: s since 1970."""

DRIVE = DeviceSettings(
    "",
    "File",
    "",
    label_media=True,
    maximum_block_size=4096,
    volume_poll_interval=0.05,
    maximum_concurrent_jobs=4,
)
"""Settings of the drives: small blocks, so that little data fills many."""


class Site:
    """A Storage Daemon with two drives of one device, two Directors and a catalog."""

    def __init__(
        self,
        device: Device,
        working: Path,
        *,
        drive: DeviceSettings | None = None,
        patience: float = 5.0,
        checkpoint_interval: float = 0.0,
    ) -> None:
        self.device = device
        """What keeps the volumes."""
        self.catalog = SmallCatalog()
        """What the Directors answer from."""
        model = drive or DRIVE
        devices = {
            name: replace(model, name=name, archive_device=device.path) for name in ("Dev1", "Dev2")
        }
        directors = {
            "dir": DirectorSettings("dir", KEY, tls=CLEAR),
            "watcher": DirectorSettings("watcher", KEY, monitor=True, tls=CLEAR),
        }
        settings = StorageSettings(
            "sd",
            str(working),
            devices,
            directors,
            autochangers={"Changer": ("Dev1", "Dev2")},
            tls=CLEAR,
            client_connect_wait=patience,
            checkpoint_interval=checkpoint_interval,
            maximum_wait_for_media=patience,
        )
        self.daemon = StorageDaemon(settings, lambda _: device, lambda: NOW)
        """The daemon under test."""
        self._numbers = itertools.count(1)
        self._channels: list[Channel] = []

    def connect(self) -> Channel:
        """Return a new connection to the daemon."""
        channel = connected(self.daemon.handle)
        self._channels.append(channel)
        return channel

    def close(self) -> None:
        """End everything."""
        self.daemon.stop()
        for channel in self._channels:
            channel.close()

    def director(self, name: str = "dir") -> ScriptedDirector:
        """Return a Director that has logged in."""
        return ScriptedDirector(self.connect(), name, KEY, self.catalog)

    def job(
        self,
        *,
        kind: str = "B",
        level: str = "F",
        spool_attributes: bool = False,
        spool_data: bool = False,
        no_attributes: bool = False,
    ) -> tuple[ScriptedDirector, StartStorageJob, StartStorageJobOk]:
        """Begin a job on a new connection."""
        director = self.director()
        number = next(self._numbers)
        start = StartStorageJob(
            number,
            f"job.{number}",
            "job",
            "fd",
            ord(kind),
            ord(level),
            spool_attributes=spool_attributes,
            spool_data=spool_data,
            no_attributes=no_attributes,
        )
        return director, start, director.start_job(start)

    def backup(
        self,
        device: str = "Changer",
        *,
        pool: str = "Pool",
        spool_attributes: bool = False,
        spool_data: bool = False,
        no_attributes: bool = False,
    ) -> tuple[ScriptedDirector, ScriptedFileDaemon]:
        """Begin a backup up to the File Daemon's connection."""
        director, start, answer = self.job(
            spool_attributes=spool_attributes, spool_data=spool_data, no_attributes=no_attributes
        )
        director.use(UseStorage("File", "File", pool, "Backup", True), device)
        file = ScriptedFileDaemon(self.connect(), start.job, answer.key)
        return director, file

    def whole_backup(self, count: int = 3, size: int = 100) -> tuple[ScriptedDirector, list[Sent]]:
        """Run a backup of *count* files to its end; return what was sent."""
        director, file = self.backup()
        thread = director.run_in_background()
        sent = file.send_files(count, size)
        thread.join()
        return director, sent

    def restore(self, bootstrap: str, plugin: str = "") -> tuple[ScriptedDirector, list[Sent]]:
        """Run a restore, with a *plugin* if one is named; return what the File Daemon got."""
        director, start, answer = self.job(kind="R", level=" ")
        director.use(UseStorage("File", "File", "Pool", "Backup", False), "Changer")
        if plugin:
            director.command(f"pluginoptions {plugin}".encode())
        director.send_bootstrap(bootstrap)
        thread = director.run_in_background()
        file = ScriptedFileDaemon(self.connect(), start.job, answer.key)
        records = list(file.read())
        thread.join()
        return director, records

    def bootstrap_of(self, director: ScriptedDirector, files: str) -> str:
        """Return a bootstrap for some files of the job that *director* ran."""
        names = {info.media_id: name for name, info in self.catalog.volumes.items()}
        lines = []
        for piece in director.media:
            lines += [
                f'Volume="{names[piece.media_id]}"',
                'MediaType="File"',
                f"VolSessionTime={int(NOW)}",
                f"VolAddr={piece.start_block}-{piece.end_block}",
                f"FileIndex={files}",
            ]
        return "\n".join(lines) + "\n"

    def records(self, volume: str) -> tuple[list[Record], RecordAssembler]:
        """Read a whole volume."""
        assembler = RecordAssembler()
        opened = self.device.open_read(volume)
        records = list(RecordReader(opened, Selector(None, volume), assembler))
        opened.close()
        return records, assembler
