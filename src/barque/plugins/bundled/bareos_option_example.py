# mypy: ignore-errors
"""The plugin barque_option_example under the name of the published one."""

from barque_option_example import *  # noqa: F403 - its entry points
