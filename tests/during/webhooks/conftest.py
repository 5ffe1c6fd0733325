"""A town whose journal moves, and a program that may follow it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from beffroi.during.incident import facts
from beffroi.during.webhooks import actions, courier, models
from beffroi.foundation import clock, settings
from beffroi.journal import actions as journal
from beffroi.people import actions as people
from beffroi.people import programs
from beffroi.people.models import Program

KEY = "town"
Configured = Callable[..., None]
Tell = Callable[..., int]


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[Configured]:
    """Settings of this test only."""

    def set_to(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"BEFFROI_{name.upper()}", str(value))
        settings.current.cache_clear()

    set_to(webhook_networks="127.0.0.0/8", webhook_timeout_seconds="1.0")
    yield set_to
    monkeypatch.undo()
    settings.current.cache_clear()


@dataclass
class Subscriber:
    """A program and its subscription."""

    program: Program
    id: UUID
    secret: str

    @property
    def row(self) -> models.Subscription:
        return models.Subscription.objects.get(pk=self.id)


@pytest.fixture
def program(db: None, configured: Configured) -> Program:
    """A program that may follow the log of the town."""
    people.create_installation(name="Town")
    people.know_territory(key=KEY)
    people.know_territory(key="other")
    organisation = people.create_organisation(name="Town", kind="commune")
    made = programs.make_program(
        name="SIG", organisation=organisation, scopes=["events:read"], days=30, territories=[KEY]
    )
    return Program.objects.get(pk=made.member.pk)


Subscribe = Callable[..., Subscriber]


@pytest.fixture
def subscribe(program: Program) -> Subscribe:
    """Subscribe the program."""

    def make(url: str, **more: object) -> Subscriber:
        made = actions.subscribe(program=program, url=url, **more)  # type: ignore[arg-type] - as given
        return Subscriber(program, made.id, made.secret)

    return make


@pytest.fixture
def tell() -> Tell:
    """Something happens; its feed position."""

    def append(fact: str = "opened", territory: str = KEY, number: int = 1) -> int:
        said = (
            facts.IncidentHandedOver(
                number=number, service="17", how="call", handover=str(uuid4()), digest="0" * 64
            )
            if fact == "handed_over"
            else facts.IncidentAcknowledged(number=number, seconds=1.0)
        )
        with transaction.atomic():
            made = journal.append(
                journal=f"territory:{territory}", fact=said, subject=f"incident:{uuid4()}", actor="system"
            )
        return made.position

    return append


def carry_all(seconds: float = 0.0) -> int:
    """Send what is due, as the courier does, so many seconds from now; how many were taken."""
    from datetime import timedelta

    at = clock.now() + timedelta(seconds=seconds)
    count = 0
    with clock.use(clock.FixedClock(at)):
        while due := courier.claim(at):
            taken = sum(courier.carry(each) for each in due)
            count += taken
            if not taken and not courier.claim(at):
                break
            if not taken:
                break
    return count
