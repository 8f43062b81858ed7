"""Files of counterparties in, results out, on all cores in bounded memory. Every row is accounted for.

A row is clear, a hit, without an answer (a list cannot carry "clear"), or unreadable; the four add up to the rows
read. `running.run` does a whole run from a `Question`; `chunks.Screening` is its unit of work, usable in any process.
"""
