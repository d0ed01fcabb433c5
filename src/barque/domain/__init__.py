"""Pure rules of backup: ids, jobs, levels, statuses, sizes, durations, schedules."""
