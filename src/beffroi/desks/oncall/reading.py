"""Reads on-call into what its pages show: plain values, words already in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from beffroi.desks import spelling, towns
from beffroi.desks.duty import words as duty_words
from beffroi.desks.oncall import drawing, words
from beffroi.during.dispatch import queries as dispatch
from beffroi.during.dispatch.shown import MissionView
from beffroi.during.incident.models import Incident
from beffroi.during.oncall import channels, models, queries
from beffroi.during.oncall.methods.numbers import masked
from beffroi.during.oncall.rules import rota
from beffroi.during.oncall.shown import AlertView
from beffroi.foundation import clock
from beffroi.people.models import Member

AHEAD = timedelta(days=28)
WEEK = timedelta(days=7)
GAPS_MOST = 8


@dataclass
class Rank:
    """A rank and who holds it."""

    rank: int
    names: str
    until: datetime | None = None


@dataclass
class Span:
    """A stretch of the week, in words."""

    when: str
    ranks: list[Rank]


@dataclass
class Board:
    """A territory's on-call: now, the coming week, and what is wrong."""

    key: str
    name: str
    kept: bool
    may_manage: bool
    now: list[Rank] = field(default_factory=list)
    week: list[Span] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    gaps_more: int = 0
    unreachable: list[str] = field(default_factory=list)
    vain: list[AlertView] = field(default_factory=list)


def board(town: towns.Town, *, may_manage: bool) -> Board:
    """What the page says of one territory."""
    now = clock.now()
    kept = queries.rota_of(town.key)
    shown = Board(town.key, town.name, kept.kept, may_manage)
    if not kept.kept:
        return shown
    spans = rota.spans(kept, now, now + AHEAD)
    members = Member.objects.in_bulk({m for span in spans for ids in span.ranks.values() for m in ids})
    names = {key: each.display_name for key, each in members.items()}
    shown.now = _ranks(spans[0], names, until=_until(spans))
    shown.week = [
        Span(stretch(each.starts_at, min(each.ends_at, now + WEEK)), _ranks(each, names))
        for each in spans
        if each.starts_at < now + WEEK
    ]
    gaps = [stretch(each.starts_at, each.ends_at) for each in spans if not each.ranks]
    shown.gaps, shown.gaps_more = gaps[:GAPS_MOST], max(0, len(gaps) - GAPS_MOST)
    shown.unreachable = sorted(
        each.display_name
        for each in members.values()
        if not each.is_active or not channels.usable(queries.contact(each))
    )
    shown.vain = vain(town.key)
    return shown


def stretch(starts_at: datetime, ends_at: datetime) -> str:
    """`Thu 26 Nov., 08:00 → 18:00`; the second day only where it is another."""
    starts, ends = timezone.localtime(starts_at), timezone.localtime(ends_at)
    last = "H:i" if starts.date() == ends.date() else "D j N, H:i"
    return f"{date_format(starts, 'D j N, H:i')} → {date_format(ends, last)}"


def vain(key: str) -> list[AlertView]:
    """Calls that nobody answered, about what still waits for somebody."""
    rows = models.Alert.objects.filter(
        territory_key=key, state="nobody", incident__phase="decide", incident__acknowledged_at=None
    ).select_related("incident")
    return [queries.alert_view(row, []) for row in rows.order_by("-opened_at")[:20]]


def _until(spans: list[rota.Span]) -> dict[int, datetime]:
    """Until when each rank of the first span is held by the same people."""
    found: dict[int, datetime] = {}
    for rank, members in spans[0].ranks.items():
        for each in spans:
            if each.ranks.get(rank) != members:
                break
            found[rank] = each.ends_at
    return found


def _ranks(
    span: rota.Span, names: Mapping[UUID, str], until: Mapping[int, datetime] | None = None
) -> list[Rank]:
    return [
        Rank(rank, ", ".join(names.get(each, "?") for each in ids), (until or {}).get(rank))
        for rank, ids in sorted(span.ranks.items())
    ]


def lines(key: str) -> list[dict[str, Any]]:
    """The weekly pattern as the rota's page lists it."""
    rows = models.Line.objects.filter(territory_key=key).select_related("member")
    return [
        {
            "id": each.pk,
            "rank": each.rank,
            "name": each.member.display_name,
            "days": days_in_words(each.days),
            "begins": each.begins,
            "ends": each.ends,
            "first": each.first,
            "last": each.last,
        }
        for each in rows.order_by("rank", "begins", "id")
    ]


def days_in_words(days: Iterable[int]) -> str:
    """`Mon, Tue` …; the whole week in two words."""
    found = sorted(set(days))
    if set(range(7)) <= set(found):
        return gettext("every day")
    return ", ".join(str(words.DAYS[each]) for each in found)


def replacements(key: str) -> list[dict[str, Any]]:
    """Replacements that are not over."""
    rows = models.Replacement.objects.filter(territory_key=key, ends_at__gt=clock.now())
    return [
        {
            "id": each.pk,
            "rank": each.rank,
            "name": each.member.display_name if each.member else gettext("nobody"),
            "starts_at": each.starts_at,
            "ends_at": each.ends_at,
        }
        for each in rows.select_related("member").order_by("starts_at")[:60]
    ]


