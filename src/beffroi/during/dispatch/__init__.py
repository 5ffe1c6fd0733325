"""Room during/dispatch."""
