"""Settings, start-up and processes: the only place that plugs rooms together.

What enters: the typed configuration.
What leaves: running processes (web, intake, engine, broker), the `beffroi` command, Django's settings
and URLs.
Facts: none of its own.
"""
