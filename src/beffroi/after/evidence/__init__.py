"""Room after/evidence."""
