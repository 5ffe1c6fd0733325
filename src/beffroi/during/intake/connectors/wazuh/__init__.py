"""Wazuh: what agents on the town's own machines notice."""
