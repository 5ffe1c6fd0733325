"""Trust: what proves to others that the house keeps its word."""
