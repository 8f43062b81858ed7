"""Files of counterparties, in whatever form: each row comes out, readable or with the reason why it is not.

A file is looked at once (its form, encoding, layout, columns, size and SHA-256: an `Input`, which is a plain value),
then read in pieces of some ten thousand rows. Pieces begin and end between rows and are the same on every reading, so
they can be screened by any process, in any order.
"""
