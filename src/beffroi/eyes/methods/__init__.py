"""Pure geometry and texts of the eyes."""
