"""Programs that are told: events of the journal sent to addresses that subscribed, in their order.

What enters: subscriptions of programs; the journal, which is followed by its feed position.
What leaves: signed CloudEvents over HTTPS, at least once each; what became of each try.
Facts: webhook.made, webhook.changed, webhook.paused, in the journal of the installation.
"""
