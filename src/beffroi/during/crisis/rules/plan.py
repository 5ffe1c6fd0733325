"""A plan communal de sauvegarde as data: levels, cells with their steps, messages for the population."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from beffroi.during.intake.connectors.cap import alert as cap
from beffroi.foundation.errors import Invalid

TEXT_MOST, MESSAGE_MOST, HOURS = 300, 1200, (1, 72)
#: The mayor decides in this one, whatever the plan calls it.
COMMAND = "command"
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


class BadPlan(Invalid):
    """A plan that cannot be put to work."""

    code = "crisis.bad_plan"
    advice = "Start from `beffroi crisis plan`, and change the words."


@dataclass(frozen=True, slots=True)
class Level:
    """How much of the plan is put to work, and the cells that begin with it."""

    key: str
    words: str
    help: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A group of people with one task: its words, and its steps (key, words)."""

    key: str
    words: str
    help: str
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A message ready for the population, in CAP's own vocabulary."""

    key: str
    words: str
    category: str
    event: str
    urgency: str
    severity: str
    certainty: str
    response: str
    headline: str
    description: str
    instruction: str
    hours: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole plan."""

    title: str
    levels: Mapping[str, Level]
    cells: Mapping[str, Cell]
    messages: Mapping[str, Draft]


def read(text: str) -> Plan:
    """A plan. Raises BadPlan, which names the place."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise BadPlan(where="file", why=str(broken)) from None
    if other := sorted(set(given) - {"title", "levels", "cells", "messages"}):
        raise BadPlan(where=other[0], why="is no part of a plan")
    cells = {key: _cell(key, each) for key, each in _tables(given, "cells").items()}
    if COMMAND not in cells:
        raise BadPlan(where="cells", why=f"{COMMAND} must be there: somebody decides")
    levels = {key: _level(key, each, cells) for key, each in _tables(given, "levels").items()}
    messages = {key: _draft(key, each) for key, each in _tables(given, "messages").items()}
    return Plan(_said(given, "title", "title"), levels, cells, messages)


def _tables(given: Mapping[str, Any], name: str) -> dict[str, Mapping[str, Any]]:
    found = given.get(name)
    if not isinstance(found, Mapping) or not found:
        raise BadPlan(where=name, why="declare at least one")
    for key, each in found.items():
        if not _KEY.fullmatch(key) or not isinstance(each, Mapping):
            raise BadPlan(where=f"{name}.{key}", why="is not a table with a short key")
    return dict(found)


def _level(key: str, each: Mapping[str, Any], cells: Mapping[str, Cell]) -> Level:
    where, named = f"levels.{key}", each.get("cells")
    if not isinstance(named, list) or not set(map(str, named)) <= set(cells) or COMMAND not in named:
        raise BadPlan(where=f"{where}.cells", why=f"a list of cells, {COMMAND} among them")
    return Level(key, _said(each, "words", where), _said(each, "help", where), tuple(map(str, named)))


def _cell(key: str, each: Mapping[str, Any]) -> Cell:
    where, steps = f"cells.{key}", each.get("steps")
    if not isinstance(steps, Mapping) or not all(_KEY.fullmatch(name) for name in steps):
        raise BadPlan(where=f"{where}.steps", why="is not a table of steps with short keys")
    made = tuple((name, _said(steps, name, f"{where}.steps")) for name in steps)
    return Cell(key, _said(each, "words", where), _said(each, "help", where), made)


def _draft(key: str, each: Mapping[str, Any]) -> Draft:
    where = f"messages.{key}"
    hours = each.get("hours")
    if isinstance(hours, bool) or not isinstance(hours, int) or not HOURS[0] <= hours <= HOURS[1]:
        raise BadPlan(where=f"{where}.hours", why=f"is not a whole number from {HOURS[0]} to {HOURS[1]}")
    return Draft(
        key=key,
        words=_said(each, "words", where),
        category=_of(each, "category", cap.CATEGORIES, where),
        event=_said(each, "event", where),
        urgency=_of(each, "urgency", cap.URGENCIES, where),
        severity=_of(each, "severity", cap.SEVERITIES, where),
        certainty=_of(each, "certainty", cap.CERTAINTIES, where),
        response=_of(each, "response", cap.RESPONSES, where),
        headline=_said(each, "headline", where),
        description=_said(each, "description", where, MESSAGE_MOST),
        instruction=_said(each, "instruction", where, MESSAGE_MOST),
        hours=hours,
    )


def _of(each: Mapping[str, Any], name: str, known: tuple[str, ...], where: str) -> str:
    value = each.get(name)
    if not isinstance(value, str) or value not in known:
        raise BadPlan(where=f"{where}.{name}", why=f"is not one of {', '.join(known)}")
    return value


def _said(each: Mapping[str, Any], name: str, where: str, most: int = TEXT_MOST) -> str:
    value = each.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        raise BadPlan(where=f"{where}.{name}", why=f"is not a text of at most {most} letters")
    return value.strip()
