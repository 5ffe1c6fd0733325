"""Writes of acting by people: declare what can be switched, take it away, ask for a command."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from beffroi.during.acting import accounts, facts, models
from beffroi.during.acting.errors import BadCommand, Busy, NotChecked, OtherWorld, UnknownActuator
from beffroi.during.acting.rules import declared, states
from beffroi.during.acting.rules.declared import BadActuator, Declared
from beffroi.during.acting.rules.kinds import KINDS, PURPOSES, SEEN
from beffroi.during.acting.telling import became, subject, tell
from beffroi.during.incident import acting as incidents
from beffroi.during.incident.models import Incident
from beffroi.foundation import clock
from beffroi.foundation.settings import current
from beffroi.journal import actions as journal
from beffroi.people import doors
from beffroi.people import queries as people
from beffroi.people.models import Member
from beffroi.territory import queries as territories

ACTION = "acting.command"
ENGINE = "engine:acting"
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Made:
    """An actuator and its account; `token` is shown this once, '' where the account was there before."""

    id: UUID
    login: str
    token: str


@transaction.atomic
def declare(
    *,
    territory: str,
    key: str,
    device: str,
    declaration: str,
    name: str = "",
    account: str = "",
    exercise: bool = False,
    actor: str = "system",
) -> Made:
    """Declare what can be switched; under a key that is there, the new declaration takes its place.

    Only `exercise`, said here, makes a training device: a real bollard stays real in an exercise's territory.

    Raises UnknownTerritory, UnknownDevice, BadActuator.
    """
    territories.territory(territory)
    if not _KEY.fullmatch(key) or not _KEY.fullmatch(account or key):
        raise BadActuator(where="key", why="letters, digits, - and _, 64 at most")
    found, hung = declared.read(declaration), territories.device(territory, device)
    if hung.kind not in KINDS[found.kind].devices:
        why = f"{device} is of kind {hung.kind}, not {' or '.join(KINDS[found.kind].devices)}"
        raise BadActuator(where="device", why=why)
    live = models.Actuator.objects.select_for_update().filter(retired_at=None)
    if live.filter(command_topic=found.command).exclude(territory_key=territory, key=key).exists():
        raise BadActuator(where="command", why=f"{found.command} commands something else already")
    if models.Actuator.objects.filter(retired_at=None, state_topic=found.command).exists():
        raise BadActuator(where="command", why=f"{found.command} is where something else tells its state")
    live.filter(territory_key=territory, key=key).update(retired_at=clock.now())
    kept = models.Account.objects.filter(territory_key=territory, key=account or key).first()
    row, token = (kept, "") if kept else accounts.make(territory, account or key)
    made = models.Actuator.objects.create(
        territory_key=territory,
        key=key,
        name=name.strip()[:120] or hung.name or key,
        kind=found.kind,
        device=device,
        account=row,
        command_topic=found.command,
        state_topic=found.state,
        declaration={"toml": declaration},
        exercise=exercise,
        declared_at=clock.now(),
    )
    digest = hashlib.sha256(declaration.encode()).hexdigest()
    told: list[journal.Draft] = []
    if token:
        told.append(journal.Draft(facts.AccountMade(account=row.key), f"actuator:{key}", actor))
    fact = facts.Declared(kind=found.kind, device=device, account=row.key, sha256=digest, exercise=exercise)
    told.append(journal.Draft(fact, f"actuator:{key}", actor))
    journal.append_all(journal=f"territory:{territory}", drafts=told)
    return Made(made.pk, row.login, token)


@transaction.atomic
def renew(*, territory: str, account: str, actor: str = "system") -> Made:
    """Give a device's account a new token: the former one no longer opens. Raises UnknownActuator."""
    if not models.Account.objects.filter(territory_key=territory, key=account).exists():
        raise UnknownActuator(what=account)
    row, token = accounts.make(territory, account)
    fact = facts.AccountMade(account=account, again=True)
    journal.append(journal=f"territory:{territory}", fact=fact, subject=f"account:{account}", actor=actor)
    return Made(row.pk, row.login, token)


@transaction.atomic
def retire(*, territory: str, key: str, actor: str = "system") -> None:
    """Take an actuator away; its account goes with the last that it serves. Raises UnknownActuator."""
    rows = models.Actuator.objects.select_for_update().filter(territory_key=territory, key=key)
    row = rows.filter(retired_at=None).first()
    if row is None:
        raise UnknownActuator(what=key)
    row.retired_at = clock.now()
    row.save(update_fields=["retired_at"])
    fact = facts.Retired(exercise=row.exercise)
    journal.append(journal=f"territory:{territory}", fact=fact, subject=f"actuator:{key}", actor=actor)


