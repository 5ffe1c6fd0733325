"""Images that go straight from the town's media server to a browser, within a look that was written before.

The signalling passes through here: who may, for which look, and the session's address, by which it is ended
as soon as the look is. What is sent to the media server is in `whep`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from beffroi.eyes import actions, errors, facts, models, queries, rules
from beffroi.eyes import doors as looks
from beffroi.eyes.methods import sdp
from beffroi.eyes.whep import Place
from beffroi.eyes.whep_errors import BadOffer
from beffroi.foundation import clock
from beffroi.journal import actions as journal
from beffroi.people import sealing
from beffroi.people.models import Member

ENDED, LOST = "ended", "lost"
#: A media server that does not answer is told again ever later, this often at most (six minutes in all).
_TRIES = 12
_SLOWEST_S = 60
_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Due:
    """A session to end at the media server."""

    id: UUID
    tries: int
    place: Place


def place_for(*, member: Member, look: UUID, offer: bytes) -> Place:
    """Where a member's offer for their own live look is handed on to.

    Raises NoLook, LookOver, NoWay, SealBroken, BadOffer.
    """
    row = looks.look_for(member.pk, look)
    if row.kind != rules.LIVE or not looks.may_go_on(member, row):
        raise errors.NoLook(what=str(look))
    camera = queries.row(row.territory_key, row.device)
    if not camera.whep:
        raise errors.NoWay(device=row.device)
    if why := sdp.bad_offer(offer):
        raise BadOffer(where="offer", why=why)
    return _place(camera.whep, camera)


def _place(address: str, camera: models.Camera | None) -> Place:
    if camera is None or not camera.login:
        return Place(address)
    secret = sealing.unseal(camera.secret, sealing.CAMERA_LOGIN) if camera.secret else ""
    return Place(address, camera.login, secret)


def keep(*, look: UUID, session: str) -> None:
    """Remember a session that the media server gave, before the browser gets its answer; an earlier one ends.

    Raises LookOver where the look ended meanwhile: the session is ended then as any other.
    """
    now = clock.now()
    with transaction.atomic():
        row = models.Look.objects.select_for_update().get(pk=look)
        models.Session.objects.filter(look=row, ended_at=None).update(wanted=False)
        models.Session.objects.create(look=row, address=session, since=now)
    if row.ended_at is not None or row.until <= now:
        raise errors.LookOver()


def drop(*, member: Member, look: UUID) -> None:
    """The page takes the image of its look another way. Raises NoLook."""
    if not models.Look.objects.filter(pk=look, member=member.pk).exists():
        raise errors.NoLook(what=str(look))
    models.Session.objects.filter(look=look, ended_at=None).update(wanted=False)


def going_on(seen: Collection[UUID]) -> set[UUID]:
    """Which of these looks have a session."""
    rows = models.Session.objects.filter(look__in=list(seen), ended_at=None, wanted=True)
    return set(rows.values_list("look", flat=True))


def end_unrightful() -> int:
    """End the looks with a session whose right is gone or whose camera was shut; how many."""
    ended = 0
    sessions = models.Session.objects.filter(ended_at=None)
    rows = models.Look.objects.filter(ended_at=None, pk__in=sessions.values("look"))
    for row in rows:
        member = Member.objects.filter(pk=row.member, is_active=True).first()
        if member is None or not looks.may_go_on(member, row):
            actions.end_look(identifier=row.pk, member=row.member, how=rules.RIGHTS)
            ended += 1
    return ended


def claimed(now: datetime) -> list[Due]:
    """The sessions to end now, each claimed by this process."""
    over = Q(wanted=False) | Q(look__ended_at__isnull=False) | Q(look__until__lte=now)
    rows = models.Session.objects.filter(over, ended_at=None).filter(Q(again_at=None) | Q(again_at__lte=now))
    found = []
    for row in rows.select_related("look").order_by("since")[:_AT_ONCE]:
        again_at = now + timedelta(seconds=min(2**row.tries, _SLOWEST_S))
        mine = models.Session.objects.filter(pk=row.pk, ended_at=None, tries=row.tries)
        if mine.update(tries=F("tries") + 1, again_at=again_at):
            where = {"territory_key": row.look.territory_key, "device": row.look.device}
            camera = models.Camera.objects.filter(**where).first()
            found.append(Due(row.pk, row.tries + 1, _place(row.address, camera)))
    return found


@transaction.atomic
def note(due: Due, code: str) -> None:
    """The media server was told ('' as `code`), or could not be; after so many tries that is written down."""
    if code and due.tries < _TRIES:
        return
    row = models.Session.objects.select_related("look").get(pk=due.id)
    row.ended_at, row.ended = clock.now(), LOST if code else ENDED
    row.save(update_fields=["ended_at", "ended"])
    if code:
        look = row.look
        fact = facts.LookUnended(look=str(look.pk), device=look.device, code=code, exercise=look.exercise)
        where, subject = f"territory:{look.territory_key}", f"device:{look.device}"
        journal.append(journal=where, fact=fact, subject=subject, actor=journal.SYSTEM)
