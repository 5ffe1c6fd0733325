"""Signals: what residents and referents report, in structured words, with a place and a time.

What enters: a report made on a phone by a member whom the door `signal.report` lets in.
What leaves: the signal (`queries.signal`), which intake makes an observation at once.
Facts: `signal.reported`. No free description of a person, no photograph, no plate.
"""
