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
        "notify_gendarmerie": "Tell the gendarmerie",
        "notify_fire_brigade": "Tell the fire brigade",
        "call_contact": "Call the declared contact",
        "file_repair": "Have it repaired",
        "hand_over_police": "Hand over to the 17",
        "hand_over_fire": "Hand over to the 18",
        "hand_over_ambulance": "Hand over to the 15",
        "call_mayor": "Tell the elected representative on call",
        "call_prefecture": "Tell the prefecture’s duty officer",
        "call_owner": "Tell the owner or the manager of the place",
        "call_network_operator": "Call the operator of the network (gas, electricity, water)",
        "call_crew_command": "Reach the crew’s command centre by radio",
        "watch_cameras": "Follow the place on the cameras",
        "watch_exits": "Watch the ways out, on the cameras and by the patrols",
        "keep_images": "Have the images kept, from fifteen minutes before",
        "keep_scene": "Keep the place as it is until the investigators come",
        "keep_caller_on_line": "Keep the caller on the line, give news",
        "guide_first_aid": "Have first aid given as the 15 tells: recovery position, massage, defibrillator",
        "open_access": "Open the way to the emergency services: barriers, bollards, someone to guide them",
        "clear_around": "Have people move away, upwind",
        "safe_meeting_point": "Agree on a safe meeting point",
        "agree_on_cordon": "Agree on a cordon and diversions with the service in command",
        "last_seen": "Note where, when and with which way of moving the person was last seen",
        "tell_units": "Tell the patrols on the ground",
        "tell_victim_complaint": "Tell the victim where to file a complaint",
        "photo_damage": "Have the damage photographed before it is cleaned",
        "check_on_site": "Check power and link, then on site",
        "mark_sensor_out": "Say at the relève that this device sees nothing",
        "cut_from_network": "Unplug the machine from the network and switch off its Wi-Fi",
        "call_it": "Call the town’s IT on call, by telephone",
        "call_csirt": "Call the regional CSIRT",
        "call_17cyber": "Ask 17Cyber (17cyber.gouv.fr, cybermalveillance.gouv.fr)",
        "keep_logs": "Keep the logs: firewall, servers, mail; stop their rotation",
        "keep_ransom_note": "Photograph the screen and keep the ransom note and the addresses",
        "declare_breach": "Within 72 h: tell the CNIL where the DPO so judges, file the complaint",
        "continuity_on_paper": "Move the services that cannot wait to paper and telephone",
        "never_alone": "Sending an agent in alone",
        "never_pursue": "Chasing a vehicle",
        "never_enter": "Going in before the competent service",
        "never_touch": "Touching or moving what was left there",
        "never_on_looks": "Acting on how someone looks: only what they do counts",
        "never_lift": "Moving the person, giving food or drink",
        "never_stop_alarm": "Silencing the device’s alarms for good",
        "never_charge_crowd": "Closing the crowd’s ways out",
        "never_spark": "Lighting, ringing or telephoning near a leak",
        "never_wait_48h": "Waiting 48 h: nothing asks for it",
        "never_switch_off": "Switching the machine off: its memory is evidence",
        "never_pay": "Paying, or answering the attackers",
        "never_wipe": "Cleaning, reinstalling or restoring before the copy is made",
        "never_mail_about_it": "Speaking of it over the town’s own mail: it may be read",
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
        "handed_over": "handed over",
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
        "incident.handed_over": "Told to a public service",
        "incident.linked": "Linked to other incidents",
        "incident.unlinked": "No longer linked",
        "shift.noted": "Note for the next shift",
        "shift.note_ended": "Note for the next shift, over",
        "shift.taken_over": "Shift taken over",
        "acting.asked": "Command asked",
        "acting.kept": "Command of an exercise, not sent",
        "acting.sent": "Command sent",
        "acting.confirmed": "Command done",
        "acting.refused": "Command refused by the device",
        "acting.no_answer": "Command without an answer",
        "acting.not_sent": "Command not sent",
        "acting.unsure": "Command perhaps sent",
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
