"""What is wrong with the platform itself is said where somebody watches."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from tests.desks.conftest import Town

from beffroi.desks.duty import troubles
from beffroi.foundation import clock
from beffroi.journal import actions as journal

pytestmark = [pytest.mark.desk, pytest.mark.django_db]


def _set(by: timedelta) -> None:
    with transaction.atomic():
        journal.tell_clock_stepped(by=by, now=clock.now())


def test_a_clock_that_was_set_is_said_in_both_languages(town: Town) -> None:
    assert "clock was set" not in town.signed_in(town.operator).get("/veille/").content.decode()
    _set(timedelta(hours=-1))
    assert "The clock was set back by 1" in town.signed_in(town.operator).get("/veille/").content.decode()
    assert "L’horloge a reculé de 1" in town.signed_in(town.operator, "fr").get("/veille/").content.decode()
    _set(timedelta(days=1))
    assert "set forward by 24" in town.signed_in(town.operator).get("/veille/").content.decode()


def test_little_room_is_said(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(troubles, "_LOW_BYTES", 1 << 62)
    assert "nearly full" in town.signed_in(town.operator).get("/veille/").content.decode()
