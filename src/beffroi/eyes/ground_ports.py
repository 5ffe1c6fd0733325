"""Who answers for the grounds of a look: its purpose, the prefect's order, and who looks being accredited.

A purpose is a code of `rules.PURPOSES`; `incident` names the incident too: `incident:<identifier>`. Whether
that one is open is answered by the room that holds incidents, which registers itself with `keep_references`.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol
from uuid import UUID

from django.utils import timezone

from beffroi.eyes import rules
from beffroi.foundation.errors import NotFound
from beffroi.people.grounds import Answer, Question
from beffroi.people.orders import queries as orders
from beffroi.people.orders import rules as order_rules
from beffroi.people.orders.queries import Covering
from beffroi.people.orders.shown import OrderView
from beffroi.territory import queries as territory

#: What is named as order and accreditation where the camera belongs to an exercise: it films nobody.
EXERCISE = "exercise"
#: What is named where no order covers the camera, so that the answer says so.
NO_ORDER = "none"


class References(Protocol):
    """Says whether an incident is open now, in that territory."""

    def __call__(self, reference: str, territory: str) -> bool: ...


_references: list[References] = []


def keep_references(answer: References) -> None:
    """Let `answer` say which incidents are open; the last one registered counts."""
    _references[:] = [answer]


class Purposes:
    """The port of the ground `purpose`."""

    def confirm(self, key: str, question: Question) -> Answer:
        """Whether the purpose is one of the list; an incident must be open in the territory."""
        purpose, _colon, reference = key.partition(":")
        if purpose not in rules.PURPOSES or (purpose != rules.INCIDENT and reference):
            return Answer(False)
        if purpose != rules.INCIDENT:
            return Answer(True)
        return Answer(
            bool(_references) and any(open_in(reference, question.territory or "") for open_in in _references)
        )


class Orders:
    """The port of the ground `order`."""

    def confirm(self, key: str, question: Question) -> Answer:
        """Whether the order named covers the camera today, and holds the purpose of the look."""
        territory_key, device = question.territory or "", question.resource.partition(":")[2]
        if key == EXERCISE:
            return Answer(is_exercise(territory_key, device))
        day = timezone.localdate(question.at)
        named = [each for each in _covering(territory_key, device, day) if each.number == key]
        if not named:
            return Answer(False, "people.no_order")
        purpose, _colon, _reference = question.grounds.purpose.partition(":")
        carried = any(order_rules.carries(each.purposes, purpose) for each in named)
        return Answer(carried, "" if carried else "people.order_other_purpose")


class Accreditations:
    """The port of the ground `accreditation`: who looks is named, by the law and by the register."""

    def confirm(self, key: str, question: Question) -> Answer:
        """Whether the member may look at images in the territory today."""
        territory_key, device = question.territory or "", question.resource.partition(":")[2]
        if key == EXERCISE:
            return Answer(is_exercise(territory_key, device))
        day = timezone.localdate(question.at)
        allowed = key == str(question.member) and orders.may_look(question.member, territory_key, day)
        return Answer(allowed, "" if allowed else "people.not_accredited")


def order_for(territory_key: str, device: str, purpose: str) -> str:
    """The number of the order to name for a look: one that holds its purpose, else any that covers."""
    found = _covering(territory_key, device, orders.today())
    held = [each for each in found if order_rules.carries(each.purposes, purpose)]
    return (held or found)[0].number if found else NO_ORDER


def still_allowed(member: UUID, territory_key: str, device: str, purpose: str) -> bool:
    """Whether an order still covers the camera for that purpose, and the member is still accredited."""
    found = _covering(territory_key, device, orders.today())
    return any(order_rules.carries(each.purposes, purpose) for each in found) and orders.may_look(
        member, territory_key
    )


def _covering(territory_key: str, device: str, day: date) -> list[OrderView]:
    try:
        position = territory.device(territory_key, device).position
    except NotFound:
        return []
    return Covering(territory_key, day).all_of(device, position)


def is_exercise(territory_key: str, device: str) -> bool:
    """Whether a device belongs to an exercise."""
    try:
        return territory.device(territory_key, device).exercise
    except NotFound:
        return False


PURPOSES = Purposes()
ORDERS = Orders()
ACCREDITATIONS = Accreditations()
