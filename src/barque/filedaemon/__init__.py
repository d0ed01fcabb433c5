"""The File Daemon: finds, reads, sends and restores files."""
