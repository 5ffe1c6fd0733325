"""What people act on: one incident for each act, with its state, its times and what is to be done.

What enters: news of fusion; what persons say and do (acknowledge, send, arrive, note, close).
What leaves: the queue, the sheet and the relève of the duty desk; rows that dispatch and evidence read.
Facts: incident.opened, .sign_joined, .confirmed, .doubt_lifted, .acknowledged, .unit_sent,
.unit_en_route, .unit_arrived, .unit_released, .unit_undone, .step_done, .noted, .amended, .merged, .closed,
.handed_over, .linked, .unlinked; shift.noted, .note_ended, .taken_over.
"""
