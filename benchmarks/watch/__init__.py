"""Watching a large portfolio: what an update of a list costs."""
