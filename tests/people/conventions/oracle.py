"""What a member may do, written plainly and apart from the product: no policy, no Cedar, no shared code.

A world is a list of organisations' territories, of roles held, and of agreements as dictionaries; `may` reads
them the way a clerk would.
"""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import beffroi.people

RIGHTS = tomllib.loads(
    (Path(beffroi.people.__file__).parent / "data" / "rights.toml").read_text(encoding="utf-8")
)
TERRITORIES = ("redon", "allaire", "rieux")
OPENED = {
    "incidents": {"duty.view", "territory.view", "log.view"},
    "handling": {
        "incident.acknowledge", "incident.annotate", "incident.close", "incident.link",
        "incident.hand_over", "call.take", "shift.take_over", "oncall.view", "oncall.answer",
    },
    "units": {"unit.view"},
    "signals": {"signal.view"},
    "equipment": {"device.view", "acting.command"},
    "notes": {"incident.read_notes"},
    "oversight": {"look.view", "order.view", "switch.view", "journal.verify"},
}  # fmt: skip
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class World:
    """Agreements and roles: `agreements` as drawn, `roles` as (home, role, over) by member."""

    agreements: list[dict[str, Any]] = field(default_factory=list)
    roles: dict[int, tuple[str, str, str]] = field(default_factory=dict)


def made(chance: random.Random, today: date) -> World:
    """A random world."""
    world = World()
    for number in range(chance.randint(1, 4)):
        receiver = chance.choice(TERRITORIES)
        others = [each for each in TERRITORIES if each != receiver]
        matters = {each for each in OPENED if chance.random() < 0.5} | {"incidents"}
        start = today + timedelta(days=chance.choice((-400, -30, 0, 1)))
        first = chance.randrange(7)
        world.agreements.append(
            {
                "reference": f"c-{number}",
                "receives": receiver,
                "places": sorted(chance.sample(others, chance.randint(1, 2))),
                "matters": sorted(matters),
                "starts_on": start,
                "ends_on": start + timedelta(days=chance.choice((0, 29, 500))),
                "hours": chance.choice(([], [(first, 21, 6)], [(first, 8, 12), (today.weekday(), 9, 18)])),
                "signed": chance.choice(("all", "all", "all", "some")),
                "ended": chance.random() < 0.25,
                "programs": chance.random() < 0.5,
            }
        )
    people = [each for each in RIGHTS["roles"] if not each.startswith("program_")]
    for number in range(6):
        home = chance.choice(TERRITORIES)
        over = chance.choice((home, home, "everywhere", chance.choice(TERRITORIES)))
        world.roles[number] = (home, chance.choice(people), over)
    return world


def written(hours: list[tuple[int, int, int]]) -> list[str]:
    """Hours as a draft takes them."""
    return [f"{DAYS[day]} {start:02d}:00-{end:02d}:00" for day, start, end in hours]


def may(world: World, holder: tuple[str, str, str], action: str, territory: str, now: datetime) -> bool:
    """Whether who holds this role, of this home, may do `action` in `territory`."""
    home, role, over = holder
    opened = RIGHTS["roles"][role]
    if action not in opened["actions"]:
        return False
    mine = territory == home
    if (mine or opened.get("across", False)) and over in (territory, "everywhere"):
        return True
    return not mine and any(
        _opens(each, home, action, territory, now) and (each["programs"] or not role.startswith("program_"))
        for each in world.agreements
    )


def _opens(agreement: dict[str, Any], home: str, action: str, territory: str, now: datetime) -> bool:
    local = now.astimezone(ZoneInfo("Europe/Paris"))
    if agreement["signed"] != "all" or agreement["ended"]:
        return False
    if agreement["receives"] != home or territory not in agreement["places"]:
        return False
    if not agreement["starts_on"] <= local.date() <= agreement["ends_on"]:
        return False
    if not any(action in OPENED[matter] for matter in agreement["matters"]):
        return False
    return not agreement["hours"] or any(_within(each, local) for each in agreement["hours"])


def _within(hours: tuple[int, int, int], local: datetime) -> bool:
    day, start, end = hours
    if start < end:
        return local.weekday() == day and start <= local.hour < end
    return (local.weekday() == day and local.hour >= start) or (
        local.weekday() == (day + 1) % 7 and local.hour < end
    )
