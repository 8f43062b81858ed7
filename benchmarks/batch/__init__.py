"""A batch from the start of its process to its closed output."""
