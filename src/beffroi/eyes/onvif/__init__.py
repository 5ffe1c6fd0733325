"""A small client of ONVIF devices (SOAP 1.2 over HTTP): clock, streams, movement, events, recordings.

It needs neither Django nor a database. What a device says is never trusted: its answers are bounded, XML with
types or entities of its own is refused, and no request ever leaves for another host than the declared one.
"""
