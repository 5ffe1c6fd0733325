"""The time ledger, the procedure and the notes of an incident."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import get_language, gettext

from beffroi.desks import spelling
from beffroi.desks.duty import words
from beffroi.desks.duty.shown import Step, Todo
from beffroi.during.incident import procedures
from beffroi.during.incident.models import Incident, Note
from beffroi.people import queries as people

# Steps shown, and whether only a wide sheet has room for them.
SHOWN = (
    ("seen", "seen_at", False),
    ("received", "received_at", True),
    ("fused", "fused_at", False),
    ("confirmed", "confirmed_at", False),
    ("acknowledged", "acknowledged_at", False),
    ("dispatched", "dispatched_at", False),
    ("on_scene", "on_scene_at", False),
    ("resolved", "resolved_at", True),
)
EXPECTED = ("confirmed", "acknowledged", "dispatched", "on_scene", "resolved")


def steps(incident: Incident) -> tuple[Step, ...]:
    """The ledger: the first time absolute, then what each step added since; the next one lit."""
    start: datetime = incident.seen_at
    found: list[Step] = []
    waiting = incident.phase == "decide"
    for code, field, wide in SHOWN:
        at: datetime | None = getattr(incident, field)
        name = words.said(words.LEDGER, code)
        if code == "seen":
            found.append(Step(name, at=at, state="done", wide=wide))
        elif at is not None:
            found.append(Step(name, time=_added((at - start).total_seconds()), state="done", wide=wide))
        else:
            lit = waiting and code == ("dispatched" if incident.acknowledged_at else "acknowledged")
            found.append(Step(name, state="next" if lit else "", wide=wide))
    return tuple(found)


def _added(seconds: float) -> str:
    text = spelling.added(seconds)
    return text.replace(".", ",") if get_language() == "fr" else text


def todo(incident: Incident) -> tuple[Todo, ...]:
    """The procedure's steps: what is done, what is now to be done."""
    done = {step.step: step.at for step in incident.steps.all()}
    if incident.dispatched_at:
        done["send_unit"] = incident.dispatched_at
    if incident.doubt_lifted_at:
        done["lift_doubt"] = incident.doubt_lifted_at
    found = []
    lit = incident.phase == "decide"
    for step in procedures.for_act(incident.act).steps:
        at = done.get(step.code)
        state = "done" if at else "cur" if lit else ""
        lit = lit and bool(at)
        found.append(Todo(words.said(words.STEPS, step.code), step.key if step.does else "", state, at))
    return tuple(found)


def procedure(incident: Incident) -> str:
    """Which version of the procedure it is."""
    version = procedures.for_act(incident.act).version.rpartition("/")[2]
    return gettext("procedure version %(version)s") % {"version": version}


def notes(incident: Incident) -> tuple[tuple[datetime, str, str], ...]:
    """What people wrote, the newest first: when, who, what."""
    rows = list(Note.objects.filter(incident=incident).order_by("-at"))
    names = people.names_of({f"member:{row.member}" for row in rows})
    return tuple((row.at, names.get(f"member:{row.member}", ""), row.text) for row in rows)
