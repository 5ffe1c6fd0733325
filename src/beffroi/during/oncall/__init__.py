"""Nobody at the desk: who is on call, in which order they are woken, what they answered.

What enters: the rota and contact points; incidents that nobody acknowledged; replies.
What leaves: messages (outbox), incidents acknowledged by who answered, no-account links.
Facts: oncall.called, answered, passed_on, nobody_answered, over, rota_changed, contact_changed,
policy_changed, link_made, link_opened, link_refused, link_revoked.
"""
