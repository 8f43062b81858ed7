"""What was asked and answered: recorded in the log, found again, and answered again from the log alone."""
