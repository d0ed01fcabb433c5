"""A VirtualFull: earlier backups of a client become one, without the client.

Source: job semantics, section 10.1.
"""

from collections.abc import Sequence

from barque.catalog.jobs import JobRecord
from barque.director.chosen_files import ChosenFiles
from barque.director.job_context import JobContext
from barque.director.job_state import ActiveJob, CopiedTimes
from barque.director.jobs.storage_work import let_storage_work, targets_of, write_plan
from barque.director.report import NO_COMMAND
from barque.domain.ids import JobId
from barque.domain.job import ENDED_GOOD, LEVEL_WORDS, Level
from barque.errors import JobError
from barque.wire.messages.job import MessageType


def run_virtual_full(job: ActiveJob, context: JobContext) -> None:
    """Run the merge to its end; raises BarqueError when it cannot end well."""
    targets_of(job)
    job.client_erase_command = NO_COMMAND
    _say(job, context, f"Start Virtual Backup JobId {job.job_id}, Job={job.unique_name}")
    if not job.accurate:
        job.say(
            MessageType.WARNING,
            "This Job is not an Accurate backup so is not equivalent to a Full backup.",
            context.now(),
        )
    sources = _sources(job, context)
    chosen = ChosenFiles()
    job_ids = [record.job_id for record in sources]
    for entry in context.catalog.chains.files(job_ids):
        chosen.add(entry.job_id, entry.file_index)
    listed = ",".join(str(job_id) for job_id in job_ids)
    if not chosen.count:
        text = f"No files were found in the jobids {listed}"
        job.say(MessageType.ERROR, text, context.now())
        raise JobError("Could not create bootstrap file")
    bootstrap = write_plan(job, context, chosen.selection(job_ids))
    job.totals.expected_files = chosen.count
    _say(job, context, f"Consolidating JobIds {listed} containing {chosen.count} files")
    let_storage_work(job, context, bootstrap, job)
    _become(job, context, sources[0], sources[-1])
    if job.source_jobs:
        _say(job, context, f"Replicating deleted files from jobids {listed} to jobid {job.job_id}")
        context.catalog.saved_files.copy_deleted(job_ids, job.job_id)


def _say(job: ActiveJob, context: JobContext, text: str) -> None:
    job.say(MessageType.INFO, text, context.now())


def _sources(job: ActiveJob, context: JobContext) -> list[JobRecord]:
    """Return the backups that are merged, the oldest first."""
    job_ids = _source_ids(job, context)
    if not job_ids:
        raise JobError("No previous Jobs found.")
    found = {record.job_id: record for record in context.catalog.jobs.get_many(job_ids)}
    missing = [job_id for job_id in job_ids if job_id not in found]
    for job_id in missing:
        text = f"JobId {job_id} is not present in the catalog"
        job.say(MessageType.ERROR, text, context.now())
    if missing:
        raise JobError("Jobs missing from catalog. Cannot continue.")
    purged = [record.job_id for record in found.values() if record.purged_files]
    for job_id in purged:
        text = f"Files for JobId {job_id} have been purged from the catalog"
        job.say(MessageType.ERROR, text, context.now())
    if purged:
        raise JobError("At least one job's files were pruned from the catalog.")
    return [found[job_id] for job_id in job_ids]


def _source_ids(job: ActiveJob, context: JobContext) -> Sequence[JobId]:
    if job.source_jobs:
        return job.source_jobs
    if job.resource.always_incremental:
        raise JobError("Cannot run always incremental job at level VirtualFull with no jobid list.")
    return context.catalog.chains.job_ids(
        job.client_id, job.fileset_id, int(context.now()), level=Level.VIRTUAL_FULL
    )


def _become(job: ActiveJob, context: JobContext, first: JobRecord, last: JobRecord) -> None:
    """Let the merge stand where the merged jobs stood: what changed since then is still to come."""
    if job.storage_status not in ENDED_GOOD:
        return
    job.recorded_level = Level(first.level)
    job.copied_times = CopiedTimes(last.start_time, last.end_time, last.job_tdate)
    word = LEVEL_WORDS[job.recorded_level]
    _say(job, context, f"Joblevel was set to joblevel of first consolidated job: {word}")


def forget_sources(job: ActiveJob, context: JobContext) -> None:
    """Purge the merged jobs of a consolidation that ended well."""
    rules = job.resource
    merged = job.level is Level.VIRTUAL_FULL and job.status in ENDED_GOOD
    if not (merged and rules.always_incremental and rules.always_incremental_job_retention):
        return
    context.catalog.retention.purge_jobs(job.source_jobs)
    listed = ",".join(str(job_id) for job_id in job.source_jobs)
    _say(job, context, f"purged JobIds {listed} as they were consolidated into Job {job.job_id}")
