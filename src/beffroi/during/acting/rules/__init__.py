"""What an actuator's declaration means, and what may become of a command. Pure."""
