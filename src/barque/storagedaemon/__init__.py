"""The Storage Daemon: sessions, volumes, and the volume tools."""
