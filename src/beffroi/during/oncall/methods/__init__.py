"""Numbers, letters and declared formats, from plain values to plain values."""
