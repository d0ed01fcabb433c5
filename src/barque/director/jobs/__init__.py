"""What a job of each type does, once it may run."""
