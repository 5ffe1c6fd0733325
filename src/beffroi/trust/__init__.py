"""Trust: what proves to others that the house keeps its word.

What enters: heads of journals, terms of the law, what was looked at.
What leaves: counter-signatures, erasures, registers.
Facts: see each room.
"""
