"""From a message to an observation that is on disk before its source is told so.

What enters: messages of sensors, panels, recorders and programs (HTTP, MQTT, SIA DC-09), referents' reports,
calls taken on duty.
What leaves: observations in the spool's order, receipts, the messages that could not be read; where patrol
units are, to the territory; warnings (CAP) and cases (15/18) as bytes for whoever sends them.
Facts: intake.batch_kept, intake.call_taken, intake.source_declared, intake.source_token_made,
intake.source_remapped, intake.source_key_set, intake.source_revoked.
"""
