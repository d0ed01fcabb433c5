"""A backup job: from the open session to the last OK.

Source: daemon protocol, sections 4.1 and 6.1.
"""

from barque.daemon.version import DATE, VERSION, system_name
from barque.domain.job import JobStatus, JobType, Level
from barque.errors import BarqueError
from barque.filedaemon.fileset import FileSet
from barque.filedaemon.job import Job
from barque.filedaemon.outbox import Outbox
from barque.filedaemon.plugin_run import OptionPlugins, PluginRun, Saves
from barque.filedaemon.plugins import END_BACKUP, START_BACKUP
from barque.filedaemon.saving import Changes, Saver
from barque.filedaemon.storage import AppendSession
from barque.filedaemon.walker import Walker
from barque.transport.channel import Channel

_BASE_LEVELS = frozenset({Level.FULL, Level.BASE})


def tell_support(job: Job) -> None:
    """Tell whether the FileSet asks for extended attributes and ACLs."""
    blocks = [block.options for include in job.fileset.includes for block in include.blocks]
    for what, wanted in (
        ("Extended attribute support", any(options.xattr for options in blocks)),
        ("ACL support", any(options.acl for options in blocks)),
    ):
        job.report.info(f"{what} is {'enabled' if wanted else 'disabled'}")


def changes_of(job: Job) -> Changes:
    """Return what decides whether a file is saved by *job*."""
    return Changes(
        since=job.since,
        mtime_only=job.mtime_only,
        accurate=job.accurate,
        keep_deleted=job.level not in _BASE_LEVELS,
    )


def run_backup(job: Job, storage: Channel, first_index: int) -> None:
    """Save the files of *job*; raises BarqueError when the job cannot go on."""
    job.type = JobType.BACKUP
    session = AppendSession(storage)
    session.open()
    job.raise_event(START_BACKUP)
    job.set_status(JobStatus.RUNNING)
    job.report.info(f"Version: {VERSION} ({DATE}) {system_name()}")
    outbox = Outbox(storage.write_raw, job.pace)
    saver = Saver(outbox, job.report, changes_of(job), first_index=first_index)
    job.progress = saver
    try:
        _save_all(job, saver)
        outbox.finish()
    except BarqueError:
        outbox.abandon()
        raise
    finally:
        job.raise_event(END_BACKUP)
    session.close()
    job.set_status(JobStatus.TERMINATED)


def _save_all(job: Job, saver: Saver) -> None:
    job.check_fatal()
    plugins = PluginRun(job, saver)
    for include in job.fileset.includes:
        one = FileSet([include], job.fileset.excluded)
        _save_files(job, one, OptionPlugins(plugins) if plugins.has_options(include) else saver)
        plugins.save(include)
    job.check_canceled()
    job.check_fatal()
    plugins.spare_deleted()
    if not (job.rerunning and job.level in _BASE_LEVELS):
        saver.save_gone()  # the list of a rerun Full holds what was saved before it broke off


def _save_files(job: Job, fileset: FileSet, saver: Saves) -> None:
    """Save what the File lines of an Include name."""
    canceled = job.canceled.is_set
    for found in Walker(fileset, job.report.info):
        if canceled():
            job.check_canceled()
        saver.save(found)
