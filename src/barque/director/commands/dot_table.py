"""Commands for programs: their names begin with a dot.

Source: console commands, section 3.
"""

from typing import Final

from barque.director.commands import browse, catalog_names, defaults, dot_lists, simple, status
from barque.director.commands import help as commands_help
from barque.director.commands.command import Command, in_scripts

_ENABLED: Final = "[enabled | disabled]"

DOT_COMMANDS: Final[tuple[Command, ...]] = (
    in_scripts(".", simple.nothing, "Do nothing"),
    in_scripts(".actiononpurge", dot_lists.actions_on_purge, "What may happen to purged Volumes"),
    Command(
        ".api",
        simple.api,
        "Choose the form of answers",
        "[0 | 1 | 2 | off | on | json] [compact=yes]",
    ),
    Command(
        ".authorized",
        defaults.authorized,
        "Say whether something may be used",
        "job=<job-name> | client=<client-name> | storage=<storage-name> | schedule=<schedule-name>"
        " | pool=<pool-name> | cmd=<command> | fileset=<fileset-name> | catalog=<catalog>",
    ),
    Command(".catalogs", dot_lists.catalogs, "List Catalog resources"),
    in_scripts(".clients", dot_lists.clients, "List Client resources", _ENABLED),
    in_scripts(".consoles", dot_lists.consoles, "List Console resources"),
    in_scripts(".users", dot_lists.users, "List User resources"),
    Command(
        ".defaults",
        defaults.defaults,
        "Show what a resource says by default",
        "job=<job-name> | client=<client-name> | storage=<storage-name> | pool=<pool-name>",
    ),
    Command(".filesets", dot_lists.filesets, "List FileSet resources"),
    Command(
        ".help",
        commands_help.for_programs,
        "Describe commands for programs",
        "[all] [item=<command>] [full]",
    ),
    in_scripts(".jobdefs", dot_lists.jobdefs, "List JobDefs resources"),
    in_scripts(".jobs", dot_lists.jobs, "List Job resources", f"[type=<jobtype>] {_ENABLED}"),
    in_scripts(".jobstatus", catalog_names.job_statuses, "List statuses of jobs", "[=<status>]"),
    Command(".levels", dot_lists.levels, "List levels of jobs", "[<jobtype>]"),
    in_scripts(".locations", catalog_names.locations, "List locations of Volumes"),
    Command(".messages", simple.dot_messages, "Show waiting messages"),
    in_scripts(".media", catalog_names.media, "List Volumes"),
    in_scripts(".mediatypes", catalog_names.media_types, "List media types"),
    Command(".msgs", dot_lists.messages, "List Messages resources"),
    in_scripts(".pools", dot_lists.pools, "List Pool resources", "[type=<pooltype>]"),
    in_scripts(".profiles", dot_lists.profiles, "List Profile resources"),
    Command(".quit", simple.leave, "Leave"),
    Command(".sql", catalog_names.sql, "Run an SQL statement", "query=<statement>", audited=True),
    Command(".schedule", dot_lists.schedules, "List Schedule resources", _ENABLED),
    Command(
        ".status",
        status.for_programs,
        "Show one part of a status",
        "dir ( current | last | header | scheduled | running | terminated )"
        " | storage=<storage-name> <part> | client=<client-name> <part>",
        audited=True,
        declined_ok=True,
    ),
    in_scripts(".storages", dot_lists.storages, "List Storage resources", _ENABLED),
    Command(".types", dot_lists.types, "List types of jobs"),
    in_scripts(".volstatus", dot_lists.volume_statuses, "List statuses of Volumes"),
    Command(
        ".bvfs_lsdirs",
        browse.directories,
        "Browse: list directories",
        "jobid=<jobids> path=<path> | pathid=<number> [limit=<number>] [offset=<number>]",
        in_scripts=True,
        audited=True,
    ),
    Command(
        ".bvfs_lsfiles",
        browse.files,
        "Browse: list files",
        "jobid=<jobids> path=<path> | pathid=<number> [limit=<number>] [offset=<number>]",
        in_scripts=True,
        audited=True,
    ),
    Command(
        ".bvfs_update",
        browse.update,
        "Browse: prepare jobs",
        "[jobid=<jobids>]",
        in_scripts=True,
        audited=True,
    ),
    Command(
        ".bvfs_get_jobids",
        browse.get_job_ids,
        "Browse: list the jobs that a restore needs",
        "jobid=<jobid> | ujobid=<unique-name> [all]",
        in_scripts=True,
        audited=True,
    ),
    Command(
        ".bvfs_versions",
        browse.versions,
        "Browse: list versions of a file",
        "jobid=0 client=<client-name> pathid=<number> fname=<name> [copies] [versions]",
        in_scripts=True,
        audited=True,
    ),
    Command(
        ".bvfs_restore",
        browse.collect,
        "Browse: collect files for a restore",
        "path=<table> jobid=<jobids> [fileid=<ids>] [dirid=<ids>] [hardlink=<pairs>]",
        in_scripts=True,
        audited=True,
    ),
    Command(
        ".bvfs_cleanup",
        browse.forget,
        "Browse: forget collected files",
        "path=<table>",
        in_scripts=True,
        audited=True,
    ),
    Command(
        ".bvfs_clear_cache",
        browse.clear_cache,
        "Browse: forget what was prepared",
        "yes",
        audited=True,
    ),
)
"""Every one, in the order in which abbreviations are looked up."""
