"""barque on one machine: a configuration out of nothing, and its daemons under one supervisor."""
