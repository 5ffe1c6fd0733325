"""What an observation means: which act it tells of, how likely that act is, and why we think so.

What enters: observations, in the order of the spool; the decisions of persons (close, merge, split).
What leaves: changes to hypotheses, each with its belief and reasons, for `incident` to take up.
Facts: fusion.batch_folded, fusion.merged, fusion.split, fusion.rules_activated, fusion.observation_set_aside.
"""
