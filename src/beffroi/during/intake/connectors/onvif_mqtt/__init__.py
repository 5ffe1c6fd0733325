"""ONVIF Profile M over MQTT: cameras that recognise by themselves, events and metadata."""
