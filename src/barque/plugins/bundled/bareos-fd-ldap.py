# mypy: ignore-errors
"""The plugin barque_ldap under the name of the published one."""

from barque_ldap import *  # noqa: F403 - its entry points
