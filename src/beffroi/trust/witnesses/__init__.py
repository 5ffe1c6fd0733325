"""Witnesses: others keep and counter-sign the heads of our journals, and we those of others.

What enters: heads of other installations with their proofs; what witnesses answer to ours.
What leaves: proposals of our heads, counter-signatures, refusals with both signed heads as proof.
Facts: witness.added, witness.removed, witness.refused; witness.log_trusted, witness.log_refused.
"""
