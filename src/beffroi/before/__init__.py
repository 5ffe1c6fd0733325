"""What happens before an act: understand, dissuade, prepare.

Holds the rooms of the first time of an act; each says what it does.
Facts: see each room.
"""
