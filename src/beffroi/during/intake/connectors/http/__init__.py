"""Programs that speak our own JSON over HTTP."""
