"""Speed of verifying a log."""
