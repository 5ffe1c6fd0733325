"""Every code of fusion's reasons with its English sentence: a msgid for the desks to translate.

Templates are `str.format` over the reason's params. `{explanation}` and `{kind}` are codes themselves:
put their own words in (HARMLESS, KINDS) before filling the sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


def _(message: str) -> str:
    """Marks a message for translation; who shows it translates it."""
    return message


REASONS: Mapping[str, str] = MappingProxyType(
    {
        "fusion.alone": _("Such a sign alone tells of a real act {percent} times in 100 (starting opinion)"),
        "fusion.record": _("This device: {false} false alarms out of {total}"),
        "fusion.at_night": _("At night, when fewer people are about"),
        "fusion.place_unknown": _("Nobody knows where this device stands"),
        "fusion.same_device": _("Same device as a sign before it"),
        "fusion.same_source": _("Same source as a sign before it"),
        "fusion.near_by_line": _("{metres} m from the place, in a straight line"),
        "fusion.near_by_road": _("{metres} m from the place, by road"),
        "fusion.seen_before": _("Seen by a camera {seconds} s before, {metres} m away: found again"),
        "fusion.seen_elsewhere": _("A sign of another incident too: nobody can say of which"),
        "fusion.camera_pace": _("This camera sees someone every {minutes} min at this hour"),
        "fusion.busy_camera": _("This camera sees someone every {seconds} s at this hour"),
        "fusion.anyone": _("Too often to tell of this act: may be anyone, counts for little"),
        "fusion.near_in_time": _("{seconds} s from the other signs"),
        "fusion.independent": _("Another sense, which does not err for the same reasons"),
        "fusion.not_independent": _("Errs for the same reasons as a sign before it: counts for little"),
        "fusion.repeated": _("Said {times} times: a repeat adds little"),
        "fusion.confirmed": _("{independent} independent signs agree: real {percent} times in 100"),
        "fusion.signal_kept": _("Kept as a signal; alone it tells of an act {percent} times in 100"),
        "fusion.signal_repeated": _("The same signal again"),
        "fusion.signal_found_again": _("Reported {minutes} min before, {metres} m away: found again"),
        "fusion.cancelled_by_panel": _("Someone cancelled the alarm at the panel, with a code"),
        "fusion.restored_by_panel": _("The panel is back at rest; the alarm stands"),
        "fusion.ended_by_source": _("Its own source says that it is over"),
        "fusion.nothing_to_amend": _("Nothing open to which this could belong ({kind})"),
        "fusion.device_silent": _("The device no longer answers"),
        "fusion.silent_nearby": _("{device} no longer answers, for {minutes} min, {metres} m away"),
        "fusion.all_silent": _("{sources} sources fell silent at once: our own network rather than theirs"),
        "fusion.deaf": _("Beffroi itself hears nothing from {sources} sources: its own way in is closed"),
        "fusion.device_back": _("The device answers again, after {seconds} s"),
        "fusion.device_well": _("The device answers; it was not missed"),
        "fusion.flapping": _("Went off {times} times in an hour, each time after a rest: counts for less"),
        "fusion.part_of_storm": _("Many gave the same sign at once: counts for little alone"),
        "fusion.outage": _("{devices} devices fell silent together: probably one outage"),
        "fusion.outage_over": _("Every device answers again, after {seconds} s"),
        "fusion.series": _("{devices} detectors of one sense went off together: probably one cause"),
        "fusion.backlog": _("{devices} devices' alarms came late together: their link was down"),
        "fusion.not_a_sign": _("Not a sign of an act ({kind})"),
        "fusion.late": _("Received {seconds} s after it was seen"),
        "fusion.clock_ahead": _("The source's clock is {seconds} s ahead: the time of receipt is used"),
        "fusion.near_a_closed_one": _(
            "{metres} m from an incident closed shortly before: kept apart from it"
        ),
        "fusion.closed_by_person": _("Closed by a person"),
        "fusion.merged_by_person": _("Joined by a person"),
        "fusion.split_by_person": _("Taken apart by a person"),
    }
)

ACTS: Mapping[str, str] = MappingProxyType(
    {
        "burglary": "Burglary",
        "assault": "Assault",
        "sabotage": "Sabotage",
        "vehicle_crime": "Vehicle crime",
        "fire": "Fire",
        "prowling": "Prowling",
        "disorder": "Disorder",
        "theft": "Theft",
        "vandalism": "Vandalism",
        "crew_assault": "Crew attacked",
        "crowd": "Crowd",
        "missing_person": "Missing person",
        "rescue": "Person in danger",
        "hazard": "Danger",
        "cyber_attack": "Cyber-attack",
        "device_silent": "Silent device",
        "outage": "Probable outage",
        "common_cause": "Alarms in series",
    }
)

HARMLESS: Mapping[str, str] = MappingProxyType(
    {
        "passer_by": "a passer-by",
        "occupant": "an occupant's mistake",
        "delivery": "a delivery",
        "lost_driver": "a lost driver",
        "animal": "an animal",
        "weather": "wind or weather",
        "fault": "a fault of the device",
        "cooking": "smoke from cooking",
        "maintenance": "maintenance or a test",
        "festivity": "a festivity",
    }
)

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "intrusion.door": "Alarm, door opened",
        "intrusion.motion": "Alarm, movement inside",
        "intrusion.glass": "Alarm, glass broken",
        "intrusion.perimeter": "Alarm, perimeter crossed",
        "panic.holdup": "Hold-up alarm",
        "panic.duress": "Alarm under duress",
        "tamper.device": "Device tampered with",
        "fire.alarm": "Fire alarm",
        "presence.person": "Person seen",
        "presence.vehicle": "Vehicle seen",
        "presence.other": "Something seen or heard",
        "signal.vehicle_slow": "Report: slow vehicle",
        "signal.person_loitering": "Report: someone lingering",
        "signal.noise": "Report: noise",
        "signal.other": "Report",
        "device.offline": "Device silent",
        "device.online": "Device answers again",
        "report.burglary": "Reported: break-in",
        "report.assault": "Reported: assault",
        "report.crew_assault": "Reported: crew attacked",
        "report.theft": "Reported: theft",
        "report.vehicle_crime": "Reported: vehicle crime",
        "report.vandalism": "Reported: damage",
        "report.fire": "Reported: fire",
        "report.disorder": "Reported: disorder",
        "report.crowd": "Reported: crowd",
        "report.missing_person": "Reported: person missing",
        "report.rescue": "Reported: someone in danger",
        "report.prowling": "Reported: prowler",
        "report.hazard": "Reported: danger",
        "report.cyber": "Reported: cyber-attack",
        "report.other": "Reported: something else",
        "panic.crew": "Crew's distress button",
        "lift.trapped": "Someone stuck in a lift",
        "hazard.detected": "Detector, gas or water",
        "hazard.warning": "Warning of an authority",
        "crowd.dense": "Dense crowd measured",
        "cyber.host": "Intrusion on a machine",
        "cyber.malware": "Malware on a machine",
        "cyber.network": "Attack seen on the network",
        "cyber.outage": "Service of the town down",
        "device.fault": "Device out of order",
        "signal.damage": "Report: damage",
        "alarm.restored": "Back to normal",
        "alarm.cancelled": "Alarm cancelled at the panel",
        "test.periodic": "Periodic test",
        "technical.other": "Technical message",
    }
)

RELATIONS: Mapping[str, str] = MappingProxyType(
    {
        "sign": "Sign",
        "earlier_signal": "Earlier report, found again",
        "silence": "A device nearby that is silent",
        "amendment": "Amendment",
    }
)
