"""Room before/signal."""
