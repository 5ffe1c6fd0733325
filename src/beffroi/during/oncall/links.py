"""No-account links: one incident shown to a gendarme or a fire officer, in one browser, for some minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from beffroi.during.incident.acting import row_of
from beffroi.during.incident.models import Incident
from beffroi.during.oncall import facts, models, tokens
from beffroi.during.oncall.errors import BadContact, LinkBound, UnknownLink
from beffroi.during.oncall.escalating import tell
from beffroi.foundation import clock
from beffroi.foundation.settings import current

WHOM = ("gendarmerie", "police", "fire_brigade", "ambulance")
PARTNER = "link"


class Made(NamedTuple):
    """A new link: its secret, said this once."""

    id: UUID
    token: str
    expires_at: datetime


class Opened(NamedTuple):
    """A link that opened: its incident, until when, and (the first time) the secret of its browser."""

    incident: Incident
    whom: str
    expires_at: datetime
    browser: str


@transaction.atomic
def make(*, incident: UUID, whom: str, actor: str, at: datetime | None = None) -> Made:
    """Make a link for a partner. Raises UnknownIncident, BadContact for a partner that is not known."""
    if whom not in WHOM:
        raise BadContact(where=gettext("for whom"), why=gettext("is not one of those offered"))
    moment, minutes = at or clock.now(), current().link_minutes
    row = row_of(incident)
    token = tokens.new()
    link = models.Link.objects.create(
        incident=row,
        token_hash=tokens.hash_of(token),
        whom=whom,
        made_by=actor,
        made_at=moment,
        expires_at=moment + timedelta(minutes=minutes),
    )
    exercise = row.exercise
    fact = facts.LinkMade(number=row.number, link=str(link.pk), whom=whom, minutes=minutes, exercise=exercise)
    tell(row, fact, actor, moment)
    return Made(link.pk, token, link.expires_at)


def waiting(token: str, at: datetime | None = None) -> bool:
    """Whether a live link was not opened yet. Raises UnknownLink."""
    return _live(token, at or clock.now(), lock=False).opened_at is None


@transaction.atomic
def open_first(token: str, at: datetime | None = None) -> Opened:
    """Open a link in the browser that asks, and bind it to that browser. Raises UnknownLink, LinkBound."""
    moment = at or clock.now()
    link = _live(token, moment, lock=True)
    if link.opened_at is not None:
        raise LinkBound
    browser = tokens.new()
    link.browser_hash, link.opened_at = tokens.hash_of(browser), moment
    return _opened(link, browser, moment)


def open_again(token: str, browser: str, at: datetime | None = None) -> Opened:
    """Open a link again in its own browser. Raises UnknownLink; LinkBound for any other browser."""
    moment = at or clock.now()
    with transaction.atomic():
        link = _live(token, moment, lock=True)
        if tokens.same(browser, link.browser_hash):
            return _opened(link, "", moment)
        _refused(link, moment)  # kept, so told before the error leaves
    raise LinkBound


def _live(token: str, at: datetime, *, lock: bool) -> models.Link:
    rows = models.Link.objects.select_related("incident")
    if lock:
        rows = rows.select_for_update(of=("self",))
    link = rows.filter(token_hash=tokens.hash_of(token)).first()
    if link is None or link.revoked_at is not None or at >= link.expires_at:
        raise UnknownLink(what="link")
    return link


def _opened(link: models.Link, browser: str, at: datetime) -> Opened:
    link.openings += 1
    link.save(update_fields=["browser_hash", "opened_at", "openings"])
    fact = facts.LinkOpened(
        number=link.incident.number,
        link=str(link.pk),
        whom=link.whom,
        opening=link.openings,
        exercise=link.incident.exercise,
    )
    tell(link.incident, fact, f"{PARTNER}:{link.pk}", at)
    return Opened(link.incident, link.whom, link.expires_at, browser)


def _refused(link: models.Link, at: datetime) -> None:
    link.refusals += 1
    link.save(update_fields=["refusals"])
    if link.refusals == 1:
        fact = facts.LinkRefused(
            number=link.incident.number,
            link=str(link.pk),
            whom=link.whom,
            exercise=link.incident.exercise,
        )
        tell(link.incident, fact, f"{PARTNER}:{link.pk}", at)


@transaction.atomic
def revoke(*, incident: UUID, link: UUID, actor: str, at: datetime | None = None) -> None:
    """Take a link back; taken back already changes nothing. Raises UnknownIncident, UnknownLink."""
    moment = at or clock.now()
    row = row_of(incident)
    found = models.Link.objects.select_for_update().filter(pk=link, incident=row).first()
    if found is None:
        raise UnknownLink(what="link")
    if found.revoked_at is not None:
        return
    found.revoked_at = moment
    found.save(update_fields=["revoked_at"])
    fact = facts.LinkRevoked(number=row.number, link=str(link), whom=found.whom, exercise=row.exercise)
    tell(row, fact, actor, moment)
