"""The administrator's page of programs: their tokens, whom they are notified at, and how that goes."""
