"""Sending alerts on: to a file, a webhook or a mailbox, at least once, with a key by which what came twice is known."""
