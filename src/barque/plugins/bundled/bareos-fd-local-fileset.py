# mypy: ignore-errors
"""The plugin barque_local_fileset under the name of the published one."""

from barque_local_fileset import *  # noqa: F403 - its entry points
