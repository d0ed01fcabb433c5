"""Where volumes lie: devices move bytes of volumes and know nothing of blocks.

:class:`~barque.devices.device.Device` is the contract; `file` keeps volumes as files of an archive
directory, `memory` in memory for tests.
"""
