"""`compliance update`: ask the publishers, fetch what is new, hold back what cannot be right, import the rest.

`addresses` knows where the lists are, `fetching` gets one file, `downloads` a publication's files together,
`taking` holds them against the record and imports them, `running` does all of it for many lists at once.
"""
