"""Frigate, the video recorder that recognises objects, over MQTT."""
