"""From fusion's news to incidents: opened, amended, confirmed, ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from beffroi.during.fusion import actions as fusion
from beffroi.during.fusion.news import News, SignNews
from beffroi.during.fusion.written import renew
from beffroi.during.incident import facts, procedures, rules
from beffroi.during.incident.models import Incident, LedgerEntry, Numbering
from beffroi.foundation.settings import current
from beffroi.journal import actions as journal
from beffroi.journal.facts import Fact
from beffroi.territory import queries as territory

ENGINE = "engine:incident"
FUSION = "engine:fusion"
_BELIEVED = (
    "probability",
    "low",
    "high",
    "alternatives",
    "sign_count",
    "independent",
    "life",
    "exercise",
    "entered_at",
    "last_sign_at",
    "leave_by",
    "act",
    "title",
    "procedure",
)


class Said(NamedTuple):
    """A fact about an incident, and who did it when."""

    row: Incident
    fact: Fact
    actor: str
    at: datetime


@transaction.atomic
def take_up(news: Sequence[News]) -> list[UUID]:
    """Open, amend, confirm and end incidents as fusion tells; the incidents whose ranking must be renewed.

    Call it in the transaction of `fusion.actions.step`.
    """
    rows = Incident.objects.select_for_update().in_bulk([each.hypothesis for each in news])
    touched: dict[UUID, None] = {}
    said: list[Said] = []
    repeated: dict[UUID, Incident] = {}
    for each in news:
        row = rows.get(each.hypothesis)
        if row is None:
            if each.kind not in ("opened", "split"):
                continue
            rows[each.hypothesis] = row = _open(each, said)
        elif row.state == "closed":
            continue
        else:
            _amend(row, each, said)
            if each.kind == "repeated":
                repeated[row.pk] = row
                continue  # its order of units is renewed in its turn
        if row.state not in ("closed", "technical"):
            touched[row.pk] = None
    # Not a new version: a repeat must not refuse a person's click.
    renew(
        Incident, [(key, {name: getattr(row, name) for name in _BELIEVED}) for key, row in repeated.items()]
    )
    _tell(said)
    fusion.checkpoint()
    return list(touched)


def _open(news: News, said: list[Said]) -> Incident:
    belief, first = news.belief, news.signs[0] if news.signs else None
    place_text, place = "", news.place
    if place is not None:
        place_text = territory.place_name(news.territory, place.lat, place.lon)[:240]
    row = Incident(
        id=news.hypothesis,
        territory_key=news.territory,
        number=_number(news.territory),
        place_text=place_text,
        place_key=place.key if place else "",
        lat=place.lat if place else None,
        lon=place.lon if place else None,
        radius_m=place.radius_m if place else 0.0,
        device=news.device,
        seen_at=news.first_seen,
        received_at=news.first_received,
        fused_at=news.fused_at,
    )
    _believe(row, news)
    _enter(row, belief.state)
    row.save(force_insert=True)
    for step, at in (("seen", row.seen_at), ("received", row.received_at), ("fused", row.fused_at)):
        note_time(row, step, at, FUSION)
    opened = facts.IncidentOpened(
        number=row.number,
        act=row.act,
        state=row.state,
        life=row.life,
        probability=row.probability,
        low=row.low,
        high=row.high,
        observation=str(first.observation) if first else "",
        digest=first.digest if first else "",
        device=row.device,
        exercise=row.exercise,
    )
    said.append(Said(row, opened, FUSION, news.fused_at))
    said += [_joined(row, sign, news) for sign in news.signs[1:]]
    return row


def _amend(row: Incident, news: News, said: list[Said]) -> None:
    _believe(row, news)
    if news.kind == "repeated":
        return
    row.version += 1
    if news.kind == "confirmed":
        _confirm(row, news, said)
    elif news.kind == "merged":
        said.append(_merged(row, news))
    elif news.kind == "closed":
        said.append(_back(row, news))
    row.save()
    if news.kind in ("joined", "amended"):
        said += [_joined(row, sign, news) for sign in news.signs] or [_amended(row, news)]


def _believe(row: Incident, news: News) -> None:
    belief = news.belief
    row.probability, row.low, row.high = belief.probability, belief.low, belief.high
    row.alternatives = [list(each) for each in belief.alternatives]
    if news.reasons and news.kind != "repeated":
        row.reasons = [{"code": each.code, "params": each.params} for each in news.reasons]
    row.sign_count, row.independent = news.sign_count, belief.independent
    row.life = row.life or news.life
    row.exercise = row.exercise or news.exercise
    row.entered_at, row.last_sign_at = news.entered, max(news.last_sign, news.entered)
    if row.confirmed_at is None and not row.outcome:
        row.act = belief.act
        row.title = rules.title(row.act, row.state or belief.state)
        row.procedure = procedures.kept(row.procedure, row.act).version
    row.leave_by = row.entered_at + timedelta(seconds=current().burglary_median_seconds)


def _confirm(row: Incident, news: News, said: list[Said]) -> None:
    row.confirmed_at = news.fused_at
    row.title = rules.title(row.act, "confirmed")
    if row.state == "to_check":
        _enter(row, "confirmed")
    note_time(row, "confirmed", news.fused_at, FUSION)
    fact = facts.IncidentConfirmed(
        number=row.number,
        probability=row.probability,
        low=row.low,
        high=row.high,
        independent=row.independent,
        exercise=row.exercise,
    )
    said.append(Said(row, fact, FUSION, news.fused_at))
    if row.doubt_lifted_at is None and len(news.concordant) >= 2:
        observations = [str(each) for each in news.concordant]
        lifted = lift(row, "concordant", observations, FUSION, news.fused_at)
        said.append(Said(row, lifted, FUSION, news.fused_at))


def _merged(row: Incident, news: News) -> Said:
    row.merged_into = news.other
    row.outcome, row.resolved_at = "duplicate", news.fused_at
    _enter(row, "closed")
    note_time(row, "resolved", news.fused_at, FUSION)
    into = str(news.other or "")
    fact = facts.IncidentMerged(number=row.number, into=into, exercise=row.exercise)
    return Said(row, fact, FUSION, news.fused_at)


def _back(row: Incident, news: News) -> Said:
    """A device that was silent speaks again: the only end that no person has to say."""
    row.outcome, row.resolved_at = "restored", news.fused_at
    _enter(row, "closed")
    note_time(row, "resolved", news.fused_at, ENGINE)
    return Said(row, closed_fact(row), ENGINE, news.fused_at)


def _amended(row: Incident, news: News) -> Said:
    why = news.reasons[0].code if news.reasons else ""
    figures = {"probability": row.probability, "low": row.low, "high": row.high}
    fact = facts.IncidentAmended(number=row.number, why=why, exercise=row.exercise, **figures)
    return Said(row, fact, FUSION, news.fused_at)


def lift(row: Incident, how: str, observations: list[str], actor: str, at: datetime) -> facts.DoubtLifted:
    """Record the levée de doute on a row that the caller saves; the fact that the caller appends."""
    row.doubt_lifted_at, row.doubt_lifted_by, row.doubt_how = at, actor, how
    note_time(row, "doubt_lifted", at, actor, {"how": how, "observations": observations})
    return facts.DoubtLifted(number=row.number, how=how, observations=observations, exercise=row.exercise)


def closed_fact(row: Incident) -> facts.IncidentClosed:
    """The fact of an incident that was just resolved."""
    at = row.resolved_at or row.fused_at
    seconds = round((at - row.seen_at).total_seconds(), 1)
    return facts.IncidentClosed(
        number=row.number,
        outcome=row.outcome,
        cause=row.outcome_cause,
        seconds=seconds,
        exercise=row.exercise,
    )


def note_time(
    row: Incident, step: str, at: datetime, actor: str, detail: dict[str, object] | None = None
) -> None:
    """Put one moment in the ledger."""
    LedgerEntry.objects.create(incident=row, step=step, at=at, actor=actor, detail=detail or {})


def append(row: Incident, fact: Fact, actor: str, at: datetime) -> None:
    """Tell the territory's journal: last in the action, for other writers then wait."""
    _tell([Said(row, fact, actor, at)])


def _tell(said: Sequence[Said]) -> None:
    """Append what was said, in its order, each territory's journal locked once."""
    drafts: dict[str, list[journal.Draft]] = {}
    for row, fact, actor, at in said:
        draft = journal.Draft(fact, f"incident:{row.pk}", actor, at)
        drafts.setdefault(f"territory:{row.territory_key}", []).append(draft)
    for name in sorted(drafts):
        journal.append_all(journal=name, drafts=drafts[name])


def _joined(row: Incident, sign: SignNews, news: News) -> Said:
    fact = facts.SignJoined(
        number=row.number,
        kind=sign.kind,
        relation=sign.relation,
        weight=sign.weight,
        probability=row.probability,
        low=row.low,
        high=row.high,
        observation=str(sign.observation),
        digest=sign.digest,
        device=sign.device,
        exercise=row.exercise,
    )
    return Said(row, fact, FUSION, news.fused_at)


def _enter(row: Incident, state: str) -> None:
    row.state, row.phase = state, rules.PHASES[state]


def _number(territory_key: str) -> int:
    rows = Numbering.objects.select_for_update()
    row, _ = rows.get_or_create(territory_key=territory_key)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last
