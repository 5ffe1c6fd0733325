"""The town that all share: communes, streets, buildings, devices with their links, stations, patrol units.

What enters: OpenStreetMap files, tables of devices and units (CSV, GeoJSON), the list of communes.
What leaves: a dated town: a street graph that routes, layers for the map, devices, stations and units.
Facts: territory.imported, device.imported, unit.imported, unit.state_changed.
"""
