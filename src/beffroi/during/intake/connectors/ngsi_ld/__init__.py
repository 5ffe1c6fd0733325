"""NGSI-LD and NGSI-v2: alerts of a smart-city broker, in and out."""
