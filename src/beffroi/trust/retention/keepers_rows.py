"""The tables that hold what persons told, wrote and did, and where they were."""

from __future__ import annotations

from django.db.models import Q

from beffroi.before.signal.models import Signal
from beffroi.during.crisis.models import Crisis
from beffroi.during.crisis.models import Decision as CrisisDecision
from beffroi.during.dispatch.models import Mission, Ranking, Shift, Tap
from beffroi.during.fusion.models import Sign
from beffroi.during.incident.models import Handover, Note, ShiftNote
from beffroi.during.intake.models import Unread
from beffroi.eyes.models import Hold as CameraHold
from beffroi.eyes.models import Look
from beffroi.territory.models import PatrolUnit
from beffroi.trust.retention.tables import Rows

_WRITTEN = {"text": "", "salt": b""}
_PLACE = "incident__territory_key"
_INCIDENT = {"incident": "incident_id"}

ROWS = (
    Rows(
        "signs", "fusion", Sign, "received_at", "hypothesis__territory_key",
        {"incident": "hypothesis_id", "device": "device", "observation": "observation_id"},
        {"observation": {}, "salt": b""}, "digest",
    ),
    Rows("signals", "signals", Signal, "received_at", "territory", {"signal": "id"}),
    Rows("notes", "notes", Note, "at", _PLACE, _INCIDENT, _WRITTEN, "digest"),
    Rows("notes", "handovers", Handover, "at", _PLACE, _INCIDENT, _WRITTEN, "digest"),
    Rows(
        "notes", "shift notes", ShiftNote, "at", "territory_key", {}, _WRITTEN, "digest",
        only=lambda: Q(ended_at__isnull=False),
    ),
    Rows(
        "notes", "reasons", Mission, "sent_at", "territory_key", _INCIDENT | {"unit": "unit"},
        {"override_text": "", "override_salt": b""}, only=lambda: ~Q(override_text=""),
    ),
    Rows("crisis", "crisis decisions", CrisisDecision, "at", "crisis__territory_key",
         {"crisis": "crisis_id"}, _WRITTEN, "digest"),
    Rows(
        "crisis", "crisis ends", Crisis, "ended_at", "territory_key", {"crisis": "id"},
        {"left": "", "left_salt": b""}, only=lambda: ~Q(left=""),
    ),
    Rows(
        "positions", "units", PatrolUnit, "position_at", "territory__key", {"unit": "key"},
        {"lat": None, "lon": None, "radius_m": 0.0, "heading_deg": None, "position_at": None},
    ),
    Rows(
        "positions", "ways", Ranking, "incident__resolved_at", _PLACE, _INCIDENT,
        only=lambda: Q(incident__resolved_at__isnull=False),
    ),
    Rows("shifts", "presses", Tap, "received_at", "shift__territory_key", {"unit": "shift__unit"}),
    Rows(
        "shifts", "crews", Shift, "ended_at", "territory_key", {"unit": "unit"},
        only=lambda: Q(ended_at__isnull=False, taps__isnull=True),
    ),
    Rows(
        "looks", "looks", Look, "ended_at", "territory_key", {"device": "device"},
        only=lambda: Q(ended_at__isnull=False),
    ),
    Rows(
        "looks", "movements", CameraHold, "ended_at", "territory_key", {"device": "device"},
        only=lambda: Q(ended_at__isnull=False),
    ),
    Rows("unread", "unread", Unread, "received_at", "territory_key"),
)  # fmt: skip
