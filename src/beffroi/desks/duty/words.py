"""The vocabulary of DURING in the reader's language: acts, states, kinds of signs, outcomes, steps.

Rooms below say codes; here each code has its words. A code without words is shown as it is,
and the tests fail: nothing is shown half translated.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = Mapping[str, Promise]

# What it is once sure, and what it may be before.
ACTS: Words = {
    "burglary": _("Burglary"),
    "assault": _("Call for help"),
    "sabotage": _("Sabotage"),
    "vehicle_crime": _("Vehicle crime"),
    "fire": _("Fire"),
    "prowling": _("Prowling"),
    "disorder": _("Disorder"),
    "theft": _("Theft"),
    "vandalism": _("Vandalism"),
    "crew_assault": _("Crew attacked"),
    "crowd": _("Crowd"),
    "missing_person": _("Missing person"),
    "rescue": _("Person in danger"),
    "hazard": _("Danger"),
    "cyber_attack": _("Cyber-attack"),
    "device_silent": _("Device silent"),
    "outage": _("Probable outage"),
    "common_cause": _("Alarms in series"),
    "unknown": _("Unexplained event"),
}
POSSIBLE: Words = {
    "burglary": _("Possible intrusion"),
    "assault": _("Possible assault"),
    "sabotage": _("Possible sabotage"),
    "vehicle_crime": _("Possible vehicle crime"),
    "fire": _("Possible fire"),
    "prowling": _("Possible prowling"),
    "disorder": _("Possible disorder"),
    "theft": _("Possible theft"),
    "vandalism": _("Possible vandalism"),
    "crew_assault": _("Crew may be attacked"),
    "crowd": _("Possible crowd"),
    "missing_person": _("Person perhaps missing"),
    "rescue": _("Person perhaps in danger"),
    "hazard": _("Possible danger"),
    "cyber_attack": _("Possible cyber-attack"),
    "device_silent": _("Device silent"),
    "outage": _("Probable outage"),
    "common_cause": _("Alarms in series"),
    "unknown": _("Unexplained event"),
}
HARMLESS: Words = {
    "passer_by": _("a passer-by"),
    "occupant": _("the occupant"),
    "delivery": _("a delivery"),
    "lost_driver": _("a lost driver"),
    "animal": _("an animal"),
    "weather": _("the weather"),
    "fault": _("a fault"),
    "cooking": _("cooking"),
    "maintenance": _("maintenance"),
    "festivity": _("a festivity"),
}
STATES: Words = {
    "to_check": _("To check"),
    "confirmed": _("Confirmed"),
    "sent": _("Sent"),
    "on_scene": _("On scene"),
    "technical": _("Technical"),
    "closed": _("Closed"),
}
BADGES: Words = {**STATES, "life": _("Life in danger")}
# The state's shape: the class of its badge.
SHAPES = {
    "to_check": "check",
    "confirmed": "confirmed",
    "sent": "sent",
    "on_scene": "onscene",
    "technical": "tech",
    "closed": "closed",
}
LEDGER: Words = {
    "seen": _("seen"),
    "received": _("received"),
    "fused": _("fused"),
    "shown": _("shown"),
    "confirmed": _("confirmed"),
    "acknowledged": _("taken"),
    "dispatched": _("sent"),
    "en_route": _("on the way"),
    "on_scene": _("on scene"),
    "resolved": _("closed"),
    "handed_over": _("handed over"),
}
# What a crew tells from its phone.
TAPS: Words = {
    "en_route": _("On the way"),
    "on_scene": _("On scene"),
    "free": _("Finished"),
    "released": _("Finished"),
    "available": _("Available"),
    "pause": _("Break"),
    "undo": _("Undo"),
    "distress": _("Crew in danger"),
}
KINDS: Words = {
    "intrusion.door": _("Alarm, door opened"),
    "intrusion.motion": _("Alarm, movement inside"),
    "intrusion.glass": _("Alarm, broken glass"),
    "intrusion.perimeter": _("Alarm, fence or yard"),
    "panic.holdup": _("Hold-up button"),
    "panic.duress": _("Code under duress"),
    "tamper.device": _("Device opened or torn off"),
    "fire.alarm": _("Fire alarm"),
    "presence.person": _("Someone seen"),
    "presence.vehicle": _("Vehicle seen"),
    "presence.other": _("Movement seen"),
    "signal.vehicle_slow": _("Referent, a vehicle at a crawl"),
    "signal.person_loitering": _("Referent, someone watching"),
    "signal.noise": _("Referent, a noise"),
    "signal.other": _("Referent, something unusual"),
    "device.offline": _("Device silent"),
    "device.online": _("Device back"),
    "report.burglary": _("Reported: break-in"),
    "report.assault": _("Reported: assault"),
    "report.crew_assault": _("Reported: crew attacked"),
    "report.theft": _("Reported: theft"),
    "report.vehicle_crime": _("Reported: vehicle crime"),
    "report.vandalism": _("Reported: damage"),
    "report.fire": _("Reported: fire"),
    "report.disorder": _("Reported: disorder"),
    "report.crowd": _("Reported: crowd"),
    "report.missing_person": _("Reported: person missing"),
    "report.rescue": _("Reported: someone in danger"),
    "report.prowling": _("Reported: prowler"),
    "report.hazard": _("Reported: danger"),
    "report.cyber": _("Reported: cyber-attack"),
    "report.other": _("Reported: something else"),
    "panic.crew": _("Crew's distress button"),
    "lift.trapped": _("Someone stuck in a lift"),
    "hazard.detected": _("Detector, gas or water"),
    "hazard.warning": _("Warning of an authority"),
    "crowd.dense": _("Dense crowd measured"),
    "cyber.host": _("Intrusion on a machine"),
    "cyber.malware": _("Malware on a machine"),
    "cyber.network": _("Attack seen on the network"),
    "cyber.outage": _("Service of the town down"),
    "device.fault": _("Device out of order"),
    "signal.damage": _("Resident, a damage"),
    "alarm.restored": _("Alarm back to rest"),
    "alarm.cancelled": _("Alarm cancelled by the panel"),
    "test.periodic": _("Periodic test"),
    "technical.other": _("Technical message"),
}
ICONS = {
    "intrusion.door": "door-open",
    "intrusion.motion": "bell-ring",
    "intrusion.glass": "bell-ring",
    "intrusion.perimeter": "bell-ring",
    "panic.holdup": "siren",
    "panic.duress": "siren",
    "tamper.device": "triangle-alert",
    "fire.alarm": "flame",
    "presence.person": "cctv",
    "presence.vehicle": "cctv",
    "presence.other": "cctv",
    "device.offline": "wifi-off",
    "device.online": "activity",
    "report.burglary": "phone-call",
    "report.assault": "phone-call",
    "report.crew_assault": "siren",
    "report.theft": "phone-call",
    "report.vehicle_crime": "phone-call",
    "report.vandalism": "phone-call",
    "report.fire": "flame",
    "report.disorder": "phone-call",
    "report.crowd": "phone-call",
    "report.missing_person": "phone-call",
    "report.rescue": "phone-call",
    "report.prowling": "phone-call",
    "report.hazard": "triangle-alert",
    "report.cyber": "monitor-x",
    "report.other": "phone-call",
    "panic.crew": "siren",
    "lift.trapped": "siren",
    "hazard.detected": "triangle-alert",
    "hazard.warning": "triangle-alert",
    "crowd.dense": "activity",
    "cyber.host": "monitor-x",
    "cyber.malware": "monitor-x",
    "cyber.network": "network",
    "cyber.outage": "server-off",
    "device.fault": "wifi-off",
    "alarm.restored": "undo-2",
    "alarm.cancelled": "undo-2",
}
OUTCOMES: Words = {
    "real": _("The act was real"),
    "attempt": _("An attempt, they left"),
    "false_alarm": _("False alarm"),
    "harmless": _("Something harmless"),
    "handed_over": _("Handed over"),
    "nothing_found": _("Nothing found"),
    "duplicate": _("Already known under another reference"),
    "restored": _("Back in order"),
}
CAUSES: Words = {
    "weather": _("weather"),
    "animal": _("animal"),
    "occupant": _("occupant"),
    "fault": _("fault"),
    "maintenance": _("maintenance"),
    "unknown": _("cause unknown"),
    "passer_by": _("passer-by"),
    "delivery": _("delivery"),
    "lost_driver": _("lost driver"),
    "festivity": _("festivity"),
    "other": _("other cause"),
    "gendarmerie": _("to the gendarmerie"),
    "police": _("to the police"),
    "fire_brigade": _("to the fire brigade"),
    "ambulance": _("to the ambulance service"),
}
DOUBT: Words = {
    "concordant": _("concordant signs"),
    "camera": _("by a camera"),
    "patrol": _("by the patrol"),
    "call": _("by a call"),
    "witness": _("by a witness"),
}
CORPS: Words = {
    "municipal": _("Municipal police"),
    "gendarmerie": _("Gendarmerie"),
    "police": _("National police"),
    "rural": _("Rural guard"),
    "security": _("Security"),
    "other": _("Other"),
}
UNIT_STATES: Words = {
    "free": pgettext_lazy("unit", "free"),
    "sent": pgettext_lazy("unit", "sent"),
    "on_scene": pgettext_lazy("unit", "on scene"),
    "busy": pgettext_lazy("unit", "busy"),
    "off": pgettext_lazy("unit", "off duty"),
}
ROOMS: Words = {
    "fusion": _("fusion"),
    "incident": _("fusion"),
    "dispatch": _("dispatch"),
    "intake": _("intake"),
    "signal": _("signals"),
    "territory": _("map"),
    "rehearsal": _("exercise"),
    "oncall": _("on call"),
    "acting": _("commands"),
}


def said(table: Words, code: str) -> str:
    """The words of a code in the reader's language, the code itself where there are none."""
    return str(table[code]) if code in table else code


def title(act: str, state: str) -> str:
    """An incident's title: what it may be while it is to check, what it is after."""
    return said(POSSIBLE if state == "to_check" else ACTS, act)


def icon(kind: str) -> str:
    """The picture of a kind of sign."""
    return ICONS.get(kind, "user-round-search" if kind.startswith("signal.") else "cpu")


def outcome(code: str, cause: str) -> str:
    """How an incident ended, with its cause: `False alarm, weather`."""
    words = said(OUTCOMES, code)
    return f"{words}, {said(CAUSES, cause)}" if cause else words
