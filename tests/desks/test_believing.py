"""What a sign says of its place in a building."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import translation

from beffroi.desks.duty import believing
from beffroi.during.fusion.queries import SignView
from beffroi.foundation.identifiers import uuid7

pytestmark = pytest.mark.unit

AT = datetime(2026, 3, 1, 22, 15, tzinfo=UTC)


def sign(**content: Any) -> SignView:
    return SignView(
        observation=uuid7(),
        order=1,
        kind="fire.alarm",
        relation="sign",
        source="gtb",
        device="MAIRIE",
        seen_at=AT,
        received_at=AT,
        fused_at=AT,
        last_seen_at=AT,
        weight=1.0,
        share=50,
        metres=0,
        independent=True,
        repeats=0,
        digest="",
        content=content,
        reasons=[],
    )


def test_floor_and_zone_are_said_in_both_languages() -> None:
    found = [sign(floor="-1", zone="archives"), sign(zone="501"), sign()]
    for language, words in (("en", "floor -1, zone archives"), ("fr", "niveau -1, zone archives")):
        with translation.override(language):
            assert {each.note for each in believing.signs(found)} == {words, "zone 501", ""}


def test_the_same_zone_on_two_floors_is_two_lines() -> None:
    assert len(believing.signs([sign(floor="1", zone="couloir"), sign(floor="2", zone="couloir")])) == 2
    assert len(believing.signs([sign(floor="1", zone="couloir")] * 2)) == 1
