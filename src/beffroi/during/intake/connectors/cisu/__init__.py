"""The exchange between French emergency services (15/18): cases and places of vehicles in, cases out."""
