# mypy: ignore-errors
"""What a plugin of the Director imports: constants and functions.

Outside of a job the functions raise RuntimeError; the constants are always there.
"""

from barque_plugin_child.functions import export

export(globals(), "dir")
