"""The oversight desk: who may look and under what, what ends soon, what is switched on."""
