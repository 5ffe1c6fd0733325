"""The vocabulary of looks in the reader's language: purposes, ways of the compass, ends, refusals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import dateformat, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, Promise]

PURPOSES: Words = {
    "incident": _("an open incident"),
    "prevention": _("safety of exposed places"),
    "rescue": _("rescue of people, fire"),
    "disaster": _("natural or technological risk"),
    "traffic": _("traffic"),
    "upkeep": _("upkeep of the camera"),
}
LOOKING: Words = {
    "n": _("looking north"),
    "ne": _("looking north-east"),
    "e": _("looking east"),
    "se": _("looking south-east"),
    "s": _("looking south"),
    "sw": _("looking south-west"),
    "w": _("looking west"),
    "nw": _("looking north-west"),
}
STANDING: Words = {
    "n": _("to the north"),
    "ne": _("to the north-east"),
    "e": _("to the east"),
    "se": _("to the south-east"),
    "s": _("to the south"),
    "sw": _("to the south-west"),
    "w": _("to the west"),
    "nw": _("to the north-west"),
}
ENDS: Words = {
    "closed": _("closed"),
    "left": _("left"),
    "time": _("time over"),
    "rights": _("right ended"),
}
CLOSED: Words = {
    "masked": _("masked"),
    "out_of_service": _("out of service"),
    "no_order": _("no prefect's order covers it"),
    "no_way": _("no image declared"),
    "exercise": _("not of this exercise"),
}
REFUSED: Words = {
    "people.no_role_here": _("no right to look there"),
    "people.ground_missing": _("no purpose, or no order"),
    "people.no_order": _("no prefect's order covers it"),
    "people.order_other_purpose": _("the order does not hold that purpose"),
    "people.not_accredited": _("not accredited to look"),
    "people.ground_not_standing": _("a purpose or an order that does not stand"),
    "eyes.masked": _("masked"),
    "eyes.out_of_service": _("out of service"),
    "eyes.exercise": _("an exercise, and a real camera"),
    "eyes.no_way": _("no address for it"),
    "eyes.too_many": _("too many looks at once"),
}


#: Why a camera may be taken from somebody.
REASONS: Words = {
    "life": _("a life is in danger"),
    "pursuit": _("somebody is being followed"),
    "services": _("the emergency services ask for it"),
    "supervisor": _("the supervisor decides"),
}
ACTS: Words = {
    "left": _("to the left"),
    "right": _("to the right"),
    "up": _("up"),
    "down": _("down"),
    "closer": _("closer"),
    "wider": _("wider"),
    "preset": _("to a preset"),
}
HOLD_ENDS: Words = {
    "released": _("let go"),
    "expired": _("time over"),
    "taken": _("taken"),
}


def span(start: datetime, end: datetime, now: datetime) -> tuple[str, str]:
    """The two times of a span by the town's clock, with the day where it is another than that of `now`."""

    def written(moment: datetime, beside: datetime) -> str:
        local = timezone.localtime(moment)
        time = local.strftime("%H:%M:%S")
        other_day = local.date() != timezone.localtime(beside).date()
        return f"{dateformat.format(local, 'j N')} {time}" if other_day else time

    return written(start, now), written(end, start)


def said(words: Words, code: str) -> str:
    """A code in the reader's language; the code itself where it has no words."""
    return str(words[code]) if code in words else code
