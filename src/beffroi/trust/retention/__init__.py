"""How long each kind of data is kept, and its end: erased on its day, proven, never under a hold.

What enters: terms that a town shortens or lengthens within the limit, holds, the tables of the rooms below.
What leaves: what is due, what was erased, what is late, what a hold keeps, until when and on which ground.
Facts: trust.term_set, trust.hold_placed, trust.hold_released, trust.erased, trust.erasure_late.
"""
