"""Declarations of actuators as towns write them."""

from __future__ import annotations

LAMPS = """
kind = "lamps"
command = "ville/lampes/nord/set"
state = "ville/lampes/nord/state"
answer_s = 3
[acts.brighten]
payload = "ON"
confirmed = "ON"
refused = "FAULT"
minutes = 30
[acts.normal]
payload = "AUTO"
confirmed = "AUTO"
"""

BOLLARD = """
kind = "bollard"
command = "ville/bornes/mairie/set"
state = "ville/bornes/mairie/state"
answer_s = 3
against_late = "until"
id = "command"
hazard = "lifts a vehicle or a person that stands on it"
[acts.lower]
json = { do = "lower", command = "{id}", until = "{until}" }
confirmed = { path = "position", is = "down" }
refused = { path = "position", is = "blocked" }
[acts.raise]
json = { do = "raise", command = "{id}", until = "{until}" }
confirmed = { path = "position", is = "up" }
refused = { path = "position", is = "blocked" }
"""

SPEAKER = """
kind = "loudspeaker"
command = "ville/voix/place/set"
state = "ville/voix/place/state"
[acts.say]
json = { play = "{text}" }
confirmed = { path = "playing", is = true }
[acts.hush]
payload = "STOP"
confirmed = { path = "playing", is = false }
[texts.leave]
words = "Pour votre sécurité, quittez la place par la rue du Port."
approved = "arrêté 2026-114, 3 mars 2026"
payload = "msg-07"
"""
