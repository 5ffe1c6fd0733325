"""Observations and sources for the tests of intake."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from beffroi.during.intake.facts import Observation
from beffroi.foundation.identifiers import uuid7

T0 = datetime(2026, 3, 1, 22, 15, 0, tzinfo=UTC)


def observation(key: str, **changed: Any) -> Observation:
    """An observation named by `key`, with what the test changes."""
    plain: dict[str, Any] = {
        "id": uuid7(),
        "territory": "redon",
        "source": "PANEL-1",
        "key": key,
        "kind": "intrusion.door",
        "seen_at": T0,
        "received_at": T0,
        "device": "D-1",
        "content": {"code": "BA", "zone": "501"},
    }
    return Observation(**{**plain, **changed})
