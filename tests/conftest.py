"""Settings for all tests."""

from hypothesis import settings

settings.register_profile("barque", deadline=None)
settings.load_profile("barque")
