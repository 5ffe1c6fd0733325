"""The words of orders, agents and legal switches, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from beffroi.desks.duty.words import Words, said

PURPOSES: Words = {
    "public_buildings": _("public buildings and what is round them"),
    "national_defence": _("installations of national defence"),
    "traffic_flow": _("flow of traffic"),
    "traffic_offences": _("offences against the rules of traffic"),
    "public_safety": _("attacks on people and goods"),
    "terrorism": _("acts of terrorism"),
    "natural_risks": _("natural or technological risks"),
    "rescue": _("rescue and defence against fire"),
    "amusement_parks": _("amusement parks"),
    "insurance": _("vehicles that must be insured"),
    "dumping": _("waste left where it may not be"),
}
CAPABILITIES: Words = {
    "video_analytics": _("Programs that look at images by themselves"),
    "following": _("Following from camera to camera, by appearance"),
    "plates": _("Number plates read by a program"),
    "image_sharing": _("Images shown to another body"),
    "recording_search": _("Recordings searched by appearance"),
}
STATES: Words = {
    "stands": _("in force"),
    "to_come": _("to come"),
    "ended": _("ended"),
    "withdrawn": _("withdrawn"),
}
AGENTS: Words = {
    "agent": _("agent of the service"),
    "state": _("designated by the State"),
}
REFUSED: Words = {
    "cut": _("The journal is shorter than what was witnessed: its end was cut off."),
    "fork": _("Another journal of as many entries was witnessed: it was rebuilt and signed again."),
    "rewritten": _("What was witnessed is no longer its beginning: entries were changed."),
    "hidden": _("A restore hides what was lost: it names an older head than the one witnessed."),
}
FACTS: Words = {
    "order.registered": _("Prefect's order registered"),
    "order.covers": _("Cameras of an order changed"),
    "order.withdrawn": _("Prefect's order withdrawn"),
    "agent.accredited": _("Agent accredited"),
    "agent.withdrawn": _("Accreditation withdrawn"),
    "switch.turned_on": _("Legal switch turned on"),
    "switch.turned_off": _("Legal switch turned off"),
    "witness.added": _("Witness added"),
    "witness.removed": _("Witness removed"),
    "witness.refused": _("A witness refuses our log"),
    "witness.log_trusted": _("Heads of another installation kept"),
    "witness.log_refused": _("The log of another installation was rewritten"),
}

#: Fields and reasons of the registers' refusals, whose own words are English: named here to be translated.
REFUSALS = (
    gettext_noop("number"),
    gettext_noop("authority"),
    gettext_noop("purposes"),
    gettext_noop("places"),
    gettext_noop("perimeter"),
    gettext_noop("devices"),
    gettext_noop("starts_on"),
    gettext_noop("ends_on"),
    gettext_noop("retention_days"),
    gettext_noop("kind"),
    gettext_noop("service"),
    gettext_noop("order"),
    gettext_noop("member"),
    gettext_noop("capability"),
    gettext_noop("basis"),
    gettext_noop("is missing"),
    gettext_noop("is too long"),
    gettext_noop("is missing, or too long"),
    gettext_noop("is registered already"),
    gettext_noop("give a day"),
    gettext_noop("choose somebody"),
    gettext_noop("it ends before it starts"),
    gettext_noop("it lasts longer than five years (CSI L252-4)"),
    gettext_noop("it lasts too long: the decision must be taken again before"),
    gettext_noop("images are kept a day to a month (CSI L252-5)"),
    gettext_noop("an order names at least one purpose of CSI L251-2"),
    gettext_noop("it names a purpose that CSI L251-2 does not"),
    gettext_noop("an order names cameras or a perimeter"),
    gettext_noop("a perimeter has at least three corners"),
    gettext_noop("a corner is a latitude and a longitude, in degrees"),
    gettext_noop("is neither of the service nor of the State"),
    gettext_noop("does not let the State have the images"),
    gettext_noop("is none that a switch allows"),
)


def registered(body: dict[str, Any]) -> str:
    """What was registered, by its number; a switch by what it allows."""
    if "capability" in body:
        return f"{said(CAPABILITIES, body['capability'])}, {body['number']}"
    return str(body.get("number") or body.get("journal") or body.get("log") or "")
