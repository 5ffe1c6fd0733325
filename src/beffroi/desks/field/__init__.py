"""The patrol's phone: one mission, three buttons, the way there; goes on through a dead zone."""
