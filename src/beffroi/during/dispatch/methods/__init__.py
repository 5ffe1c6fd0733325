"""Mathematics of dispatch: no Django, no database, no clock, no random numbers; usable from a notebook."""
