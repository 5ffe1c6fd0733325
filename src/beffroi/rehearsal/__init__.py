"""Room rehearsal."""
