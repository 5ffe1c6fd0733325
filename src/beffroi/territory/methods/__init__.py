"""Pure methods of the territory: files to arrays, streets to routes. No Django, no database, no clock."""
