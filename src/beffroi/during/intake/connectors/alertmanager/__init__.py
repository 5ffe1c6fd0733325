"""Alertmanager's webhook: what watches the town's own machines."""
