"""Screening a batch on a Spark cluster: the pieces are divided and screened there, and put in order here.

What a piece gives is decided by the book, the options and the piece alone, so the answers are those of the local
engine, byte for byte. The extra `spark` brings what is needed here; the workers need this package in the same version.
"""
