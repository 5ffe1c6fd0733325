"""Pure parts of people: what is held, the policies as text, and their decision by Cedar."""
