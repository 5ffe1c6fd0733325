"""Looks as the eyes write them, in the journal of a real small town."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import transaction
from tests.desks.conftest import Town, town

from beffroi.eyes.facts import LookOpened
from beffroi.foundation import clock
from beffroi.journal import actions as journal
from beffroi.people.models import Member

__all__ = ["Looked", "Town", "town"]

Looked = Callable[..., None]


@pytest.fixture
def looked(town: Town) -> Looked:
    """So many looks of a member through a camera, now."""

    def made(member: Member, count: int = 1, *, device: str = "C-1", purpose: str = "prevention") -> None:
        for _ in range(count):
            now = clock.now()
            fact = LookOpened(
                look=str(uuid4()), device=device, kind="live", purpose=purpose, until=now.isoformat()
            )
            with transaction.atomic():
                journal.append(
                    journal=f"territory:{town.key}", fact=fact, subject=f"device:{device}", actor=member.actor
                )

    return made
