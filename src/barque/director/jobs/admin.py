"""A job that only runs its scripts.  Source: job semantics, section 11.3."""

from barque.director.job_context import JobContext
from barque.director.job_state import ActiveJob
from barque.wire.messages.job import MessageType


def run_admin(job: ActiveJob, context: JobContext) -> None:
    """Say that it starts; the scripts are run for it as for every job."""
    for script in job.resource.run_script:
        if script.on_client and not script.console:
            job.say(
                MessageType.WARNING,
                f"Invalid runscript definition (command={script.command}). "
                "Admin Jobs only support local runscripts.",
                context.now(),
            )
    job.say(
        MessageType.INFO,
        f"Start Admin JobId {job.job_id}, Job={job.unique_name}",
        context.now(),
    )
