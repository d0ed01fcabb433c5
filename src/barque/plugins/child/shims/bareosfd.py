# mypy: ignore-errors
"""What a plugin of the File Daemon imports: constants, packets and functions.

Outside of a job the functions raise RuntimeError; the constants and packets are always there.
"""

from barque_plugin_child.functions import export

export(globals(), "fd")
