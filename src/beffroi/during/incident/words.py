"""Every code that incidents show, with its English words: msgids for the desks to translate."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

STATES: Mapping[str, str] = MappingProxyType(
    {
        "to_check": "To check",
        "confirmed": "Confirmed",
        "sent": "Sent",
        "on_scene": "On scene",
        "closed": "Closed",
        "technical": "Technical",
        "life": "Life in danger",
    }
)

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "act.burglary": "Burglary",
        "act.assault": "Assault",
        "act.sabotage": "Sabotage",
        "act.vehicle_crime": "Vehicle crime",
        "act.fire": "Fire",
        "act.prowling": "Prowling",
        "act.disorder": "Disorder",
        "act.theft": "Theft",
        "act.vandalism": "Vandalism",
        "act.crew_assault": "Crew attacked",
        "act.crowd": "Crowd",
        "act.missing_person": "Missing person",
        "act.rescue": "Person in danger",
        "act.hazard": "Danger",
        "act.cyber_attack": "Cyber-attack",
        "act.device_silent": "Silent device",
        "act.outage": "Probable outage",
        "act.common_cause": "Alarms in series",
        "possible.burglary": "Possible intrusion",
        "possible.assault": "Possible assault",
        "possible.sabotage": "Possible sabotage",
        "possible.vehicle_crime": "Possible vehicle crime",
        "possible.fire": "Possible fire",
        "possible.prowling": "Possible prowling",
        "possible.disorder": "Possible disorder",
        "possible.theft": "Possible theft",
        "possible.vandalism": "Possible vandalism",
        "possible.crew_assault": "Crew may be attacked",
        "possible.crowd": "Possible crowd",
        "possible.missing_person": "Person perhaps missing",
        "possible.rescue": "Person perhaps in danger",
        "possible.hazard": "Possible danger",
        "possible.cyber_attack": "Possible cyber-attack",
        "possible.common_cause": "Alarms in series",
    }
)

OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "real": "Real act",
        "attempt": "Attempt",
        "false_alarm": "False alarm",
        "harmless": "Harmless, explained",
        "handed_over": "Handed over",
        "nothing_found": "Nothing found",
        "duplicate": "Duplicate",
        "restored": "Back to normal",
    }
)

CAUSES: Mapping[str, str] = MappingProxyType(
    {
        "weather": "wind or weather",
        "animal": "animal",
        "occupant": "occupant",
        "fault": "fault of the device",
        "maintenance": "maintenance or test",
        "unknown": "cause unknown",
        "passer_by": "passer-by",
        "delivery": "delivery",
        "lost_driver": "lost driver",
        "festivity": "festivity",
        "other": "other",
        "gendarmerie": "to the gendarmerie",
        "police": "to the police",
        "fire_brigade": "to the fire brigade",
        "ambulance": "to the ambulance service",
    }
)

STEPS: Mapping[str, str] = MappingProxyType(
    {
        "lift_doubt": "Lift the doubt",
        "send_unit": "Send a unit",
        "notify_gendarmerie": "Notify the gendarmerie (17)",
        "notify_fire_brigade": "Call the fire brigade (18)",
        "call_contact": "Call the declared contact of the site",
        "file_repair": "Put the device on the repair list",
    }
)

LEDGER: Mapping[str, str] = MappingProxyType(
    {
        "seen": "seen",
        "received": "received",
        "fused": "understood",
        "shown": "shown",
        "confirmed": "confirmed",
        "acknowledged": "acknowledged",
        "dispatched": "sent",
        "en_route": "on the way",
        "on_scene": "on scene",
        "resolved": "closed",
        "released": "called back",
        "doubt_lifted": "doubt lifted",
    }
)

DOUBT: Mapping[str, str] = MappingProxyType(
    {
        "concordant": "two concordant signs",
        "camera": "seen on a camera",
        "patrol": "seen by a patrol",
        "call": "by telephone",
        "witness": "by a witness",
    }
)

FACTS: Mapping[str, str] = MappingProxyType(
    {
        "incident.opened": "Opened",
        "incident.sign_joined": "Sign joined",
        "incident.confirmed": "Confirmed",
        "incident.amended": "Amended",
        "incident.doubt_lifted": "Doubt lifted",
        "incident.acknowledged": "Acknowledged",
        "incident.unit_sent": "Unit sent",
        "incident.unit_en_route": "Unit on its way",
        "incident.unit_arrived": "Unit on scene",
        "incident.unit_released": "Unit called back",
        "incident.unit_undone": "Taken back by the unit",
        "incident.step_done": "Step done",
        "incident.noted": "Note",
        "incident.merged": "Joined to another incident",
        "incident.closed": "Closed",
        "oncall.called": "On call: called",
        "oncall.answered": "On call: taken",
        "oncall.passed_on": "On call: passed on",
        "oncall.nobody_answered": "On call: nobody answered",
        "oncall.over": "On call: calls over",
        "oncall.link_made": "Link for a partner made",
        "oncall.link_opened": "Link opened",
        "oncall.link_refused": "Link refused to another browser",
        "oncall.link_revoked": "Link taken back",
        "fusion.batch_folded": "Observations understood",
        "fusion.merged": "Asked to be one",
        "fusion.rules_activated": "Rules put in force",
        "fusion.split": "Asked to be taken apart",
        "fusion.observation_set_aside": "Observation set aside",
    }
)
