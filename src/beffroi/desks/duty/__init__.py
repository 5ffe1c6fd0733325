"""The duty desk: queue, map, sheet and log, read from the rooms of DURING and told live."""
