"""The language of mappings: paths, the mapping as it is written, and what it makes of a message."""
