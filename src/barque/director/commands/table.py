"""The table of console commands.

The order of the rows decides what an abbreviation means: the first row that begins with it.
Source: console protocol, section 3.4; console commands, section 3.
"""

from typing import Final

from barque.director.commands import (
    configure,
    creation,
    daemon_control,
    delete,
    enabling,
    estimate,
    job_control,
    label,
    lists,
    prune,
    purge,
    reload,
    restore,
    run,
    show,
    simple,
    sql_dialogue,
    status,
    switches,
    transfer,
    truncate,
    update,
    var,
)
from barque.director.commands import help as commands_help
from barque.director.commands.command import Command, in_scripts
from barque.director.commands.dot_table import DOT_COMMANDS

_ON_OFF: Final = "on | off"
_DRIVE: Final = "storage=<storage-name> [slot=<number>] drive=<number>"
_JOB: Final = "jobid=<jobid> | job=<job-name> | ujobid=<unique-name>"


COMMANDS: Final[tuple[Command, ...]] = (
    *DOT_COMMANDS,
    Command(
        "add",
        creation.add,
        "Add Volumes to the catalog without labelling them",
        "pool=<pool-name> storage=<storage-name> jobid=<jobid>",
        audited=True,
        declined_ok=True,
    ),
    Command("autodisplay", simple.autodisplay, "Show messages as they come", _ON_OFF),
    Command(
        "automount",
        simple.automount,
        "Mount Volumes after labelling them",
        _ON_OFF,
        audited=True,
        declined_ok=True,
    ),
    Command(
        "cancel",
        job_control.cancel,
        "Cancel jobs",
        f"storage=<storage-name> | {_JOB}"
        " | state=created | blocked | waiting | running | all [yes]",
        audited=True,
        declined_ok=True,
    ),
    Command(
        "configure",
        configure.configure,
        "Add resources to the configuration",
        "add <type> name=<name> [<directive>=<value>]... | export client=<client-name>",
        audited=True,
    ),
    Command(
        "create",
        creation.create,
        "Create a Pool in the catalog",
        "[pool=<pool-name>]",
        audited=True,
        declined_ok=True,
    ),
    Command(
        "delete",
        delete.delete,
        "Delete records from the catalog",
        "volume=<volume-name> [yes] | volume pool=<pool-name> | pool=<pool-name>"
        " | jobid=<jobids> | storage storage=<storage-name>",
        in_scripts=True,
        audited=True,
        declined_ok=True,
    ),
    Command(
        "disable",
        enabling.disable,
        "Do not use a Job, Client or Schedule until the next reload",
        "job=<job-name> | client=<client-name> | schedule=<schedule-name>",
        in_scripts=True,
        audited=True,
        declined_ok=True,
    ),
    Command(
        "enable",
        enabling.enable,
        "Use a Job, Client or Schedule again",
        "job=<job-name> | client=<client-name> | schedule=<schedule-name>",
        in_scripts=True,
        audited=True,
        declined_ok=True,
    ),
    Command(
        "estimate",
        estimate.estimate,
        "Count what a backup would take",
        "fileset=<fileset-name> client=<client-name> level=<level> accurate=<yes|no>"
        " job=<job-name> listing",
        in_scripts=True,
        audited=True,
    ),
    Command("exit", simple.leave, "Leave"),
    Command(
        "export",
        transfer.export_volumes,
        "Move Volumes to import/export slots of an autochanger",
        "storage=<storage-name> srcslots=<slots> [dstslots=<slots>] [volume=<volume-name>] [scan]",
        in_scripts=True,
        audited=True,
    ),
    Command("gui", simple.gui, "A program reads the tables", _ON_OFF),
    Command("help", commands_help.for_people, "Describe the commands", "[<command>]"),
    Command(
        "import",
        transfer.import_volumes,
        "Move Volumes from import/export slots into an autochanger",
        "storage=<storage-name> [srcslots=<slots>] [dstslots=<slots>] [volume=<volume-name>]"
        " [scan]",
        in_scripts=True,
        audited=True,
    ),
    Command(
        "label",
        label.label,
        "Label Volumes",
        "storage=<storage-name> volume=<volume-name> pool=<pool-name> slot=<slot> drive=<number>"
        " [barcodes] [encrypt] [yes]",
        audited=True,
        declined_ok=True,
    ),
    Command(
        "list",
        lists.short,
        "List what the catalog knows",
        " | ".join(lists.LISTS)
        + " [current] [enabled | disabled] [count] [last] [reverse] [limit=<number>"
        " [offset=<number>]]",
        in_scripts=True,
        audited=True,
    ),
    Command(
        "llist",
        lists.long,
        "List everything that the catalog knows",
        "as list",
        in_scripts=True,
        audited=True,
    ),
    Command("messages", simple.messages, "Show waiting messages"),
    in_scripts("memory", status.memory, "Show the head of the status"),
    Command(
        "mount",
        daemon_control.mount,
        "Mount a Volume",
        f"{_DRIVE} | {_JOB}",
        audited=True,
        declined_ok=True,
    ),
    Command(
        "move",
        transfer.move_volumes,
        "Move Volumes between slots of an autochanger",
        "storage=<storage-name> srcslots=<slots> dstslots=<slots>",
        in_scripts=True,
        audited=True,
    ),
    Command(
        "prune",
        prune.prune,
        "Delete expired records from the catalog",
        "files [client=<client-name>] [pool=<pool-name>] [yes] | jobs [client=<client-name>]"
        " [pool=<pool-name>] [jobtype=<type>] [yes] | volume [all] [volume=<volume-name>]"
        " [pool=<pool-name>] [yes] | stats [yes] | directory=<path> client=<client-name>"
        " [recursive] [yes]",
        in_scripts=True,
        audited=True,
    ),
    Command(
        "purge",
        purge.purge,
        "Delete records from the catalog, expired or not",
        "files job=<job-name> | files jobid=<jobid> | files client=<client-name>"
        " | files volume=<volume-name> | jobs client=<client-name> | jobs volume=<volume-name>"
        " | jobs pool=<pool-name> jobstatus=<status> | volume=<volume-name>"
        " [storage=<storage-name>] [yes] | quota client=<client-name>",
        in_scripts=True,
        audited=True,
        declined_ok=True,
    ),
    Command("quit", simple.leave, "Leave"),
    Command(
        "query", sql_dialogue.query, "Run a query of the query file", audited=True, declined_ok=True
    ),
    Command(
        "restore",
        restore.restore,
        "Restore files",
        "where=<path> client=<client-name> storage=<storage-name> bootstrap=<file>"
        " restorejob=<job-name> comment=<text> jobid=<jobids> fileset=<fileset-name>"
        " replace=<always|ifnewer|ifolder|never> pluginoptions=<text> regexwhere=<regex>"
        " restoreclient=<client-name> backupformat=<format> pool=<pool-name> file=<name>"
        " directory=<path> before=<time> strip_prefix=<prefix> add_prefix=<prefix>"
        " add_suffix=<suffix> fileregex=<regex> select=<time> select before current copies done"
        " all archive",
        audited=True,
    ),
    Command(
        "relabel",
        label.relabel,
        "Give a purged Volume another name",
        "storage=<storage-name> oldvolume=<volume-name> volume=<volume-name> pool=<pool-name>"
        " [encrypt]",
        audited=True,
        declined_ok=True,
    ),
    Command(
        "release",
        daemon_control.release,
        "Release a device",
        "storage=<storage-name> [drive=<number>] [alldrives]",
        in_scripts=True,
        audited=True,
        declined_ok=True,
    ),
    Command("reload", reload.reload, "Read the configuration again", in_scripts=True, audited=True),
    Command(
        "rerun",
        job_control.rerun,
        "Run jobs again",
        "jobid=<jobids> | since_jobid=<jobid> [until_jobid=<jobid>] | days=<number>"
        " | hours=<number> [yes]",
        audited=True,
    ),
    Command(
        "resolve",
        daemon_control.resolve,
        "Look up a name at a daemon",
        "client=<client-name> | storage=<storage-name> <name>",
        audited=True,
        declined_ok=True,
    ),
    Command(
        "run",
        run.run,
        "Start a job",
        "job=<job-name> client=<client-name> fileset=<fileset-name> level=<level>"
        " storage=<storage-name> where=<path> when=<time> pool=<pool-name> nextpool=<pool-name>"
        " pluginoptions=<text> accurate=<yes|no> comment=<text> spooldata=<yes|no>"
        " priority=<number> jobid=<jobid> catalog=<catalog> migrationjob=<job-name>"
        " backupclient=<client-name> backupformat=<format> restoreclient=<client-name>"
        " since=<time> verifyjob=<job-name> yes",
        audited=True,
    ),
    Command(
        "status",
        status.status,
        "Show the status of the Director, of a daemon, of the schedules",
        "all | dir[ector] | director | scheduler | schedule=<schedule-name> | client=<client-name>"
        " | storage=<storage-name> [slots] | subscriptions | configuration | days=<number>",
        in_scripts=True,
        audited=True,
        declined_ok=True,
    ),
    Command(
        "setbandwidth",
        daemon_control.set_bandwidth,
        "Limit the rate of a client or job",
        f"client=<client-name> | storage=<storage-name> | {_JOB} | state=<state> | all"
        " limit=<kB/s> [yes]",
        in_scripts=True,
        audited=True,
        declined_ok=True,
    ),
    Command(
        "setdebug",
        daemon_control.set_debug,
        "Set the debug level of a daemon",
        "level=<number> trace=<0|1> timestamp=<0|1> client=<client-name> | dir"
        " | storage=<storage-name> | all",
        in_scripts=True,
        audited=True,
        declined_ok=True,
    ),
    Command(
        "setdevice",
        daemon_control.set_device,
        "Change a device of a Storage Daemon",
        "storage=<storage-name> device=<device-name> autoselect=<yes|no>",
        in_scripts=True,
        audited=True,
        declined_ok=True,
    ),
    Command(
        "setip",
        switches.set_address,
        "Take this console's address for its client",
        audited=True,
        declined_ok=True,
    ),
    Command(
        "show",
        show.show,
        "Show resources",
        "catalogs | clients | consoles | counters | directors | filesets | jobdefs | jobs"
        " | messages | pools | profiles | schedules | storages | users | all | disabled"
        " [<kind>=<name>] [verbose]",
        in_scripts=True,
        audited=True,
    ),
    Command(
        "sqlquery", sql_dialogue.sqlquery, "Type SQL statements", audited=True, declined_ok=True
    ),
    in_scripts("time", simple.time, "Show the time"),
    Command(
        "trace",
        switches.trace,
        "Write debug messages to a file",
        _ON_OFF,
        in_scripts=True,
        audited=True,
        declined_ok=True,
    ),
    Command(
        "truncate",
        truncate.truncate,
        "Empty purged Volumes",
        truncate.USAGE,
        in_scripts=True,
        audited=True,
    ),
    Command(
        "unmount",
        daemon_control.unmount,
        "Unmount a Volume",
        f"{_DRIVE} | {_JOB}",
        audited=True,
        declined_ok=True,
    ),
    Command(
        "umount",
        daemon_control.unmount,
        "Unmount a Volume",
        f"{_DRIVE} | {_JOB}",
        audited=True,
        declined_ok=True,
    ),
    Command(
        "update",
        update.update,
        "Change records of the catalog",
        "volume=<volume-name> [<field>=<value>]... | volume fromallpools | volume"
        " frompool=<pool-name> | pool=<pool-name> | slots storage=<storage-name> [scan]"
        " | jobid=<jobid> [<field>=<value>]... | stats [days=<number>]",
        in_scripts=True,
        audited=True,
        declined_ok=True,
    ),
    Command("use", simple.use, "Choose a Catalog", "[catalog=<catalog>]", audited=True),
    Command("var", var.var, "Expand variables", "<text>", audited=True, declined_ok=True),
    in_scripts("version", simple.version, "Show the version"),
    Command(
        "wait",
        job_control.wait,
        "Wait for jobs",
        "[jobname=<job-name> | jobid=<jobid> | ujobid=<unique-name> | mount [timeout=<s>]]",
        declined_ok=True,
    ),
    in_scripts("whoami", simple.whoami, "Show the name of this console"),
)
"""Every command, in the order in which abbreviations are looked up."""
