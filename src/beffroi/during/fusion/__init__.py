"""Room during/fusion."""
