"""What happens after an act: inquiry, proof, lessons.

Holds the rooms of the third time of an act; each says what it does.
Facts: see each room.
"""
