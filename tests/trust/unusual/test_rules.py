"""Each rule at its threshold and just under it; nobody is measured against anybody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from beffroi.trust.unusual import rules
from beffroi.trust.unusual.register import FILE, parse
from beffroi.trust.unusual.rules import Look, found

pytestmark = pytest.mark.unit
LIMITS = parse(FILE.read_text())
DAY = date(2026, 3, 10)
NUMBERS = iter(range(1, 1_000_000))


def look(hour: float = 15, *, day: date = DAY, member: str = "member:a", **more: object) -> Look:
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour)
    said = {"device": "C-1", "purpose": "prevention", **more}
    return Look(number=next(NUMBERS), member=member, at=at, **said)


def named(looks: list[Look], own: dict[str, str] | None = None) -> list[tuple[str, str]]:
    return [(each.rule, each.member) for each in found(looks, own or {}, DAY, LIMITS)]


def test_night_counts_looks_without_an_incident_of_one_night_over_midnight() -> None:
    seen = [look(23 + each / 2, device=f"C-{each}") for each in range(LIMITS.night_looks)]
    assert named(seen) == [("night", "member:a")]
    assert named(seen[1:]) == [], "one under the threshold"
    assert named([replace(each, purpose="incident") for each in seen]) == []
    (alert,) = found(seen, {}, DAY, LIMITS)
    assert alert.entries == tuple(each.number for each in seen) and alert.figures["cameras"] == len(seen)


def test_one_s_own_street_only_where_it_was_declared() -> None:
    one = look(street="Rue Basse")
    assert named([one]) == []
    assert named([one], {"member:a": "rue basse"}) == [("own_street", "member:a")]
    assert named([one], {"member:b": "rue basse"}) == []
    assert named([replace(one, purpose="incident")], {"member:a": "rue basse"}) == []


def test_outside_the_zone_served() -> None:
    seen = [look(device=f"C-{each}", zone_outside=True) for each in range(LIMITS.outside_looks)]
    assert named(seen) == [("outside", "member:a")] and named(seen[1:]) == []


def test_the_same_camera_again_and_again_over_days() -> None:
    days = [DAY - timedelta(days=each) for each in range(LIMITS.same_camera_days)]
    seen = [look(day=days[each % len(days)]) for each in range(LIMITS.same_camera_looks)]
    assert named(seen) == [("same_camera", "member:a")]
    assert named([replace(each, device=f"C-{each.number}") for each in seen]) == []
    older = [replace(each, at=each.at - timedelta(days=1)) for each in seen]
    assert named(older) == [], "it was told on its own day"


def test_volume_is_against_one_s_own_usual_day_and_needs_some_days() -> None:
    usual = [
        look(12 + each / 10, day=DAY - timedelta(days=back), purpose="incident", device=f"C-{each}")
        for back in range(1, 7)
        for each in range(5)
    ]
    many = [look(12 + each / 10, purpose="incident", device=f"C-{each}") for each in range(15)]
    assert named([*usual, *many]) == [("volume", "member:a")]
    assert named([*usual, *many[1:]]) == []
    assert named(many) == [], "somebody new has no habit yet"
    busy = [replace(each, member="member:b") for each in many for _ in range(3)]
    assert named([*usual, *busy]) == [], "others do not count"


def test_many_looks_without_an_incident() -> None:
    seen = [look(8 + each / 5, device=f"C-{each}") for each in range(LIMITS.no_incident_looks)]
    assert ("no_incident", "member:a") in named(seen)
    assert ("no_incident", "member:a") not in named(seen[1:])


def test_a_rule_is_turned_off_by_zero() -> None:
    off = replace(LIMITS, **{name: 0 for name in LIMITS.__slots__ if name.endswith(("looks", "times"))})
    seen = [look(23, street="x", zone_outside=True) for _ in range(200)]
    assert found(seen, {"member:a": "x"}, DAY, off) == []


def test_no_figure_of_a_person_leaves_the_rules() -> None:
    seen = [look(23, device=f"C-{each}") for each in range(30)]
    for each in found(seen, {}, DAY, LIMITS):
        assert set(each.figures) <= {"threshold", "looks", "cameras", "usual", "days"}
    assert set(rules.RULES) >= {each.rule for each in found(seen, {}, DAY, LIMITS)}
