"""Who can be there first: every unit by road, the chance to arrive before they leave, who was sent.

What enters: incidents, the streets, where the units are; the choice of the person on duty.
What leaves: an order of units with its reasons, kept for the desk; missions; units' states.
Facts: none of its own; incident.unit_* are told through `incident`, unit.state_changed through `territory`.
"""
