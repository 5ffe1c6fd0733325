"""Why an incident is believed: its signs with their weight, and the cameras that face the place."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import msgspec
from django.utils.translation import gettext, ngettext

from beffroi.desks.duty import reasons, words, words_more
from beffroi.desks.duty.shown import Sign
from beffroi.during.fusion.queries import SignView
from beffroi.during.incident.shown import IncidentView
from beffroi.territory import queries as territory

SHOWN = 12
#: Where the sheet is short of room it shows this many: what comes first must be what matters most.
AT_FIRST = 4
AS_FAR_AS_M = 400.0


#: Kinds of what persons said: their words may be withheld, that they called is not.
SAID = ("report.", "signal.")


def signs(found: Sequence[SignView], *, with_words: bool = True) -> tuple[Sign, ...]:
    """The signs of an incident: earlier signals and the heaviest others, the newest first; then the rest.

    `with_words`: with what callers said.
    """
    told = _grouped(found)
    weighty = sorted(told, key=lambda each: (each.relation != "earlier_signal", -each.share))
    chosen, rest = weighty[:AT_FIRST], weighty[AT_FIRST:SHOWN]
    told = [each for part in (chosen, rest) for each in sorted(part, key=_newest_first)]
    return tuple(_sign(each, with_words=with_words or not each.kind.startswith(SAID)) for each in told)


def _newest_first(sign: SignView) -> float:
    return -sign.seen_at.timestamp()


def _grouped(found: Sequence[SignView]) -> list[SignView]:
    """One line for all that one device said of one kind: its newest time, its greatest weight, how often."""
    groups: dict[tuple[str, str, str, str], list[SignView]] = {}
    for each in found:
        zone = f"{each.content.get('floor', '')}/{each.content.get('zone', '')}"
        groups.setdefault((each.device or str(each.observation), each.kind, each.relation, zone), []).append(
            each
        )
    return [_together(group) for group in groups.values()]


def _together(group: list[SignView]) -> SignView:
    heaviest = max(group, key=lambda each: each.share)
    times = sum(each.repeats + 1 for each in group)
    return msgspec.structs.replace(heaviest, seen_at=max(each.seen_at for each in group), repeats=times - 1)


def _sign(sign: SignView, *, with_words: bool) -> Sign:
    title = words.said(words.KINDS, sign.kind)
    if sign.device and sign.kind.startswith("presence."):
        title = f"{sign.device}, {title[:1].lower()}{title[1:]}"
    given = {each["code"]: each.get("params", {}) for each in sign.reasons}
    title = next((reasons.said(code, given[code]) for code in reasons.INSTEAD if code in given), title)
    return Sign(
        at=sign.seen_at,
        icon=words.icon(sign.kind),
        title=title,
        note=_note(sign, with_words),
        weight=sign.share,
    )


def _note(sign: SignView, with_words: bool) -> str:
    given: dict[str, dict[str, Any]] = {each["code"]: each.get("params", {}) for each in sign.reasons}
    floor, zone = sign.content.get("floor", ""), sign.content.get("zone", "")
    if not with_words:
        floor, zone = "", ""
    parts = [gettext("floor %(floor)s") % {"floor": floor}] if floor else []
    parts += [f"zone {zone}"] if zone else []
    parts += [str(sign.content["unit"])] if sign.kind == "panic.crew" and "unit" in sign.content else []
    if with_words and (near := words_more.near(sign.content)):
        parts.append(gettext("near %(place)s") % {"place": near})
    parts += [reasons.said(code, given[code]) for code in reasons.BESIDE if code in given][:1]
    if sign.repeats:
        parts.append(f"× {sign.repeats + 1}")
    return ", ".join(parts)


def sources(incident: IncidentView) -> str:
    """How many sources agree that do not err together."""
    count = incident.independent
    return ngettext("%(number)d independent source", "%(number)d independent sources", count) % {
        "number": count
    }


def seeing(incident: IncidentView) -> tuple[str, ...]:
    """Cameras whose view, clipped by buildings, holds the place."""
    if incident.lat is None or incident.lon is None:
        return ()
    found = []
    for feature in territory.views(incident.territory)["features"]:
        ring = feature["geometry"]["coordinates"][0]
        if _holds(ring, incident.lat, incident.lon):
            found.append(str(feature["properties"]["key"]))
    return tuple(found)


def _holds(ring: list[list[float]], lat: float, lon: float) -> bool:
    """Whether a ring of [lon, lat] holds a point (even-odd rule); far rings are dropped at once."""
    if abs(ring[0][1] - lat) * 111_000 > AS_FAR_AS_M:
        return False
    inside = False
    for (x1, y1, *_), (x2, y2, *_) in itertools.pairwise(ring):
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside and math.isfinite(lon)
