"""Clock, identifiers, geography, units, configuration, errors. No Django.

What enters: nothing but the machine's time, its environment and one configuration file.
What leaves: plain values that every room uses.
Facts: none.
"""
