r"""The dialogue of Director and File Daemon.

Source: daemon protocol, section 3.
"""

from dataclasses import dataclass

from barque.wire.message import Message


@dataclass(frozen=True)
class StartJob(
    Message,
    line="JobId={job_id:int} Job={job:name} SDid={session_id:int} SDtime={session_time:int}"
    " Authorization={key:word}[ ssl={tls_policy:int}]\n",
):
    """Director → File Daemon: the job that the next commands are about."""

    job_id: int
    job: str
    session_id: int
    """VolSessionId of the Storage Daemon's session; 0 without one."""
    session_time: int
    key: str
    """The job's key for the Storage Daemon, or ``dummy``."""
    tls_policy: int | None = None
    """For the connection to the Storage Daemon: 0 none, 4 TLS-PSK at once."""


@dataclass(frozen=True)
class StartJobOk(Message, line="2000 OK Job {about:rest}"):
    """File Daemon → Director; *about* is ``version (date) os,platform`` (no line break follows)."""

    about: str


@dataclass(frozen=True)
class SetLevel(Message, line="level = {words:rest}\n"):
    """Director → File Daemon; *words* are of the forms in section 3.4."""

    words: str


@dataclass(frozen=True)
class LevelOk(Message, line="2000 OK level\n"):
    """File Daemon → Director."""


@dataclass(frozen=True)
class SendFileSet(Message, line=("fileset[ vss={vss:int}]\n",)):
    """Director → File Daemon; the items follow, then EOD."""

    vss: int | None = None


@dataclass(frozen=True)
class FileSetOk(Message, line="2000 OK include\n"):
    """File Daemon → Director."""


@dataclass(frozen=True)
class PluginOptionsOk(Message, line="2000 OK PluginOptions\n"):
    """File Daemon → Director."""


@dataclass(frozen=True)
class RunScript(
    Message,
    line="Run OnSuccess={on_success:flag} OnFailure={on_failure:flag}"
    " AbortOnError={abort_on_error:flag} When={when:int} Command={command:name}\n",
):
    """Director → File Daemon: a script for later; *when* sums After 1, Before 2, AfterVSS 4."""

    on_success: bool
    on_failure: bool
    abort_on_error: bool
    when: int
    command: str


@dataclass(frozen=True)
class RunScriptOk(Message, line="2000 OK RunScript\n"):
    """File Daemon → Director."""


@dataclass(frozen=True)
class RunBeforeNow(Message, line="RunBeforeNow\n"):
    """Director → File Daemon."""


@dataclass(frozen=True)
class RunBeforeNowOk(Message, line="2000 OK RunBeforeNow\n"):
    """File Daemon → Director."""


@dataclass(frozen=True)
class AccurateList(Message, line="accurate files={files:int}\n"):
    """Director → File Daemon; the list follows, then EOD; there is no answer."""

    files: int


@dataclass(frozen=True)
class ConnectStorage(
    Message,
    line="storage address={address:word} port={port:int} ssl={tls_policy:int}"
    "[ Authorization={key:word}]\n",
):
    """Director → File Daemon: connect to this Storage Daemon."""

    address: str
    port: int
    tls_policy: int
    key: str | None = None
    """None or empty: the key of StartJob."""


@dataclass(frozen=True)
class StorageOk(Message, line="2000 OK storage\n"):
    """File Daemon → Director: connected."""


@dataclass(frozen=True)
class SetAuthorization(Message, line="setauthorization Authorization={key:word}\n"):
    """Director → passive File Daemon."""

    key: str


@dataclass(frozen=True)
class AuthorizationOk(Message, line="2000 OK Authorization\n"):
    """File Daemon → Director."""


@dataclass(frozen=True)
class Backup(Message, line="backup FileIndex={file_index:int}\n"):
    """Director → File Daemon: go; a rerun goes on behind *file_index*."""

    file_index: int = 0


@dataclass(frozen=True)
class BackupOk(Message, line="2000 OK backup\n"):
    """File Daemon → Director."""


