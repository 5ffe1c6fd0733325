"""What happens during an act: notice, decide, reach.

Holds the rooms of the second time of an act; each says what it does.
Facts: see each room.
"""
