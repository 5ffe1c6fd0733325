"""Unusual looking: plain facts of the register of looks that one officer should read, and decides of.

What enters: the register of looks, thresholds kept as data, a street that somebody declared as their own.
What leaves: alerts that state one fact and its threshold, the officer's decision, a word to who is concerned.
Facts: trust.unusual_looking, trust.unusual_decided, trust.own_street_declared.
"""
