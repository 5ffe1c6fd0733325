"""Who can be there first: every unit by road, the chance to arrive before they leave, who was sent.

What enters: incidents, the streets, where the units are; the choice of the person on duty; what crews tell.
What leaves: an order of units with its reasons, kept for the desk; missions; units' states; who holds which.
Facts: unit.shift_begun, unit.shift_ended, unit.tap_taken, unit.tap_refused, unit.distress,
unit.hours_changed, unit.right_changed; incident.unit_* are told through `incident`, unit.state_changed
through `territory`.
"""
