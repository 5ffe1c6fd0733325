"""What the pages of conventions and of rights show, in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext

from beffroi.desks.duty.words import said
from beffroi.desks.oversight import words_conventions as words
from beffroi.desks.oversight.reading import towns
from beffroi.foundation import clock
from beffroi.people.catalogue import catalogue
from beffroi.people.conventions import asking, queries, rules
from beffroi.people.conventions.asking import Change, Could
from beffroi.people.conventions.shown import ConventionView, PartView
from beffroi.people.models import KnownTerritory, Organisation
from beffroi.people.orders.queries import Covering
from beffroi.territory import queries as territory


@dataclass(frozen=True, slots=True)
class Line:
    """A convention in words; `towns` are its territories' names."""

    view: ConventionView
    state: str
    kind: str
    matters: tuple[str, ...]
    purposes: tuple[str, ...]
    hours: tuple[str, ...]
    towns: tuple[str, ...]
    gives: tuple[str, ...]
    receives: tuple[str, ...]
    in_force: bool
    draft: bool


def english() -> bool:
    """Whether the reader reads English."""
    return (get_language() or "fr").startswith("en")


def act_words(action: str) -> str:
    """An action of the catalogue in the reader's language."""
    each = catalogue().actions[action]
    return each.en if english() else each.fr


def line(view: ConventionView, named: Mapping[str, str]) -> Line:
    """A convention in words."""
    return Line(
        view=view,
        state=said(words.STATES, view.state),
        kind=said(words.KINDS, view.kind),
        matters=tuple(said(words.MATTERS, each) for each in view.matters),
        purposes=tuple(said(words.PURPOSES, each) for each in view.purposes),
        hours=tuple(hours_words(each) for each in view.hours),
        towns=tuple(named.get(each, each) for each in view.places),
        gives=tuple(each.name for each in view.parts if each.gives),
        receives=tuple(each.name for each in view.parts if each.receives),
        in_force=view.state == "in_force",
        draft=view.state == "draft",
    )


def hours_words(text: str) -> str:
    """Hours of the week with the reader's names of days."""
    days, _space, span = text.partition(" ")
    names = {key: str(name) for key, name in words.DAYS}
    return f"{', '.join(names[each] for each in days.split(','))}, {span.replace('-', ' – ')}"


def mine(organisation: Any, keys: Collection[str]) -> list[Line]:
    """The conventions that a member may know of."""
    found = queries.conventions(organisation=organisation, territories=keys)
    named = towns({key for each in found for key in each.places})
    return [line(each, named) for each in found]


def offered(keys: Collection[str]) -> dict[str, Any]:
    """What the form that draws a convention up offers."""
    owners = KnownTerritory.objects.filter(key__in=keys).select_related("organisation").order_by("key")
    named = towns(keys)
    return {
        "offered_places": [
            (each.key, named.get(each.key, each.key), each.organisation.name if each.organisation else "")
            for each in owners
        ],
        "offered_organisations": Organisation.objects.order_by("name"),
        "offered_matters": [(key, said(words.MATTERS, key)) for key in rules.MATTERS],
        "offered_purposes": [(key, said(words.PURPOSES, key)) for key in rules.PURPOSES],
        "offered_days": words.DAYS,
        "longest_help": rules.LONGEST_HELP_HOURS,
    }


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """Who gains or loses, in words."""

    change: Change
    gains: tuple[tuple[str, str], ...]
    loses: tuple[tuple[str, str], ...]


def changes(view: ConventionView) -> list[ChangeLine]:
    """Who gains and who loses by a draft."""
    found = asking.changes(view)
    named = towns({key for each in found for _act, keys in (*each.gains, *each.loses) for key in keys})

    def told(rows: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((act_words(act), ", ".join(named.get(key, key) for key in keys)) for act, keys in rows)

    return [ChangeLine(each, told(each.gains), told(each.loses)) for each in found]


def how(part: PartView) -> str:
    """How a party signed."""
    return gettext("on paper") if part.how == "paper" else gettext("on screen")


@dataclass(frozen=True, slots=True)
class CouldLine:
    """Somebody who could, and why, in words."""

    could: Could
    roles: str
    conventions: str
    grounds: tuple[str, ...]
    stopped: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Who could do an act, where, at an instant; `order` is the order that covers the camera then."""

    act: str
    town: str
    device: str
    at: datetime
    lines: tuple[CouldLine, ...]
    order: str
    uncovered: bool


def answer(action: str, key: str, device: str, at: datetime | None) -> Answer:
    """Who could, with roles, conventions, grounds, the order of the camera and accreditations."""
    when = at or clock.now()
    needs_order = "order" in catalogue().actions[action].grounds
    order, uncovered, name = "", False, ""
    if device:
        found = next((each for each in territory.devices(key, kinds=["camera"]) if each.key == device), None)
        name = (found.name or found.key) if found else device
        covering = Covering(key, timezone.localdate(when)).of(device, found.position if found else None)
        order, uncovered = (covering.number if covering else ""), needs_order and covering is None
    titles = {each.name: each.title for each in queries.conventions(territories=[key])}
    lines = tuple(_could(each, titles, uncovered) for each in asking.who_could(action, key, when))
    return Answer(act_words(action), towns([key]).get(key, key), name, when, lines, order, uncovered)


def _could(each: Could, titles: Mapping[str, str], uncovered: bool) -> CouldLine:
    roles = catalogue().roles
    stopped = ""
    if uncovered:
        stopped = gettext("No order covers the camera that day.")
    elif each.accredited is False:
        stopped = gettext("Not accredited that day.")
    return CouldLine(
        could=each,
        roles=", ".join(roles[key].en if english() else roles[key].fr for key in each.roles),
        conventions=", ".join(f"{titles.get(name, '')} ({name})".strip() for name in each.conventions),
        grounds=tuple(said(words.GROUNDS, ground) for ground in each.grounds),
        stopped=stopped,
    )


def asked_acts() -> list[tuple[str, str]]:
    """Acts that may be asked about: all of the catalogue that lie in a territory, by their words."""
    found = [
        (each.key, act_words(each.key)) for each in catalogue().actions.values() if each.at == "territory"
    ]
    return sorted(found, key=lambda each: each[1].casefold())
