"""Runs a program that was written for python-bareos, unchanged, with barque."""

import runpy
import sys

from barque.console.bsock.alias import install


def main() -> None:
    """Run the program that the command line names, with the rest of the line as its own."""
    if len(sys.argv) < 2:
        sys.exit("usage: python -m barque.console.bsock PROGRAM.py [ARGUMENT...]")
    install()
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