@transaction.atomic
def ask(
    *,
    member: Member,
    territory: str,
    actuator: str,
    act: str,
    incident: UUID | None = None,
    purpose: str = "",
    text: str = "",
    seen: str = "",
    sure: bool = False,
) -> UUID:
    """Ask for a command, in the name of a member: it is in the journal when this returns, and is sent after.

    `seen` and `sure` are asked for what moves: how they saw that nobody stands there, and that they
    confirmed it a second time. Raises DoorShut, UnknownActuator, UnknownIncident, AlreadyClosed, BadCommand,
    NotChecked, Busy, OtherWorld.
    """
    doors.require(member, ACTION, territory=territory)
    about = incidents.open_row(incident, None) if incident else None  # incidents before actuators, always
    if about is not None and about.territory_key != territory:
        raise UnknownActuator(what=actuator)
    row = (
        models.Actuator.objects.select_for_update()
        .filter(territory_key=territory, key=actuator, retired_at=None)
        .first()
    )
    if row is None:
        raise UnknownActuator(what=actuator)
    found = declared.read(row.declaration["toml"])
    _fits(row, found, act, text=text, seen=seen if sure else "", purpose=purpose, incident=about)
    drill = _drill(territory, about)
    if row.exercise and not drill and about is not None:
        raise OtherWorld(name=row.name)
    made = _written(row, found, act, incident=about, actor=member.actor, exercise=drill or row.exercise)
    made.text = text if found.act(act).speaks else ""
    made.seen = seen if found.act(act).moves else ""
    made.purpose = "" if about else purpose
    if drill and not row.exercise:
        made.state, made.over_at, made.ends_at = states.KEPT, made.asked_at, None
    made.save()
    told = [facts_of(made)]
    if made.state == states.KEPT:
        told.append(became(facts.Kept, made))
    tell(made, *told, actor=member.actor, at=made.asked_at)
    return made.pk


def _drill(territory: str, incident: Incident | None) -> bool:
    """Whether the command is of an exercise, in which no real thing is switched."""
    exercise = incident is not None and incident.exercise
    return exercise or people.is_exercise() or territories.territory(territory).exercise


def _fits(
    row: models.Actuator,
    found: Declared,
    act: str,
    *,
    text: str,
    seen: str,
    purpose: str,
    incident: Incident | None,
) -> None:
    """Whether a command may be asked as it is. Raises BadCommand, NotChecked, Busy."""
    if act not in found.acts:
        raise BadCommand(where=gettext("command"), why=gettext("is not one that it knows"))
    if incident is None and purpose not in PURPOSES:
        raise BadCommand(where=gettext("purpose"), why=gettext("say what it is for"))
    like = found.act(act)
    if like.speaks and text not in found.texts:
        raise BadCommand(where=gettext("message"), why=gettext("is not one of the approved texts"))
    if like.moves and seen not in SEEN:
        raise NotChecked(name=row.name)
    waiting = models.Command.objects.filter(actuator=row, state__in=states.OPEN)
    moving = [name for name in found.acts if found.act(name).moves]
    if waiting.filter(act=act).exists() or (like.moves and waiting.filter(act__in=moving).exists()):
        raise Busy(name=row.name)


def _written(
    row: models.Actuator,
    found: Declared,
    act: str,
    *,
    incident: Incident | None,
    actor: str,
    exercise: bool,
) -> models.Command:
    """A command ready to be saved."""
    now, minutes = clock.now(), found.acts[act].minutes
    return models.Command(
        actuator=row,
        incident=incident,
        act=act,
        exercise=exercise,
        actor=actor,
        asked_at=now,
        send_by=now + timedelta(seconds=current().acting_send_seconds),
        minutes=minutes,
        ends_at=now + timedelta(minutes=minutes) if minutes else None,
    )


def ended(command: models.Command, found: Declared) -> models.Command:
    """The command that puts back what `command` changed, asked in the engine's name, as its author agreed."""
    made = _written(
        command.actuator,
        found,
        found.normal,
        incident=command.incident,
        actor=ENGINE,
        exercise=command.exercise,
    )
    made.purpose, made.ends = command.purpose, command
    made.save()
    tell(made, facts_of(made), actor=ENGINE, at=made.asked_at)
    return made


def facts_of(command: models.Command) -> facts.Asked:
    """What the journal keeps of a command before it is sent."""
    return facts.Asked(
        number=command.incident.number if command.incident else 0,
        command=str(command.pk),
        actuator=command.actuator.key,
        act=command.act,
        purpose=command.purpose,
        text=command.text,
        seen=command.seen,
        minutes=command.minutes,
        ends=str(command.ends_id or ""),
        exercise=command.exercise,
    )


__all__ = ["ACTION", "ENGINE", "Made", "ask", "declare", "ended", "renew", "retire", "subject"]
