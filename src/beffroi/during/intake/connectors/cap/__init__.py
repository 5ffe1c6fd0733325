"""CAP 1.2, the Common Alerting Protocol: warnings of authorities in, messages to the population out."""
