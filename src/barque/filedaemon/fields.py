"""The status field of attribute records, fast: most of its numbers come again and again."""

import os

from barque.formats.base64 import encode_integer

_REMEMBERED = 100_000
"""Numbers kept; they are forgotten together when there are more."""


class _Encoded(dict[float, bytes]):
    """Numbers in base64, remembered."""

    def __missing__(self, number: float) -> bytes:
        if len(self) > _REMEMBERED:
            self.clear()
        text = self[number] = encode_integer(int(number))
        return text


_ENCODED = _Encoded()


def encode_status(status: os.stat_result, link_index: int, data_stream: int) -> bytes:
    """Return the sixteen numbers of the status field.

    A test holds this equal to ``pack_status(status_of(...))``.
    """
    mode, inode, device, links, user, group, size, accessed, modified, changed = status[:10]
    known = _ENCODED
    return b"%b %b %b %b %b %b %b %b %b %b %b %b %b %b A %b" % (
        known[device],
        encode_integer(inode),
        known[mode],
        known[links],
        known[user],
        known[group],
        known[status.st_rdev],
        encode_integer(size),
        known[status.st_blksize],
        known[status.st_blocks],
        known[accessed],
        known[modified],
        known[changed],
        encode_integer(link_index),
        known[data_stream],
    )


type Places = tuple[tuple[int, int], ...]
"""Places of numbers in a status of the system and, encoded, in a status field."""


def is_same(packed: list[bytes], status: os.stat_result, places: Places) -> bool:
    """Return whether the numbers at *places* are spelled in *packed* as we would spell them."""
    known = _ENCODED
    try:
        for ours, theirs in places:
            if known[status[ours]] != packed[theirs]:
                return False
    except IndexError:
        return False
    return True


_SIGN = 1 << 63


def encode_numbers(numbers: tuple[int, ...], link_index: int, data_stream: int) -> bytes:
    """Return the status field of a file of a plugin, from its thirteen numbers.

    Their order: device, inode, mode, links, user, group, special device, size,
    three times, block size, blocks.
    """
    (
        device,
        inode,
        mode,
        links,
        user,
        group,
        rdev,
        size,
        accessed,
        modified,
        changed,
        block,
        blocks,
    ) = numbers
    known = _ENCODED
    return b"%b %b %b %b %b %b %b %b %b %b %b %b %b %b A %b" % (
        known[device],
        encode_integer(signed(inode)),
        known[mode],
        known[links],
        known[user],
        known[group],
        known[rdev],
        encode_integer(signed(size)),
        known[block],
        encode_integer(signed(blocks)),
        known[accessed],
        known[modified],
        known[changed],
        encode_integer(link_index),
        known[data_stream],
    )


def signed(number: int) -> int:
    """Return what a number of 64 bits means to those who take it for a signed one."""
    return number - (_SIGN << 1) if number >= _SIGN else number
