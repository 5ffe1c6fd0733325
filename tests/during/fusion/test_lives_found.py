"""What may concern a life is found in the stored bytes: never one too few."""

from __future__ import annotations

import pytest
from tests.during.intake.shapes import observation

from beffroi.during.fusion.rules.kinds import may_concern_a_life, sense_of
from beffroi.during.intake.kinds import KINDS
from beffroi.during.intake.spool import encode

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("content", [{}, {"severity": "alert"}, {"life": True}, {"life": False}])
def test_what_concerns_a_life_is_found(kind: str, content: dict[str, object]) -> None:
    each = observation("k", kind=kind, content=content)
    if sense_of(each).life:
        assert may_concern_a_life(encode(each).content)


def test_what_passes_by_the_thousand_is_not_decoded_for_it() -> None:
    content = {"label": "panic.holdup", "track": "life", "zones": ["cour"]}
    for kind in ("presence.person", "intrusion.door", "technical.other"):
        assert not may_concern_a_life(encode(observation("k", kind=kind, content=content)).content)
