"""The time ledger, the procedure and the notes of an incident, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import get_language, gettext

from beffroi.desks import spelling
from beffroi.desks.duty import words, words_more
from beffroi.desks.duty.shown import Step, Todo
from beffroi.during.incident.shown import IncidentView, Moment, NoteView, StepView
from beffroi.people import queries as people

# What the ledger leaves out, and what only a wide sheet has room for.
HIDDEN = ("fused", "en_route")
#: How many steps a sheet has room for on a laptop.
NEAR = 3
WIDE = ("received", "resolved")


def steps(incident: IncidentView, moments: Sequence[Moment]) -> tuple[Step, ...]:
    """The ledger: the first time absolute, then how long after it each step came; the next one lit."""
    waiting = incident.phase == "decide"
    lit = "dispatched" if incident.acknowledged_at else "acknowledged"
    found = []
    for moment in moments:
        if moment.step in HIDDEN:
            continue
        done = moment.at is not None
        first = moment.step == "seen"
        found.append(
            Step(
                words.said(words.LEDGER, moment.step),
                time="" if first or moment.seconds is None else _added(moment.seconds),
                at=moment.at if first else None,
                state="done" if done else "next" if waiting and moment.step == lit else "",
                wide=moment.step in WIDE,
            )
        )
    return tuple(found)


def _added(seconds: float) -> str:
    text = spelling.added(seconds)
    return text.replace(".", ",") if get_language() == "fr" else text


def todo(steps: Iterable[StepView]) -> tuple[Todo, ...]:
    """The procedure's steps: what is done, what is now to be done."""
    found = list(steps)
    shown = _near([step for step in found if step.sort != "never"])
    names = people.names_of({step.done_by for step in found if step.done_by.startswith("member:")})
    return tuple(
        Todo(
            step.code,
            words.said(words_more.STEPS, step.code),
            KEYS.get(step.does, ""),
            "done" if step.done_at else "cur" if step.current else "",
            step.done_at,
            step.does or "tick",
            step.sort,
            names.get(step.done_by, ""),
            far=step.sort != "never" and step.code not in shown,
        )
        for step in found
    )


def _near(steps: Sequence[StepView]) -> frozenset[str]:
    """The steps that are always shown: the present one and those next to it, three in all."""
    now = next((index for index, step in enumerate(steps) if step.current), 0)
    start = max(0, min(now, len(steps) - NEAR))
    return frozenset(step.code for step in steps[start : start + NEAR])


# The desk's own key for what the house does at a step.
KEYS = {"send": "E", "lift_doubt": "D", "hand_over": "P"}


def procedure(name: str) -> str:
    """Which version of the procedure it is."""
    version = name.rpartition("/")[2]
    return gettext("procedure version %(version)s") % {"version": version} if version else ""


def notes(found: Sequence[NoteView]) -> tuple[tuple[datetime, str, str], ...]:
    """What people wrote, the newest first: when, who, what."""
    names = people.names_of({f"member:{note.member}" for note in found})
    return tuple((note.at, names.get(f"member:{note.member}", ""), note.text) for note in found)
