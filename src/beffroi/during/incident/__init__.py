"""Room during/incident."""
