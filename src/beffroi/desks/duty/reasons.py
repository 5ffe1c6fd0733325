"""The reasons that fusion and dispatch give, as sentences: each code with its figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beffroi.desks import spelling
from beffroi.desks.duty import words
from beffroi.during.dispatch.rules.words import WORDS as DISPATCH

REASONS: Mapping[str, Promise] = {
    "fusion.alone": _("true %(percent)s %% of the time when it comes alone"),
    "fusion.device_silent": _("the device no longer answers"),
    "fusion.at_night": _("at night, when fewer people are about"),
    "fusion.place_unknown": _("its place is not known"),
    "fusion.same_device": _("same device"),
    "fusion.same_source": _("same source"),
    "fusion.near_by_road": _("at %(metres)s"),
    "fusion.near_by_line": _("at %(metres)s"),
    "fusion.near_in_time": _("%(seconds)s from the nearest sign"),
    "fusion.independent": _("an independent source"),
    "fusion.not_independent": _("not independent of the others"),
    "fusion.camera_pace": _("a camera that sees someone every %(minutes)s min at this hour"),
    "fusion.busy_camera": _("a camera that sees someone every %(seconds)s at this hour"),
    "fusion.anyone": _("may be anyone: this camera sees someone every %(seconds)s at this hour"),
    "fusion.seen_elsewhere": _("also a sign of another incident"),
    "fusion.record": _("%(false)s false alarms out of %(total)s"),
    "fusion.late": _("received %(seconds)s late"),
    "fusion.clock_ahead": _("its clock is %(seconds)s ahead"),
    "fusion.near_a_closed_one": _("near an incident closed lately"),
    "fusion.signal_repeated": _("reported again"),
    "fusion.signal_kept": _("kept: true %(percent)s %% of the time alone"),
    "fusion.signal_found_again": _("%(minutes)s min before, at %(metres)s"),
    "fusion.confirmed": _("enough independent signs agree"),
    "fusion.repeated": _("said %(times)s times"),
    "fusion.restored_by_panel": _("the panel went back to rest"),
    "fusion.ended_by_source": _("its own source says that it is over"),
    "fusion.cancelled_by_panel": _("cancelled at the panel"),
    "fusion.silent_nearby": _("%(device)s no longer answers, for %(minutes)s min"),
    "fusion.all_silent": _("%(sources)s sources silent at once (our network?)"),
    "fusion.deaf": _("Beffroi no longer hears %(sources)s sources"),
    "fusion.device_back": _("back after %(seconds)s"),
    "fusion.seen_before": _("seen %(seconds)s before, at %(metres)s"),
    "fusion.flapping": _("went off %(times)s times in an hour: counts for less"),
    "fusion.part_of_storm": _("one of many at once: counts for little alone"),
    "fusion.outage": _("%(devices)s devices fell silent together"),
    "fusion.outage_over": _("all answer again, after %(seconds)s"),
    "fusion.series": _("%(devices)s detectors went off together"),
    "fusion.backlog": _("alarms of %(devices)s devices came late together"),
    "fusion.device_well": _("the device is well"),
    "fusion.not_a_sign": _("not a sign by itself"),
    "fusion.nothing_to_amend": _("nothing open to amend"),
    "fusion.closed_by_person": _("closed by a person"),
    "fusion.merged_by_person": _("merged by a person"),
    "fusion.split_by_person": _("split by a person"),
}
# Which reasons say more than the kind of their sign does: they stand in its place.
INSTEAD = ("fusion.silent_nearby", "fusion.deaf", "fusion.all_silent")
# Which reasons are worth the little room beside a sign, the best first.
BESIDE = (
    "fusion.signal_found_again",
    "fusion.flapping",
    "fusion.part_of_storm",
    "fusion.anyone",
    "fusion.record",
    "fusion.late",
    "fusion.clock_ahead",
    "fusion.cancelled_by_panel",
    "fusion.near_by_road",
    "fusion.near_by_line",
)


def _figures(params: Mapping[str, Any]) -> dict[str, str]:
    made = {name: str(value) for name, value in params.items()}
    for name in params:
        if name in ("seconds", "seconds_old", "eta_s"):
            made[name] = spelling.duration(float(params[name]))
        elif name == "metres":
            made[name] = spelling.metres(float(params[name]))
        elif name == "kind":
            made[name] = words.said(words.KINDS, str(params[name]))
        elif name == "state":
            made[name] = words.said(words.UNIT_STATES, str(params[name]))
    return made


def _days(params: Mapping[str, Any]) -> dict[str, Any]:
    """The same figures, an instant as the day and the hour that it is here."""
    made = dict(params)
    if "back" in made:
        made["back"] = date_format(timezone.localtime(datetime.fromisoformat(str(made["back"]))), "D H:i")
    return made


def said(code: str, params: Mapping[str, Any]) -> str:
    """A reason as a sentence; its code where it has no words yet."""
    try:
        if code in DISPATCH:
            return gettext(DISPATCH[code]).format(**_days(params))
        return str(REASONS[code]) % _figures(params)
    except (KeyError, ValueError):  # no words yet, or written by an older version without these figures
        return code
