"""Building management over MQTT: doors, lifts, fire panels and detectors, with floor and zone."""
