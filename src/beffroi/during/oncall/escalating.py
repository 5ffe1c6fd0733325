"""The engine's duty: incidents that nobody acknowledged call the people on call, one step at a time.

Each step is one transaction: the alert, the messages put in the outbox and the fact stand or fall
together, so a process killed anywhere goes on where it stood. Nothing is sent from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction

from beffroi.during.incident.models import Incident
from beffroi.during.oncall import facts, models, queries, texts, tokens
from beffroi.during.oncall.channels import usable
from beffroi.during.oncall.rules import escalation, rota, sending
from beffroi.foundation.settings import current
from beffroi.journal import actions as journal
from beffroi.journal.facts import Fact
from beffroi.people import doors
from beffroi.people import queries as people
from beffroi.people.conventions import helping
from beffroi.people.models import Member
from beffroi.territory import queries as territory

_log = structlog.get_logger("oncall")

ENGINE = "engine:oncall"
RECENT = timedelta(hours=2)
MOST = 50
_CALLING, _NOBODY = models.Alert.State.CALLING, models.Alert.State.NOBODY


def step(now: datetime) -> int:
    """Do what is due in every territory; how many alerts moved."""
    helping.tell_ended(now)
    work: dict[str, list[UUID]] = {}
    waiting = Incident.objects.filter(phase="decide", acknowledged_at=None, dispatched_at=None)
    for key in queries.territories_kept():
        mine = waiting.filter(territory_key=key)
        fresh = mine.filter(oncall_alert=None, last_sign_at__gt=now - RECENT)
        vain = mine.filter(oncall_alert__state=_NOBODY)
        found = [*fresh.values_list("pk", flat=True)[:MOST], *vain.values_list("pk", flat=True)[:MOST]]
        if found:
            work[key] = found
    # Whoever keeps no rota any more still has calls to end.
    for key, pk in models.Alert.objects.filter(state=_CALLING).values_list("territory_key", "pk"):
        work.setdefault(key, []).append(pk)
    return sum(_guarded(key, found, now) for key, found in work.items())


def _guarded(key: str, incidents: Sequence[UUID], now: datetime) -> int:
    """Move a territory's alerts; one that cannot be moved is told, tried again, and holds up no other."""
    moved, scene = 0, None
    for each in incidents:
        try:
            scene = scene or Scene(key, now)
            moved += _advance(each, scene)
        except DatabaseError:
            raise
        except Exception:  # noqa: BLE001 - whoever is to be woken for another incident must not wait for this one
            _log.exception("an alert could not be moved", territory=key, incident=str(each))
    return moved


class Scene:
    """What a territory's steps share: its rota, its policy, whether its desk is open."""

    def __init__(self, key: str, now: datetime) -> None:
        self.key, self.now = key, now
        self.policy = queries.policy(queries.waking(key))
        self.staffed = queries.desk_is_open(key, now)
        self.town = territory.territory(key).name
        self.exercise = people.is_exercise() or territory.territory(key).exercise
        on_call = rota.on_call(queries.rota_of(key), now)
        members = Member.objects.filter(is_active=True).in_bulk(
            {m for each in on_call.values() for m in each}
        )
        # Whose role ended since is called no more: they could not take it.
        able = {
            each: member
            for each, member in members.items()
            if doors.decide(member, queries.ANSWER, territory=key).allowed
        }
        self.on_call: Mapping[int, list[Member]] = {
            rank: [able[each] for each in ids if each in able] for rank, ids in on_call.items()
        }

    def ranks(self, passed: Sequence[str]) -> dict[int, list[Member]]:
        """Who may still be called: those on call who did not pass the incident on."""
        left = {rank: [m for m in each if str(m.pk) not in passed] for rank, each in self.on_call.items()}
        return {rank: each for rank, each in left.items() if each}


@transaction.atomic
def _advance(incident: UUID, scene: Scene) -> bool:
    row = Incident.objects.select_for_update().get(pk=incident)
    alert = models.Alert.objects.select_for_update().filter(pk=incident).first()
    policy, now = scene.policy, scene.now
    if alert is not None and (row.acknowledged_at or row.phase != "decide"):
        return _over(alert, row, now)
    if alert is None:
        if not escalation.concerns(policy, state=row.state, life=row.life, probability=row.probability):
            return False
        alert = _opened(row, scene)
    ranks = scene.ranks(alert.passed)
    if alert.state == _NOBODY:
        if not _again(alert, row, ranks):
            return False
        alert.round, alert.called, alert.state, alert.ended_at = 0, [], _CALLING, None
        alert.due_at, alert.why = now, ""
    progress = escalation.Progress(alert.round, tuple(alert.called), alert.due_at, alert.life)
    todo = escalation.step(policy, progress, ranks=list(ranks), life=row.life, staffed=scene.staffed, now=now)
    if todo is None:
        return False
    return _done(alert, row, todo, ranks, scene)


def _again(alert: models.Alert, row: Incident, ranks: Mapping[int, list[Member]]) -> bool:
    """Whether calls that ended in vain begin anew: somebody is on call now, or a life is in danger now."""
    return bool(ranks) and (alert.why == escalation.NO_ONE or (row.life and not alert.life))


