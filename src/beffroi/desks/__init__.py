"""Room desks."""