@dataclass(frozen=True)
class Restore(
    Message,
    line=(
        "restore replace={replace:word} prelinks={prelinks:int} where={where:name}\n",
        "restore replace={replace:word} prelinks={prelinks:int} regexwhere={regexwhere:name}\n",
    ),
):
    """Director → File Daemon: go."""

    replace: str = "a"
    """a always, w if newer, o if older, n never."""
    prelinks: int = 0
    where: str = ""
    regexwhere: str = ""

    def encode(self) -> bytes:
        """Return the payload; a regexwhere takes the place of where."""
        values = vars(self)
        return self.templates[1 if self.regexwhere else 0].encode(values)


@dataclass(frozen=True)
class RestoreOk(Message, line="2000 OK restore\n"):
    """File Daemon → Director."""


@dataclass(frozen=True)
class StorageEnd(Message, line="2000 OK storage end\n"):
    """File Daemon → Director: one Storage Daemon's part of a restore is done."""


@dataclass(frozen=True)
class EndRestore(Message, line="endrestore"):
    """Director → File Daemon."""


@dataclass(frozen=True)
class SendRestoreObject(
    Message,
    line="restoreobject JobId={job_id:int} {length:int},{full_length:int},{index:int},{type:int},"
    "{compression:int},{file_index:int},{plugin:name}\n",
):
    """Director → File Daemon: what a plugin kept; its name and its bytes follow."""

    job_id: int
    length: int
    """byte; of what follows."""
    full_length: int
    """byte; when it is not compressed."""
    index: int
    type: int
    compression: int
    """0 none, 1 zlib."""
    file_index: int
    plugin: str


@dataclass(frozen=True)
class EndRestoreObjects(Message, line="restoreobject end\n"):
    """Director → File Daemon."""


@dataclass(frozen=True)
class RestoreObjectsOk(Message, line="2000 OK ObjectRestored\n"):
    """File Daemon → Director."""


@dataclass(frozen=True)
class Verify(Message, line="verify level={level:word}\n"):
    """Director → File Daemon; init, catalog, volume, data or disk_to_catalog."""

    level: str


@dataclass(frozen=True)
class VerifyOk(Message, line="2000 OK verify\n"):
    """File Daemon → Director."""


@dataclass(frozen=True)
class Estimate(Message, line="estimate listing={listing:flag}\n"):
    """Director → File Daemon."""

    listing: bool


@dataclass(frozen=True)
class EstimateOk(Message, line="2000 OK estimate files={files:word} bytes={bytes:word}\n"):
    """File Daemon → Director; the numbers have commas."""

    files: str
    bytes: str


@dataclass(frozen=True)
class EndJob(
    Message,
    line="2800 End Job TermCode={status:int} JobFiles={files:int} ReadBytes={read_bytes:int}"
    " JobBytes={job_bytes:int} Errors={errors:int}[ VSS={vss:int}][ Encrypt={encrypt:int}]\n",
):
    """File Daemon → Director: how the job ended here."""

    status: int
    """ASCII code of the status letter."""
    files: int
    read_bytes: int
    """byte; read from disk, holes counted."""
    job_bytes: int
    """byte; sent (backup) or written (restore)."""
    errors: int
    vss: int | None = 0
    encrypt: int | None = 0


@dataclass(frozen=True)
class SetDebug(
    Message,
    line=(
        "setdebug={level:int} trace={trace:int} hangup={hangup:int} timestamp={timestamp:int}\n",
        "setdebug={level:int} trace={trace:int} hangup={hangup:int}\n",
        "setdebug={level:int} trace={trace:int} timestamp={timestamp:int}",
        "setdebug={level:int} trace={trace:int}\n",
    ),
):
    """Director → File Daemon (first forms) or Storage Daemon (third form)."""

    level: int
    trace: int
    hangup: int = 0
    timestamp: int = 0


@dataclass(frozen=True)
class Status(Message, line="status"):
    """Director → File Daemon: the whole status page."""


@dataclass(frozen=True)
class StatusPart(Message, line=".status {part:word}\n"):
    """Director → File Daemon or Storage Daemon: one part of the status page."""

    part: str


@dataclass(frozen=True)
class ClientRefused(Message, line="2999 Invalid command\n"):
    """File Daemon → Director."""
