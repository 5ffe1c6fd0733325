"""What is said to the 17, 18 or 15: an account of the incident, and its words in French, whoever reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from beffroi.desks import spelling
from beffroi.desks.duty import around, words, words_more
from beffroi.during.dispatch import queries as dispatch
from beffroi.during.dispatch.shown import MissionView
from beffroi.during.fusion.queries import SignView
from beffroi.during.incident import queries, rules_handing
from beffroi.during.incident.shown import Doubt, IncidentView, Sheet
from beffroi.foundation import clock
from beffroi.foundation.errors import NotFound
from beffroi.foundation.geography import Position
from beffroi.foundation.settings import current
from beffroi.territory import queries as territory

SIGNS_SAID = 5
LANGUAGE = "fr"


@dataclass(frozen=True, slots=True)
class Account:
    """All that a service is told of an incident, before any words: a message of theirs takes the same.

    `access`: the street by which one gets there; `missions`: the units on their way or there.
    """

    town: str
    incident: IncidentView
    sheet: Sheet
    access: str
    signs: tuple[SignView, ...]
    missions: tuple[MissionView, ...]
    unit_names: dict[str, str]
    call_back: str
    at: datetime

    @property
    def place(self) -> Position | None:
        """Where it is, with its doubt (m); None where nobody knows."""
        each = self.incident
        return None if each.lat is None or each.lon is None else Position(each.lat, each.lon, each.radius_m)

    @property
    def service(self) -> str:
        """The service that this act calls for first."""
        return rules_handing.first_service(self.incident.act)


def account(incident: UUID) -> Account:
    """Gather it. Raises UnknownIncident."""
    sheet = queries.sheet(incident)
    view = sheet.incident
    coming = tuple(each for each in dispatch.missions_of(incident) if each.ended_at is None)
    ordered = sorted(sheet.signs, key=lambda each: each.seen_at)
    said = {each.kind + each.device: each for each in ordered}  # the last of what one device said again
    return Account(
        town=territory.territory(view.territory).name,
        incident=view,
        sheet=sheet,
        access=_access(view),
        signs=tuple(sorted(said.values(), key=lambda each: each.seen_at))[-SIGNS_SAID:],
        missions=coming,
        unit_names={each.key: each.name for each in territory.units(view.territory)},
        call_back=current().duty_phone,
        at=clock.now(),
    )


def _access(view: IncidentView) -> str:
    if view.lat is None or view.lon is None:
        return ""
    try:
        return territory.streets(view.territory).street_name(view.lat, view.lon)
    except NotFound:
        return ""


def lines(told: Account) -> list[tuple[str, str]]:
    """What is read out: a heading and its sentence, in French."""
    with translation.override(LANGUAGE):
        return [
            (gettext("Who calls"), _who(told)),
            (gettext("What"), _what(told)),
            (gettext("Where"), _where(told)),
            (gettext("Since when"), _since(told)),
            (gettext("What is known"), _known(told)),
            (gettext("Who is on the way"), _coming(told)),
            (gettext("Call back"), _back(told)),
        ]


def text(told: Account) -> str:
    """The same as plain text, to be copied."""
    return "\n".join(f"{heading.upper()} : {sentence}" for heading, sentence in lines(told))


def _time(at: datetime) -> str:
    return timezone.localtime(at).strftime("%H:%M:%S")


def _who(told: Account) -> str:
    said = gettext("Duty desk of %(town)s.") % {"town": told.town}
    if told.incident.exercise:
        return gettext("EXERCISE, EXERCISE, EXERCISE.") + " " + said
    return said


def _what(told: Account) -> str:
    each = told.incident
    parts = [words.title(each.act, each.state) + "."]
    if each.life:
        parts.insert(0, gettext("A LIFE MAY BE IN DANGER."))
    if each.confirmed_at is not None:
        count = ngettext("%(number)d independent source", "%(number)d independent sources", each.independent)
        parts.append(gettext("Confirmed by %(sources)s.") % {"sources": count % {"number": each.independent}})
    elif told.sheet.doubt is None:
        parts.append(gettext("Not confirmed yet."))
    return " ".join(parts)


def _where(told: Account) -> str:
    each, place = told.incident, told.place
    parts = [f"{', '.join(part for part in (each.place_text, told.town) if part)}."]
    if told.access and told.access not in each.place_text:
        parts.append(gettext("Access by %(street)s.") % {"street": told.access})
    if place is not None:
        figures = f"{place.lat:.5f} ; {place.lon:.5f}".replace(".", ",")
        parts.append(gettext("Coordinates %(figures)s") % {"figures": figures})
        if place.radius_m:
            parts[-1] += " " + gettext("(within %(metres)d m)") % {"metres": round(place.radius_m)}
        parts[-1] += "."
    else:
        parts.append(gettext("The exact place is not known."))
    return " ".join(parts)


def _since(told: Account) -> str:
    each = told.incident
    ago = spelling.duration((told.at - each.seen_at).total_seconds())
    said = gettext("First sign at %(time)s, %(ago)s ago.") % {"time": _time(each.seen_at), "ago": ago}
    if each.last_sign_at > each.seen_at:
        said += " " + gettext("Last sign at %(time)s.") % {"time": _time(each.last_sign_at)}
    return said


def _known(told: Account) -> str:
    signs = [f"{_time(each.seen_at)} {around.sign_title(each)}" for each in told.signs]
    parts = [" ; ".join(signs) + "." if signs else gettext("No sign beside.")]
    if told.sheet.doubt is not None:
        parts.append(_lifted(told.sheet.doubt))
    level, meaning, _why = around.alarm(told.sheet.alarm)
    parts.append(
        gettext("Alarm level AVS-01: %(level)d, %(meaning)s.") % {"level": level, "meaning": meaning}
    )
    return " ".join(parts)


def _lifted(doubt: Doubt) -> str:
    how = words.said(words.DOUBT, doubt.how)
    return gettext("Doubt lifted at %(time)s, %(how)s.") % {"time": _time(doubt.at), "how": how}


def _coming(told: Account) -> str:
    if not told.missions:
        return gettext("Nobody yet.")
    return " ".join(_mission(each, told) for each in told.missions)


def _mission(each: MissionView, told: Account) -> str:
    name = told.unit_names.get(each.unit, each.unit)
    if each.on_scene_at is not None:
        return gettext("%(unit)s, on scene since %(time)s.") % {"unit": name, "time": _time(each.on_scene_at)}
    if each.expected_at is not None:
        times = {"unit": name, "sent": _time(each.sent_at), "time": _time(each.expected_at)}
        return gettext("%(unit)s, sent at %(sent)s, expected at %(time)s.") % times
    return gettext("%(unit)s, sent at %(sent)s.") % {"unit": name, "sent": _time(each.sent_at)}


def _back(told: Account) -> str:
    number = told.call_back or gettext("number not set")
    reference = gettext("incident %(reference)s") % {"reference": told.incident.reference}
    return f"{number}, {reference}."


def service_words(code: str) -> str:
    """A service in words."""
    return words.said(words_more.SERVICES, code)
