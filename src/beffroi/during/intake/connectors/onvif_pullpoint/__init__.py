"""ONVIF events by pull point: cameras that are asked what happened, and answer when something did."""
