"""Room during/intake."""
