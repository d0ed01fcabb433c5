# mypy: ignore-errors
"""The plugin barque_webhook under the name of the published one."""

from barque_webhook import *  # noqa: F403 - its entry points
