"""What tests and the hammer share."""
