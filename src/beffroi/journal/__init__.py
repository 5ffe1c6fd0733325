"""The log (main courante): append, follow, prove, verify.

What enters: facts of every room, appended inside the transaction that holds the state they tell of.
What leaves: the feed that rooms and consoles follow, signed heads, proofs, the verdict of `verify`.
Facts: `journal.key_introduced`, `journal.key_rotated`, `journal.key_replaced`, `journal.epoch_opened`,
`journal.bodies_pruned`, `journal.clock_stepped`.
"""
