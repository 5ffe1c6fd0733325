"""Pure decisions of notifications: what is told, signed how, tried again when, and where it may go."""
