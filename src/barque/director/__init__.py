"""The Director: job control, scheduling, consoles, catalog updates."""
