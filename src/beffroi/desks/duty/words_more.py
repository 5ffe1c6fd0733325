"""The words of procedures, alarm levels, calls, hand-overs and events, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from beffroi.desks.duty.words import Words

STEPS: Words = {
    "lift_doubt": _("Lift the doubt"),
    "send_unit": _("Send a unit"),
    "notify_gendarmerie": _("Tell the gendarmerie"),
    "notify_fire_brigade": _("Tell the fire brigade"),
    "call_contact": _("Call the declared contact"),
    "file_repair": _("Have it repaired"),
    "hand_over_police": _("Hand over to the 17"),
    "hand_over_fire": _("Hand over to the 18"),
    "hand_over_ambulance": _("Hand over to the 15"),
    "call_mayor": _("Tell the elected representative on call"),
    "call_prefecture": _("Tell the prefecture’s duty officer"),
    "call_owner": _("Tell the owner or the manager of the place"),
    "call_network_operator": _("Call the operator of the network (gas, electricity, water)"),
    "call_crew_command": _("Reach the crew’s command centre by radio"),
    "watch_cameras": _("Follow the place on the cameras"),
    "watch_exits": _("Watch the ways out, on the cameras and by the patrols"),
    "keep_images": _("Have the images kept, from fifteen minutes before"),
    "keep_scene": _("Keep the place as it is until the investigators come"),
    "keep_caller_on_line": _("Keep the caller on the line, give news"),
    "guide_first_aid": _("Have first aid given as the 15 tells: recovery position, massage, defibrillator"),
    "open_access": _("Open the way to the emergency services: barriers, bollards, someone to guide them"),
    "clear_around": _("Have people move away, upwind"),
    "safe_meeting_point": _("Agree on a safe meeting point"),
    "agree_on_cordon": _("Agree on a cordon and diversions with the service in command"),
    "last_seen": _("Note where, when and with which way of moving the person was last seen"),
    "tell_units": _("Tell the patrols on the ground"),
    "tell_victim_complaint": _("Tell the victim where to file a complaint"),
    "photo_damage": _("Have the damage photographed before it is cleaned"),
    "check_on_site": _("Check power and link, then on site"),
    "mark_sensor_out": _("Say at the relève that this device sees nothing"),
    "cut_from_network": _("Unplug the machine from the network and switch off its Wi-Fi"),
    "call_it": _("Call the town’s IT on call, by telephone"),
    "call_csirt": _("Call the regional CSIRT"),
    "call_17cyber": _("Ask 17Cyber (17cyber.gouv.fr, cybermalveillance.gouv.fr)"),
    "keep_logs": _("Keep the logs: firewall, servers, mail; stop their rotation"),
    "keep_ransom_note": _("Photograph the screen and keep the ransom note and the addresses"),
    "declare_breach": _("Within 72 h: tell the CNIL where the DPO so judges, file the complaint"),
    "continuity_on_paper": _("Move the services that cannot wait to paper and telephone"),
    "never_alone": _("Sending an agent in alone"),
    "never_pursue": _("Chasing a vehicle"),
    "never_enter": _("Going in before the competent service"),
    "never_touch": _("Touching or moving what was left there"),
    "never_on_looks": _("Acting on how someone looks: only what they do counts"),
    "never_lift": _("Moving the person, giving food or drink"),
    "never_stop_alarm": _("Silencing the device’s alarms for good"),
    "never_charge_crowd": _("Closing the crowd’s ways out"),
    "never_spark": _("Lighting, ringing or telephoning near a leak"),
    "never_wait_48h": _("Waiting 48 h: nothing asks for it"),
    "never_switch_off": _("Switching the machine off: its memory is evidence"),
    "never_pay": _("Paying, or answering the attackers"),
    "never_wipe": _("Cleaning, reinstalling or restoring before the copy is made"),
    "never_mail_about_it": _("Speaking of it over the town’s own mail: it may be read"),
}  # fmt: skip
ALARM: Words = {
    "0": _("no call"),
    "1": _("little is known"),
    "2": _("a person is probably there"),
    "3": _("property"),
    "4": _("life"),
}
ALARM_WHY: Words = {
    "avs.technical": _("only a device is out of order"),
    "avs.was_false": _("it was closed without an act"),
    "avs.life_sure": _("a life may be in danger, and it is confirmed"),
    "avs.life_told": _("one sign says that a life may be in danger: no proof is waited for"),
    "avs.sure": _("independent signs agree"),
    "avs.lifted": _("a person lifted the doubt"),
    "avs.person_seen": _("someone was seen, or pressed a button"),
    "avs.person_called": _("someone tells of it"),
    "avs.alone": _("detectors alone say so"),
}
SERVICES: Words = {
    "17": _("police or gendarmerie"),
    "18": _("fire brigade"),
    "15": _("ambulance service (SAMU)"),
}
WAYS: Words = {
    "voice": _("read out"),
    "written": _("in writing"),
    "rc_eda": _("by a message of the 15/18 hub"),
}
LINKS: Words = {
    "same_place": _("the same place"),
    "same_moment": _("the same moment"),
    "same_manner": _("the same manner"),
    "same_target": _("the same kind of target"),
    "one_led_to_other": _("one led to the other"),
    "mistake": _("linked by mistake"),
    "no_longer": _("they turned out to be apart"),
    "alone": _("it was alone in it"),
    "joined": _("the two events became one"),
}
CALLS: Words = {
    "report.assault": _("Assault"),
    "report.rescue": _("Person in danger"),
    "report.fire": _("Fire"),
    "report.burglary": _("Break-in"),
    "report.theft": _("Theft"),
    "report.vehicle_crime": _("Vehicle"),
    "report.vandalism": _("Damage"),
    "report.prowling": _("Prowler"),
    "report.disorder": _("Noise, brawl"),
    "report.crowd": _("Crowd"),
    "report.missing_person": _("Person missing"),
    "report.crew_assault": _("Crew attacked"),
    "report.hazard": _("Danger, leak"),
    "report.cyber": _("Cyber-attack"),
    "report.other": _("Other"),
}
CALL_ICONS = {
    "report.assault": "siren",
    "report.rescue": "heart-pulse",
    "report.fire": "flame",
    "report.burglary": "door-open",
    "report.theft": "hand",
    "report.vehicle_crime": "car",
    "report.vandalism": "triangle-alert",
    "report.prowling": "footprints",
    "report.disorder": "volume-2",
    "report.crowd": "users-round",
    "report.missing_person": "user-round-search",
    "report.crew_assault": "truck",
    "report.hazard": "triangle-alert",
    "report.cyber": "monitor-x",
    "report.other": "circle-help",
}
AGO: tuple[tuple[int, object], ...] = (
    (0, _("now")),
    (2, _("2 min ago")),
    (5, _("5 min ago")),
    (15, _("15 min ago")),
    (30, _("30 min ago")),
    (60, _("1 h ago")),
    (180, _("3 h ago")),
)
PLACE_KINDS: Words = {
    "street": _("street"),
    "building": _("building"),
    "address": _("address"),
    "bakery": _("bakery"),
    "pharmacy": _("chemist"),
    "post_office": _("post office"),
    "school": _("school"),
    "kindergarten": _("nursery"),
    "bank": _("bank"),
    "atm": _("cash machine"),
    "fuel": _("petrol station"),
    "place_of_worship": _("place of worship"),
    "townhall": _("town hall"),
    "police": _("police, gendarmerie"),
    "fire_station": _("fire station"),
    "hospital": _("hospital"),
    "library": _("library"),
    "supermarket": _("supermarket"),
    "convenience": _("grocery"),
    "tobacco": _("tobacconist"),
    "butcher": _("butcher"),
    "hairdresser": _("hairdresser"),
    "restaurant": _("restaurant"),
    "bar": _("bar"),
    "cafe": _("café"),
    "fast_food": _("fast food"),
    "hotel": _("hotel"),
    "station": _("station"),
    "parking": _("car park"),
    "toilets": _("toilets"),
    "playground": _("playground"),
    "park": _("park"),
    "cemetery": _("cemetery"),
    "marketplace": _("market"),
    "bus_station": _("bus station"),
    "jewelry": _("jeweller"),
    "community_centre": _("community hall"),
    "sports_centre": _("sports hall"),
}


def near(content: Mapping[str, Any]) -> str:
    """The place that who took a call chose, in the reader's language: `La flûte (bakery)`; '' where none."""
    if content.get("from") != "call":
        return ""
    name, kind = str(content.get("near", "")), str(PLACE_KINDS.get(content.get("near_kind", ""), ""))
    if content.get("near_kind") in ("street", "address", "building") and name:
        return name
    return f"{name} ({kind})" if name and kind and kind not in name.lower() else name or kind
