"""Mathematics of fusion beside its rules. Pure: no Django, no clock, no randomness."""
