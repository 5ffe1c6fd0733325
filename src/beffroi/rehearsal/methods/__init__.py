"""Pure parts of rehearsals: the invented town, places on a real one, the story's times and messages."""
