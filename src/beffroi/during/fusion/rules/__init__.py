"""The fold: pure, deterministic, one territory at a time. No database, no clock, no randomness."""
