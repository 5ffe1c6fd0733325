"""Parties of the territory: what each organisation is for, and whom to call there.

What enters: competences of organisations, contacts of their people, erasures.
What leaves: the directory that those it serves may read.
Facts: party.competent, party.contact_kept, party.contact_erased; names and numbers stay in the room.
"""
