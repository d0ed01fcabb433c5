"""Writes the page: `python -m barque.testing.compatibility <recorded data> <page>`."""

import sys
from pathlib import Path

from barque.testing.compatibility.golden import Golden
from barque.testing.compatibility.page import page

_, folder, path = sys.argv
Path(path).write_text(page(Golden(Path(folder))))
