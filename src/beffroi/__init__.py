"""Beffroi: the open platform for a territory of trust and security."""

__version__ = "0.1.0"
