"""Benchmarks: what measures speed and accuracy, one command each."""
