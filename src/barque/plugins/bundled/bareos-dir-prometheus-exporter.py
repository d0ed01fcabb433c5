# mypy: ignore-errors
"""The plugin barque_prometheus under the name of the published one."""

from barque_prometheus import *  # noqa: F403 - its entry points
