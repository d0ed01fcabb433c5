# mypy: ignore-errors
"""Constants under the names of the plugin interface before version 20."""

from barque_plugin_child.abi import OLD_SD_DICTS
from barque_plugin_child.constants import dictionaries

globals().update(dictionaries(OLD_SD_DICTS))
