"""Mistakes and warnings in the words that programs print.

Source: configuration, section 1.4.
"""

from collections.abc import Iterable

from barque.errors import ConfigError

EXIT_CONFIGURATION = 42
"""Exit code for a mistake in the configuration."""
EXIT_COMMAND_LINE = 41
"""Exit code for a mistake on the command line."""
EXIT_START = 1
"""Exit code for what is found later, at the start."""


def format_config_error(error: ConfigError, program: str) -> str:
    """Return what *program* prints about *error* on its standard error.

    Below the lines of the reference stands a hint, where there is one.
    """
    hint = f"Hint: {error.hint}\n" if error.hint else ""
    if not error.path:
        return f"{program}: CONFIG ERROR\nConfig error: {error.message}\n{hint}"
    begins = (
        f"Problem probably begins at line {error.begin}.\n" if 0 < error.begin < error.line else ""
    )
    return (
        f"{program}: CONFIG ERROR at {error.path}:{error.line}\n"
        f"Config error: {error.message}\n"
        f"            : line {error.line}, col {error.column} of file {error.path}\n"
        f"{error.text}\n{begins}{hint}"
    )


def format_config_errors(error: ConfigError, program: str) -> str:
    """Return what is printed about *error* and the further mistakes that were found with it."""
    return "\n".join(format_config_error(each, program) for each in (error, *error.others))


def format_warnings(warnings: Iterable[str]) -> str:
    """Return what is printed about *warnings*; nothing when there is none."""
    lines = "".join(f" * {warning}\n" for warning in warnings)
    return f"There are configuration warnings:\n{lines}" if lines else ""
