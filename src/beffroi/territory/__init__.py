"""Room territory."""
