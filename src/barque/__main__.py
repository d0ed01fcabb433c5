"""``python -m barque``: the ``barque`` command."""

from barque.cli import main

if __name__ == "__main__":
    main()
