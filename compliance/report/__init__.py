"""Pages that a person reads: the report of a run, and the evidence pack with all that is needed to check it."""
