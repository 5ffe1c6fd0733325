"""The crisis: the plan communal de sauvegarde put to work by the mayor, and what was decided, told and left.

What enters: the town's plan (data), who holds which cell; the mayor's acts and those of the cells.
What leaves: calls to members (through on-call's outbox), messages to the population as CAP 1.2 and as text.
Facts: crisis.opened, level_changed, cell_changed, called, reached, decided, step_done, message_prepared,
message_validated, message_exported, ended, plan_put, seated.
"""
