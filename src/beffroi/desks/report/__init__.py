"""The referent's page: a report in thirty seconds, on a phone."""
