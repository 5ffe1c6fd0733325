"""Exercises: an invented town, or places on a real one, and the story of an act sent through the real doors.

What enters: a seed, or a territory already imported; the addresses of the running connectors.
What leaves: a map file, tables of devices and units, people who may sign in, and messages that sources send.
Facts: `rehearsal.prepared`, `rehearsal.played`. All else is written, marked exercise, by other rooms.
"""
