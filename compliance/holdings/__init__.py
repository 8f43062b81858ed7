"""Positions and trades held against the lists: what may be bought, sold and held, since when, until when, and why.

What follows from a list is said with its rule and the event that it rests on. What a list cannot tell is "cannot say".
"""
