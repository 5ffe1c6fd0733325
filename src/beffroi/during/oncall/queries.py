"""Reads of on-call: the rota, who is on call, how people are reached, what was called and answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from beffroi.during.oncall import models
from beffroi.during.oncall.rules import escalation, rota
from beffroi.during.oncall.shown import AlertView, CallView, ContactView, LinkView
from beffroi.foundation import clock
from beffroi.foundation.settings import current
from beffroi.people import doors
from beffroi.people.models import Member

ANSWER = "oncall.answer"
DESK_OPEN_S = 45.0


def waking(territory: str) -> models.Waking:
    """What wakes people in a territory: its own row, or one of defaults that is not saved."""
    row = models.Waking.objects.filter(territory_key=territory).first()
    return row or models.Waking(territory_key=territory)


def policy(row: models.Waking) -> escalation.Policy:
    """A territory's policy, the installation's settings where it says nothing."""
    settings = current()
    return escalation.Policy(
        threshold=row.threshold,
        life_threshold=row.life_threshold,
        at_least=row.at_least,
        wait_s=settings.oncall_wait_seconds if row.wait_s is None else row.wait_s,
        next_s=settings.oncall_next_seconds if row.next_s is None else row.next_s,
    )


def rota_of(territory: str) -> rota.Rota:
    """The rota of a territory, as the rules read it."""
    lines = models.Line.objects.filter(territory_key=territory).order_by("rank", "id")
    replaced = models.Replacement.objects.filter(territory_key=territory).order_by("rank", "id")
    return rota.Rota(
        zone=ZoneInfo(current().time_zone),
        lines=[
            rota.Line(
                each.pk, each.member_id, each.rank, frozenset(each.days),
                each.begins, each.ends, each.first, each.last,
            )
            for each in lines
        ],
        replacements=[
            rota.Replacement(each.pk, each.member_id, each.rank, each.starts_at, each.ends_at)
            for each in replaced
        ],
        alsace_moselle=waking(territory).alsace_moselle,
    )  # fmt: skip


def territories_kept() -> list[str]:
    """The territories that keep a rota."""
    found = set(models.Line.objects.values_list("territory_key", flat=True).distinct())
    return sorted(found | set(models.Replacement.objects.values_list("territory_key", flat=True).distinct()))


def desk_is_open(territory: str, at: datetime) -> bool:
    """Whether somebody has the duty desk of a territory open."""
    since = at - timedelta(seconds=DESK_OPEN_S)
    return models.DeskOpen.objects.filter(territory_key=territory, seen_at__gt=since).exists()


def who_may_answer(territory: str) -> list[Member]:
    """The members whose roles let them be on call in a territory, by name."""
    open_accounts = Member.objects.filter(is_active=True).order_by("display_name")
    return [each for each in open_accounts if territory in doors.territories_for(each, ANSWER)]


def contact(member: Member) -> ContactView:
    """How a member is reached."""
    row = models.Contact.objects.filter(member=member).first()
    if row is None:
        return ContactView(member=member.pk, mobile="", email=member.email, channels=["email"], own_email="")
    return ContactView(
        member=member.pk,
        mobile=row.mobile,
        email=row.email or member.email,
        channels=list(row.channels),
        own_email=row.email,
    )


def calls(incidents: Iterable[UUID]) -> dict[UUID, AlertView]:
    """The calls about these incidents, for a queue: without their messages."""
    rows = models.Alert.objects.filter(pk__in=list(incidents)).select_related("incident")
    return {row.pk: alert_view(row, []) for row in rows}


def call(incident: UUID) -> AlertView | None:
    """The calls about one incident with what was sent to whom; None where nobody was to be called."""
    row = models.Alert.objects.filter(pk=incident).select_related("incident").first()
    if row is None:
        return None
    sent = models.Message.objects.filter(alert=row, purpose="call").select_related("member")
    return alert_view(row, list(sent.order_by("round", "rank", "next_at", "id")))


def alert_view(row: models.Alert, messages: Collection[models.Message]) -> AlertView:
    """An alert as other rooms see it."""
    return AlertView(
        incident=row.pk,
        territory=row.territory_key,
        reference=row.incident.reference,
        exercise=row.exercise,
        state=row.state,
        code=row.code,
        round=row.round,
        opened_at=row.opened_at,
        due_at=row.due_at,
        ended_at=row.ended_at,
        answered_by=row.answered_by,
        how=row.how,
        why=row.why,
        waited_for=row.incident.acknowledged_at is None and row.incident.phase == "decide",
        passed=[UUID(each) for each in row.passed],
        messages=[
            CallView(
                member=each.member_id,
                name=each.member.display_name,
                channel=each.channel,
                rank=each.rank,
                round=each.round,
                state=each.state,
                fault=each.fault,
                at=each.sent_at or each.next_at,
                delivered_at=each.delivered_at,
            )
            for each in messages
        ],
    )


def calls_to(member: Member) -> list[AlertView]:
    """What a member is being called for now, the oldest first."""
    keys = doors.territories_for(member, ANSWER)
    rows = models.Alert.objects.filter(
        state__in=(models.Alert.State.CALLING, models.Alert.State.NOBODY),
        territory_key__in=keys,
        incident__acknowledged_at=None,
        incident__phase="decide",
    ).select_related("incident")
    return [
        alert_view(row, [])
        for row in rows.order_by("opened_at")
        if str(member.pk) not in row.passed and str(member.pk) in row.called_members
    ]


def calls_open(territories: Collection[str]) -> list[AlertView]:
    """Calls of these territories about incidents that nobody acknowledged yet, the oldest first."""
    rows = models.Alert.objects.filter(
        state__in=(models.Alert.State.CALLING, models.Alert.State.NOBODY),
        territory_key__in=sorted(territories),
        incident__acknowledged_at=None,
        incident__phase="decide",
    ).select_related("incident")
    return [alert_view(row, []) for row in rows.order_by("opened_at")]


def links(incident: UUID) -> list[LinkView]:
    """The no-account links of an incident, the latest first."""
    now = clock.now()
    return [
        LinkView(
            id=each.pk,
            whom=each.whom,
            made_at=each.made_at,
            expires_at=each.expires_at,
            opened_at=each.opened_at,
            openings=each.openings,
            live=each.revoked_at is None and now < each.expires_at,
        )
        for each in models.Link.objects.filter(incident_id=incident).order_by("-made_at")[:20]
    ]