def reached(members: Iterable[Member]) -> list[dict[str, Any]]:
    """How each is reached, for who keeps the rota."""
    ready = channels.set_up()
    found = []
    for each in members:
        contact = queries.contact(each)
        chosen = [*contact.channels, "", "", ""][:3]
        found.append(
            {
                "member": each,
                "contact": contact,
                "masked": masked(contact.mobile),
                "chosen": chosen,
                "usable": [words.said(words.CHANNELS, code) for code in channels.usable(contact)],
                "tests": [
                    (code, words.said(words.CHANNELS, code))
                    for code in contact.channels
                    if code in ready and code in channels.usable(contact)
                ],
            }
        )
    return found


def last_tests(members: Iterable[Member]) -> list[dict[str, Any]]:
    """What became of the last tries of channels."""
    rows = models.Message.objects.filter(purpose="test", member__in=list(members)).select_related("member")
    return [
        {
            "name": each.member.display_name,
            "channel": words.said(words.CHANNELS, each.channel),
            "state": words.said(words.STATES, each.state),
            "fault": words.said(words.FAULTS, each.fault) if each.fault else "",
            "at": each.made_at,
        }
        for each in rows.order_by("-made_at")[:5]
    ]


def brief(row: Incident) -> dict[str, Any]:
    """One incident as a person without a desk sees it: where, what, since when, who is on the way."""
    now = clock.now()
    return {
        "row": row,
        "town": towns.towns([row.territory_key]),
        "title": duty_words.title(row.act, row.state),
        "badge": "life" if row.life else duty_words.SHAPES[row.state],
        "badge_words": duty_words.said(duty_words.BADGES, "life" if row.life else row.state),
        "real": None
        if row.state == "technical"
        else (spelling.percent(row.probability), spelling.percent(row.low), spelling.percent(row.high)),
        "since": row.seen_at,
        "age": spelling.duration((now - row.seen_at).total_seconds()),
        "coming": [_coming(each, now) for each in dispatch.missions_of(row.pk) if each.ended_at is None],
        "taken": row.acknowledged_at,
        "drawing": drawing.around(row.territory_key, row.lat, row.lon, row.radius_m),
        "width": int(drawing.WIDTH),
        "height": int(drawing.HEIGHT),
        "cx": int(drawing.WIDTH / 2),
        "cy": int(drawing.HEIGHT / 2),
        "foot": int(drawing.HEIGHT) - 12,
        "geo": "" if row.lat is None or row.lon is None else f"{row.lat:.5f},{row.lon:.5f}",
        "asked_at": now,
    }


def _coming(mission: MissionView, now: datetime) -> dict[str, str]:
    there = mission.on_scene_at is not None
    left = 0.0 if mission.expected_at is None else (mission.expected_at - now).total_seconds()
    due = gettext("there in %(time)s") % {"time": spelling.about(left)} if left > 0 and not there else ""
    return {
        "unit": mission.unit,
        "state": duty_words.said(duty_words.UNIT_STATES, mission.state),
        "due": due,
    }


def own_calls(member: Member) -> list[dict[str, Any]]:
    """What a member is being called for, with the incident."""
    found = []
    for alert in queries.calls_to(member):
        row = Incident.objects.get(pk=alert.incident)
        found.append({"alert": alert, **brief(row)})
    return found


def own_turns(member: Member, keys: Iterable[str]) -> list[dict[str, Any]]:
    """When a member is on call in the coming days."""
    now = clock.now()
    found = []
    for town in towns.towns(keys):
        kept = queries.rota_of(town.key)
        for span in rota.spans(kept, now, now + AHEAD) if kept.kept else []:
            ranks = [rank for rank, ids in span.ranks.items() if member.pk in ids]
            if not ranks:
                continue
            here = (town.name, ranks[0], span.starts_at)
            last = found[-1] if found else None
            if last and (last["town"], last["rank"], last["ends_at"]) == here:
                last["ends_at"] = span.ends_at
            else:
                found.append(
                    {
                        "town": town.name,
                        "rank": ranks[0],
                        "starts_at": span.starts_at,
                        "ends_at": span.ends_at,
                    }
                )
    return [{**each, "when": stretch(each["starts_at"], each["ends_at"])} for each in found[:8]]


def duty_call(incident: UUID) -> dict[str, Any] | None:
    """The calls about an incident as the duty desk's sheet shows them."""
    alert = queries.call(incident)
    if alert is None:
        return None
    answered = Member.objects.filter(pk=alert.answered_by).first() if alert.answered_by else None
    return {
        "alert": alert,
        "why": words.said(words.WHY, alert.why),
        "by": answered.display_name if answered else "",
        "messages": [
            {
                "name": each.name,
                "rank": each.rank,
                "channel": words.said(words.CHANNELS, each.channel),
                "state": gettext("delivered") if each.delivered_at else words.said(words.STATES, each.state),
                "fault": words.said(words.FAULTS, each.fault) if each.fault else "",
                "at": each.delivered_at or each.at,
            }
            for each in alert.messages
        ],
    }


def duty_links(incident: UUID) -> list[dict[str, Any]]:
    """The no-account links of an incident as the sheet lists them."""
    return [
        {
            "link": each,
            "whom": words.said(words.WHOM, each.whom),
            "revoke": reverse("duty_share_revoke", args=[incident, each.id]),
        }
        for each in queries.links(incident)
    ]


def partners() -> tuple[tuple[str, str], ...]:
    """For whom a link may be made."""
    return tuple((code, str(name)) for code, name in words.WHOM.items())


def row_note(alert: AlertView | None) -> str:
    """What a line of the queue says of the calls, while somebody is waited for."""
    if alert is None or not alert.waited_for:
        return ""
    if alert.state == "nobody":
        return gettext("nobody answered") + " ·"
    return gettext("on call") + " ·" if alert.state == "calling" and alert.round else ""
