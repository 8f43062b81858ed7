"""The log against the `eventsourcing` package, on SQLite, both durable at each commit."""
