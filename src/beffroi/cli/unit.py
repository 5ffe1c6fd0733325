"""`beffroi unit`: when units work, and what gives those of another service the right to act here."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from typing import Any

import click
from django.utils import timezone

from beffroi.during.dispatch import keeping, terms
from beffroi.during.dispatch.errors import BadTerms
from beffroi.during.dispatch.rules.terms import HoursLine, RightLine
from beffroi.foundation import clock
from beffroi.territory import queries as territories


@click.group()
def unit() -> None:
    """Patrol units: their hours, and the right of other services to act here.

    Example: beffroi unit hours --territory redon --kind municipal --days 0-6 --from 18:00 --to 02:00
    """


@unit.command()
@click.option("--territory", "key", required=True, help="Whose units.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def show(key: str, as_json: bool) -> None:
    """Each unit: whether it works now, until when, and by what right where it is of another service.

    Example: beffroi unit show --territory redon
    """
    known, now = territories.units(key), clock.now()
    told = terms.of_units(key, known, now)
    hours, rights = terms.hours_of(key), terms.rights_of(key)
    if as_json:
        answer = {
            "units": [_told(each.key, told[each.key]) for each in known],
            "hours": [_hours(each) for each in hours],
            "rights": [_right(each) for each in rights],
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for each in known:
        one = _told(each.key, told[each.key])
        if one["works"]:
            said = f"works until {one['until']}" if one["until"] else "works"
        else:
            said = f"does not work now, again {one['back']}" if one["back"] else "does not work now"
        click.echo(f"{each.key}: {each.name}, {each.kind}, {said}{_by(one)}")
    for hour in hours:
        click.echo(f"  hours {hour.id}: {_words(_hours(hour))}")
    for right in rights:
        click.echo(f"  right {right.id}: {_words(_right(right))}")
    if not known:
        click.echo("No unit yet: beffroi territory units import --help")


def _told(key: str, one: terms.Terms) -> dict[str, Any]:
    right = one.right
    return {
        "unit": key,
        "works": one.works,
        "until": _local(one.duty.until),
        "back": _local(one.duty.back),
        "held_by_a_crew": one.held,
        "right": None
        if right is None
        else {"basis": right.basis, "any_act": right.any_act, "acts": sorted(right.acts)},
    }


def _by(one: dict[str, Any]) -> str:
    right = one["right"]
    if right is None:
        return ""
    acts = "any act" if right["any_act"] else ", ".join(right["acts"]) or "no act now"
    return f"; of another service: {acts} ({right['basis']})"


def _hours(line: HoursLine) -> dict[str, str]:
    return {
        "id": line.id,
        "unit": line.unit,
        "kind": line.kind,
        "days": ",".join(str(day) for day in sorted(line.days)),
        "from": f"{line.begins:%H:%M}",
        "to": f"{line.ends:%H:%M}",
        "first": line.first.isoformat(),
        "last": line.last.isoformat() if line.last else "",
    }


def _right(line: RightLine) -> dict[str, str]:
    return {
        "id": line.id,
        "unit": line.unit,
        "acts": ",".join(sorted(line.acts)) or "any",
        "first": line.first.isoformat(),
        "last": line.last.isoformat() if line.last else "",
        "basis": line.basis,
    }


def _words(line: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in line.items() if value and name != "id")


def _local(at: datetime | None) -> str:
    return timezone.localtime(at).isoformat(timespec="minutes") if at else ""


def _days(given: str) -> list[int]:
    """`0-4,6,7` as numbers. Raises BadTerms."""
    found: list[int] = []
    for part in given.split(","):
        first, _, last = part.strip().partition("-")
        if not first.isdecimal() or (last and not last.isdecimal()):
            raise BadTerms(why=f"{part!r} is not a day (0 to 7) nor a range of days")
        found += range(int(first), int(last or first) + 1)
    return found


def _date(given: str, otherwise: date | None) -> date | None:
    try:
        return date.fromisoformat(given) if given else otherwise
    except ValueError as error:
        raise BadTerms(why=str(error)) from None


def _clock(given: str) -> time:
    try:
        return time.fromisoformat(given)
    except ValueError as error:
        raise BadTerms(why=str(error)) from None


@unit.command()
@click.option("--territory", "key", required=True, help="Whose units.")
@click.option("--unit", "of", default="", help="The unit; its own hours stand in place of its service's.")
@click.option("--kind", default="", help="A whole service: municipal, gendarmerie, police, rural, security.")
@click.option("--days", default="0-7", show_default=True, help="0 Monday to 6 Sunday, 7 public holidays.")
@click.option("--from", "begins", required=True, help="When it begins (hour:minute).")
@click.option("--to", "ends", required=True, help="When it ends; not after its beginning: the next day.")
@click.option("--first", default="", help="First day (YYYY-MM-DD); empty: today.")
@click.option("--last", default="", help="Last day; empty: no end.")
def hours(*, key: str, of: str, kind: str, days: str, begins: str, ends: str, first: str, last: str) -> None:
    """Say when a unit, or a whole service, works. A unit without hours works always.

    Example: beffroi unit hours --territory redon --kind municipal --days 0-6 --from 18:00 --to 02:00
    """
    row = keeping.add_hours(
        territory_key=key,
        unit=of,
        kind=kind,
        days=_days(days),
        begins=_clock(begins),
        ends=_clock(ends),
        first=_date(first, None) or timezone.localdate(clock.now()),
        last=_date(last, None),
        actor="system",
    )
    click.echo(f"{of or kind} works from {begins} to {ends}; the line is {row.pk}.")


@unit.command("end-hours")
@click.option("--territory", "key", required=True, help="Whose units.")
@click.option("--line", required=True, help="The line, as `beffroi unit show` names it.")
@click.option("--last", default="", help="Last day (YYYY-MM-DD); empty: today.")
def end_hours(key: str, line: str, last: str) -> None:
    """End a line of hours.

    Example: beffroi unit end-hours --territory redon --line 019a… --last 2026-12-31
    """
    day = _date(last, None) or timezone.localdate(clock.now())
    keeping.end_hours(territory_key=key, line=line, last=day, actor="system")
    click.echo(f"These hours hold until {day}.")


@unit.command()
@click.option("--territory", "key", required=True, help="Where it may act.")
@click.option("--unit", "of", required=True, help="The unit of another service.")
@click.option("--basis", required=True, help="What the right rests on, such as a convention and its date.")
@click.option("--acts", default="", help="On which acts only, such as burglary,fire; empty: any.")
@click.option("--first", default="", help="First day (YYYY-MM-DD); empty: today.")
@click.option("--last", default="", help="Last day; empty: no end.")
def right(*, key: str, of: str, basis: str, acts: str, first: str, last: str) -> None:
    """Give a unit of another service the right to act here; without one in force it is not proposed.

    Example: beffroi unit right --territory redon --unit PM-ALLAIRE --basis "convention du 12 mars 2026"
    --last 2029-03-11
    """
    row = keeping.give_right(
        territory_key=key,
        unit=of,
        basis=basis,
        acts=[each.strip() for each in acts.split(",") if each.strip()],
        first=_date(first, None) or timezone.localdate(clock.now()),
        last=_date(last, None),
        actor="system",
    )
    click.echo(f"{of} may act in {key}; the line is {row.pk}.")


@unit.command("end-right")
@click.option("--territory", "key", required=True, help="Where it may act.")
@click.option("--line", required=True, help="The line, as `beffroi unit show` names it.")
@click.option("--last", default="", help="Last day (YYYY-MM-DD); empty: today.")
def end_right(key: str, line: str, last: str) -> None:
    """End a right to act.

    Example: beffroi unit end-right --territory redon --line 019a…
    """
    day = _date(last, None) or timezone.localdate(clock.now())
    keeping.end_right(territory_key=key, line=line, last=day, actor="system")
    click.echo(f"This right holds until {day}.")
