"""From a message to an observation that is on disk before its source is told so.

What enters: messages of sensors, panels, recorders and programs (HTTP, MQTT, SIA DC-09), referents' reports.
What leaves: observations in the spool's order, receipts, and the messages that could not be read.
Facts: intake.batch_kept, intake.source_declared, intake.source_token_made, intake.source_revoked.
"""
