"""Sealed packages of what happened, that anyone verifies without us.

What enters: an incident with its signs, notes and ledger; what the journal says about it.
What leaves: a BagIt package, signed, with its own `verify.py`; the verdict on a package.
Facts: `evidence.sealed`.
"""
