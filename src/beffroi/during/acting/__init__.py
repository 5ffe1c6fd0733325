"""Acting: what the town can switch (lamps, a bollard, a barrier, a loudspeaker), because a person said so.

What enters: actuators declared as data; a member's command, from an incident or with a purpose; states heard.
What leaves: commands over MQTT, each written before it is sent, and what became of each.
Facts: acting.declared, retired, account_made, asked, kept, sent, confirmed, refused, no_answer, not_sent,
unsure.
"""
