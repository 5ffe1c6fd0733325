"""Who answers for the grounds of a look: its purpose, and the prefect's order that covers the camera.

A purpose is a code of `rules.PURPOSES`; `incident` names the incident too: `incident:<identifier>`. Whether
that one is open is answered by the room that holds incidents, which registers itself with `keep_references`.
"""

from __future__ import annotations

from typing import Protocol

from django.utils import timezone

from beffroi.eyes import rules
from beffroi.eyes.models import Camera
from beffroi.foundation.errors import NotFound
from beffroi.people.grounds import Answer, Question
from beffroi.territory import queries as territory

#: What is named as the order where the camera belongs to an exercise.
EXERCISE = "exercise"


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
        """Whether the order that the camera was declared with covers it today."""
        _device, _colon, device = question.resource.partition(":")
        row = Camera.objects.filter(territory_key=question.territory or "", device=device).first()
        if row is None:
            return Answer(False)
        today = timezone.localdate(question.at)
        exercise = key == EXERCISE and is_exercise(row.territory_key, device)
        named = row.order if key == row.order else ""
        return Answer(rules.order_stands(named, row.order_until, today, exercise=exercise))


def is_exercise(territory_key: str, device: str) -> bool:
    """Whether a device belongs to an exercise."""
    try:
        return territory.device(territory_key, device).exercise
    except NotFound:
        return False


PURPOSES = Purposes()
ORDERS = Orders()
