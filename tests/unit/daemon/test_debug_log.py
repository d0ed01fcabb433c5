import logging
from pathlib import Path

from barque.daemon.debug_log import LOGGER, DebugLog


def test_level_and_trace(tmp_path: Path) -> None:
    logger = logging.getLogger(LOGGER)
    before = logger.level
    path = tmp_path / "bareos-dir.trace"
    log = DebugLog(path)
    try:
        settings = log.change(100, trace=True, timestamp=False)
        assert (settings.level, settings.trace, settings.path) == (100, True, str(path))
        logger.getChild("director").debug("seen")
        assert path.read_text() == "barque.director: seen\n"
        kept = log.change(None, trace=None, timestamp=True)
        assert (kept.level, kept.trace, kept.timestamp) == (100, True, True)
        off = log.change(0, trace=False, timestamp=None)
        assert (off.level, off.trace) == (0, False)
        logger.getChild("director").info("not seen")
        assert path.read_text() == "barque.director: seen\n"
    finally:
        log.change(None, trace=False, timestamp=None)
        logger.setLevel(before)
