"""Open311 GeoReport v2: what residents report through the town's own app or site."""
