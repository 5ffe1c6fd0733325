"""What ONVIF's events mean, however they come: one table for the connectors that hear them."""