def _opened(row: Incident, scene: Scene) -> models.Alert:
    begun = escalation.begin(scene.policy, life=row.life, staffed=scene.staffed, now=scene.now)
    return models.Alert.objects.create(
        incident=row,
        territory_key=row.territory_key,
        exercise=row.exercise or scene.exercise,
        life=row.life,
        due_at=begun.due,
        code=_code(row),
        opened_at=scene.now,
    )


def _code(row: Incident) -> str:
    """Three figures that no other live alert has, from the incident's own number where that is free."""
    taken = set(
        models.Alert.objects.filter(state__in=(_CALLING, _NOBODY), incident__phase="decide").values_list(
            "code", flat=True
        )
    )
    wanted = [f"{100 + (row.number + each) % 900}" for each in range(900)]
    return next((each for each in wanted if each not in taken), wanted[0])


def _done(
    alert: models.Alert,
    row: Incident,
    todo: escalation.Step,
    ranks: Mapping[int, list[Member]],
    scene: Scene,
) -> bool:
    now = scene.now
    alert.round, alert.called = todo.progress.round, list(todo.progress.called)
    alert.due_at, alert.life = todo.progress.due, row.life
    fact: Fact
    if todo.ended:
        on_call = sum(len(each) for each in scene.on_call.values())
        alert.why = escalation.why_nobody(
            on_call=on_call, passed=len(alert.passed), called=len(alert.called_members)
        )
        alert.state, alert.ended_at = _NOBODY, now
        _to_the_helping_centre(alert)
        fact = facts.NobodyAnswered(
            number=row.number, why=alert.why, rounds=alert.round, exercise=alert.exercise
        )
    else:
        members = [(rank, each) for rank in todo.call for each in ranks[rank]]
        made = [m for rank, each in members for m in _messages(alert, row, rank, each, scene)]
        models.Message.objects.bulk_create(made, ignore_conflicts=True)
        if not made:
            alert.due_at = now  # nothing can reach them but their page: the next need not wait
        named = [str(each.pk) for _rank, each in members]
        alert.called_members = list(dict.fromkeys([*alert.called_members, *named]))
        fact = facts.Called(
            number=row.number,
            code=alert.code,
            round=alert.round,
            ranks=list(todo.call),
            members=named,
            channels=list(dict.fromkeys(each.channel for each in made)),
            seconds=round((now - row.seen_at).total_seconds(), 1),
            exercise=alert.exercise,
        )
    alert.save()
    tell(row, fact, ENGINE, now)
    return True


def _to_the_helping_centre(alert: models.Alert) -> None:
    """Nobody answered: the centre that a framework convention names has the queue, within seconds."""
    if alert.exercise and not people.is_exercise():
        return
    framework = helping.called_when_nobody(alert.territory_key)
    if framework is not None:
        helping.begin(
            territory=alert.territory_key,
            helper=framework.helper,
            hours=framework.help_hours,
            why=helping.NOBODY,
            actor=ENGINE,
        )


def _messages(
    alert: models.Alert, row: Incident, rank: int, member: Member, scene: Scene
) -> list[models.Message]:
    """What is put in the outbox for one member: each channel in their order, all at once for a life."""
    settings = current()
    made = []
    for place, channel in enumerate(usable(queries.contact(member), exercise=alert.exercise)):
        later = 0 if row.life else place * settings.oncall_channel_seconds
        message = models.Message(
            alert=alert,
            member=member,
            channel=channel,
            rank=rank,
            round=alert.round,
            exercise=alert.exercise,
            next_at=scene.now + timedelta(seconds=later),
            made_at=scene.now,
        )
        token = tokens.of_answer(message.pk)
        message.token_hash = tokens.hash_of(token)
        message.text = _text(row, alert, channel, scene.town, len(texts.answer_address(token)))
        if alert.exercise and not (channel == "email" and settings.oncall_exercise == "email"):
            message.state = sending.KEPT
        made.append(message)
    return made


def _text(row: Incident, alert: models.Alert, channel: str, town: str, link_length: int) -> str:
    if channel == "sms":
        return texts.sms(row, town=town, code=alert.code, exercise=alert.exercise, link_length=link_length)
    if channel == "voice":
        return texts.voice(row, town=town, exercise=alert.exercise)
    return texts.mail(row, town=town, code=alert.code, exercise=alert.exercise)


def _over(alert: models.Alert, row: Incident, now: datetime) -> bool:
    """Somebody took it, sent to it or closed it otherwise."""
    if alert.state != _CALLING:
        return False
    alert.state, alert.ended_at = models.Alert.State.OVER, now
    alert.save(update_fields=["state", "ended_at"])
    stop(alert)
    if alert.round:  # where nobody was called yet there is nothing to tell
        tell(row, facts.CallsOver(number=row.number, exercise=alert.exercise), ENGINE, now)
    return True


def stop(alert: models.Alert, member: UUID | None = None) -> None:
    """Send no more about an alert (to one member, or to anybody). What is on its way may still arrive."""
    waiting = models.Message.objects.filter(alert=alert, state=sending.QUEUED, purpose="call")
    if member is not None:
        waiting = waiting.filter(member_id=member)
    waiting.update(state=sending.STOPPED)


def tell(row: Incident, fact: Fact, actor: str, at: datetime) -> None:
    """Append a fact about an incident to its territory's journal, last in the transaction."""
    journal.append(
        journal=f"territory:{row.territory_key}", fact=fact, subject=f"incident:{row.pk}", actor=actor, at=at
    )
