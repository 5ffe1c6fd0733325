"""What people touch of the eyes: a look from an incident, the wall, the register of looks."""
