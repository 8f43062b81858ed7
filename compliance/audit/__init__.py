"""What an auditor asks: the story of a party over all lists, the story of a list, the difference of two days.

And whether a name was on a list on a day, by what is known now and by what was known then.
"""
