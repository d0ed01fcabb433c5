# mypy: ignore-errors
"""The plugin barque_postgresql under the name of the published one."""

from barque_postgresql import *  # noqa: F403 - its entry points
