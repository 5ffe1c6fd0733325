"""What a sensitive act rests on besides a role, and the ports through which rooms confirm it.

A room that holds requisitions, switches, orders or signatures answers for its ground by
`register("requisition", port)` when the house starts. A ground demanded and answered by nobody
keeps the door shut.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from beffroi.people import catalogue


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the member says the act rests on: keys of things that ports can look up ('' where none)."""

    purpose: str = ""
    requisition: str = ""
    switch: str = ""
    order: str = ""
    second_signature: str = ""
    accreditation: str = ""

    @property
    def purpose_code(self) -> str:
        """The purpose without what it refers to: `incident` of `incident:<identifier>`."""
        return self.purpose.partition(":")[0]

    def named(self, ground: str) -> str:
        """The key given for a ground, by the ground's name."""
        return str(getattr(self, ground))


NO_GROUNDS = Grounds()


@dataclass(frozen=True, slots=True)
class Question:
    """Which act a ground is asked to carry: who, what, where, on which thing, and when."""

    member: UUID
    action: str
    territory: str | None
    resource: str
    at: datetime
    grounds: Grounds = field(default=NO_GROUNDS)


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the ground stands, and the code of the reason when it does not."""

    stands: bool
    reason: str = ""


class Port(Protocol):
    """One ground's keeper. `key` is what the member named; the answer is about `question` only."""

    def confirm(self, key: str, question: Question) -> Answer: ...


_ports: dict[str, Port] = {}


def register(ground: str, port: Port) -> None:
    """Make `port` the keeper of a ground. Raises ValueError for an unknown ground or a second keeper."""
    if ground not in catalogue.GROUNDS:
        raise ValueError(f"{ground!r} is not a ground")
    if _ports.get(ground, port) is not port:
        raise ValueError(f"{ground} has a keeper already")
    _ports[ground] = port


def withdraw(ground: str) -> None:
    """Take a ground's keeper away: doors that demand it shut."""
    _ports.pop(ground, None)


def confirm(ground: str, question: Question) -> Answer:
    """Whether a ground stands for an act; says why not."""
    port = _ports.get(ground)
    if port is None:
        return Answer(False, "people.ground_unanswerable")
    key = question.grounds.named(ground)
    if not key:
        return Answer(False, "people.ground_missing")
    answer = port.confirm(key, question)
    return answer if answer.stands or answer.reason else Answer(False, "people.ground_not_standing")
