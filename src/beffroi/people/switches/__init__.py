"""Legal switches: what the law allows only where somebody decided it, for a time and a place.

What enters: a decision to turn one on, with its text; a decision to turn it off before its day.
What leaves: whether one is on in a territory, at a place, on a day; the ground `switch` of the doors.
Facts: switch.turned_on, switch.turned_off.
"""
