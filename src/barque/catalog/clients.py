"""Clients and their FileSets, storages and media types: what jobs refer to by number."""

from dataclasses import dataclass

from barque.catalog.rows import Mapper
from barque.catalog.store import Store
from barque.domain.ids import ClientId, FileSetId, StorageId


@dataclass(frozen=True, slots=True)
class ClientRecord:
    """A row of the table `client`."""

    client_id: ClientId
    name: str
    uname: str
    """Version and system, as the File Daemon said last; empty before the first contact."""
    auto_prune: int
    file_retention: int
    """Seconds."""
    job_retention: int
    """Seconds."""


@dataclass(frozen=True, slots=True)
class FileSetRecord:
    """A row of the table `fileset`: one version of a FileSet."""

    file_set_id: FileSetId
    file_set: str
    """Name of the resource."""
    file_set_text: str
    """The resource as `show` prints it."""
    md5: str
    """Digest of what it includes and excludes; tells versions apart."""
    create_time: int


@dataclass(frozen=True, slots=True)
class StorageRecord:
    """A row of the table `storage`."""

    storage_id: StorageId
    name: str
    auto_changer: int


@dataclass(frozen=True, slots=True)
class MediaTypeRecord:
    """A row of the table `mediatype`."""

    media_type_id: int
    media_type: str
    read_only: int


_CLIENT = Mapper(ClientRecord, "client")
_FILE_SET = Mapper(FileSetRecord, "fileset")
_STORAGE = Mapper(StorageRecord, "storage")
_MEDIA_TYPE = Mapper(MediaTypeRecord, "mediatype")


class Clients:
    """The clients that the catalog knows."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, name: str) -> ClientRecord | None:
        """Return the client *name*, or None."""
        return _CLIENT.one(self._store, "WHERE name = ?", name)

    def get(self, client_id: int) -> ClientRecord | None:
        """Return the client numbered *client_id*, or None."""
        return _CLIENT.one(self._store, "WHERE clientid = ?", client_id)

    def all(self) -> list[ClientRecord]:
        """Return all clients by number."""
        return _CLIENT.all(self._store, "ORDER BY clientid")

    def ensure(
        self, name: str, *, auto_prune: bool, file_retention: int, job_retention: int
    ) -> ClientRecord:
        """Return the client *name*, creating it, with what its resource says now."""
        fields = {
            "auto_prune": auto_prune,
            "file_retention": file_retention,
            "job_retention": job_retention,
        }
        with self._store.transaction():
            found = self.find(name)
            if found is None:
                _CLIENT.insert(self._store, {"name": name, "uname": "", **fields})
            else:
                _CLIENT.update(self._store, found.client_id, fields)
            record = self.find(name)
        assert record is not None
        return record

    def set_uname(self, client_id: int, uname: str) -> None:
        """Keep what the File Daemon says about itself."""
        _CLIENT.update(self._store, client_id, {"uname": uname})


class FileSets:
    """The versions of FileSets that jobs used."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, file_set_id: int) -> FileSetRecord | None:
        """Return the FileSet numbered *file_set_id*, or None."""
        return _FILE_SET.one(self._store, "WHERE filesetid = ?", file_set_id)

    def find(self, name: str) -> list[FileSetRecord]:
        """Return the versions of the FileSet *name*, the newest first."""
        return _FILE_SET.all(
            self._store, "WHERE fileset = ? ORDER BY createtime DESC, filesetid DESC", name
        )

    def ensure(self, name: str, md5: str, text: str, now: int) -> FileSetRecord:
        """Return the version of *name* with the digest *md5*, creating it at the time *now*.

        The text is brought up to date when it differs.
        """
        with self._store.transaction():
            found = self._version(name, md5)
            if found is None:
                _FILE_SET.insert(
                    self._store,
                    {"file_set": name, "md5": md5, "file_set_text": text, "create_time": now},
                )
            elif found.file_set_text != text:
                _FILE_SET.update(self._store, found.file_set_id, {"file_set_text": text})
            record = self._version(name, md5)
        assert record is not None
        return record

    def of_client(self, client_id: int) -> list[str]:
        """Return the names of FileSets that jobs of the client used, sorted."""
        rows = self._store.rows(
            "SELECT DISTINCT fileset.fileset FROM job JOIN fileset "
            "ON fileset.filesetid = job.filesetid WHERE job.clientid = ? ORDER BY fileset.fileset",
            (client_id,),
        )
        return [str(name) for (name,) in rows]

    def newest_of_client(self, client_id: int) -> list[FileSetRecord]:
        """Return of each FileSet that jobs of the client used the version numbered highest."""
        return _FILE_SET.all(
            self._store,
            "WHERE filesetid IN (SELECT max(used.filesetid) FROM fileset AS used "
            "JOIN job ON job.filesetid = used.filesetid WHERE job.clientid = ? "
            "GROUP BY used.fileset) ORDER BY filesetid",
            client_id,
        )

    def _version(self, name: str, md5: str) -> FileSetRecord | None:
        return _FILE_SET.one(
            self._store,
            "WHERE fileset = ? AND md5 = ? ORDER BY createtime DESC LIMIT 1",
            name,
            md5,
        )


class Storages:
    """The storages and media types that the catalog knows."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, name: str) -> StorageRecord | None:
        """Return the storage *name*, or None."""
        return _STORAGE.one(self._store, "WHERE name = ?", name)

    def get(self, storage_id: int) -> StorageRecord | None:
        """Return the storage numbered *storage_id*, or None."""
        return _STORAGE.one(self._store, "WHERE storageid = ?", storage_id)

    def all(self) -> list[StorageRecord]:
        """Return all storages by number."""
        return _STORAGE.all(self._store, "ORDER BY storageid")

    def ensure(self, name: str, *, auto_changer: bool) -> StorageRecord:
        """Return the storage *name*, creating it; keeps whether it is an autochanger."""
        with self._store.transaction():
            found = self.find(name)
            if found is None:
                _STORAGE.insert(self._store, {"name": name, "auto_changer": auto_changer})
            elif found.auto_changer != auto_changer:
                _STORAGE.update(self._store, found.storage_id, {"auto_changer": auto_changer})
            record = self.find(name)
        assert record is not None
        return record

    def delete(self, storage_id: int) -> None:
        """Delete the record of a storage; its volumes and devices keep their number."""
        self._store.run("DELETE FROM storage WHERE storageid = ?", (storage_id,))

    def media_types(self) -> list[MediaTypeRecord]:
        """Return all media types by number."""
        return _MEDIA_TYPE.all(self._store, "ORDER BY mediatypeid")

    def ensure_media_type(self, name: str) -> MediaTypeRecord:
        """Return the media type *name*, creating it."""
        with self._store.transaction():
            found = _MEDIA_TYPE.one(self._store, "WHERE mediatype = ?", name)
            if found is None:
                _MEDIA_TYPE.insert(self._store, {"media_type": name, "read_only": 0})
                found = _MEDIA_TYPE.one(self._store, "WHERE mediatype = ?", name)
        assert found is not None
        return found
