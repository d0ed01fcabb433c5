"""Network backup that speaks Bareos."""

__version__ = "0.1.0"
