"""Console commands: one file a subject, one table of all."""
