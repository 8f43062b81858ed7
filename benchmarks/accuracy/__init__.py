"""Accuracy: recall at equal rates of false alerts, beside named peers."""
