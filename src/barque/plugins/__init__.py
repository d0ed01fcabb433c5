"""The plugin host: every plugin of a job runs in a process of its own."""
