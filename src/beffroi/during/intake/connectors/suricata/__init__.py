"""Suricata: what watches the town's own network."""
