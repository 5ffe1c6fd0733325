"""The tables of who works here: calls, contacts, sessions; and of programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db.models import Model, Q

from beffroi.during.oncall.models import Contact, Link, Message
from beffroi.during.oncall.rules import sending
from beffroi.during.webhooks.models import Delivery
from beffroi.journal import queries as journal
from beffroi.people.models import Member
from beffroi.trust.retention.keepers import Item, Standing
from beffroi.trust.retention.rules import Held, named
from beffroi.trust.retention.tables import Rows
from beffroi.trust.retention.terms import INSTALLATION

_OVER = (sending.SENT, sending.FAILED, sending.STOPPED, sending.KEPT)
_INCIDENT = {"incident": "incident_id"}


class OfTheGone:
    """What is kept of members who may no longer sign in (`member`: its column); the journal tells when."""

    outside = False

    def __init__(self, store: str, model: type[Model], member: str) -> None:
        self.kind, self.store, self._rows, self._member = "contacts", store, model._default_manager, member

    def _gone(self, where: str, before: datetime) -> list[tuple[str, datetime]]:
        if where != INSTALLATION:
            return []
        found = []
        left = Member.objects.filter(is_active=False).values("pk")
        rows = self._rows.filter(**{f"{self._member}__in": left})
        for member in rows.values_list(self._member, flat=True):
            told = journal.entries_about(f"member:{member}", journal=INSTALLATION)
            closed = [each.time for each in told if each.fact == "people.member_closed"]
            if closed and closed[-1] < before:
                found.append((str(member), closed[-1]))
        return sorted(found, key=lambda each: each[1])

    def due(self, where: str, before: datetime, holds: Sequence[Held], most: int) -> list[Item]:
        """The contacts of who left before, the first gone first."""
        return [
            Item(key, at, named(self.store, key))
            for key, at in self._gone(where, before)
            if not any(each.keeps(self.kind, [f"member:{key}"], at) for each in holds)
        ][:most]

    def erase(self, where: str, keys: Sequence[str]) -> None:
        """Erase them."""
        self._rows.filter(pk__in=list(keys)).delete()

    def left(self, where: str, keys: Sequence[str]) -> int:
        """How many are still there."""
        return self._rows.filter(pk__in=list(keys)).count()

    def standing(self, where: str, before: datetime, holds: Sequence[Held]) -> Standing:
        """What is kept of who left before."""
        free = self.due(where, before, holds, 1_000_000)
        held = len(self._gone(where, before)) - len(free)
        return Standing(len(free), held, free[0].at if free else None)


ROWS = (
    Rows(
        "oncall", "calls", Message, "made_at", "alert__territory_key", {"incident": "alert_id"},
        only=lambda: Q(state__in=_OVER),
    ),
    Rows(
        "oncall", "calls of no incident", Message, "made_at", only=lambda: Q(state__in=_OVER, alert=None)
    ),
    Rows("oncall", "links", Link, "expires_at", "incident__territory_key", _INCIDENT),
    OfTheGone("contacts", Contact, "member_id"),
    Rows("sessions", "sessions", Session, "expire_date"),
    Rows("deliveries", "deliveries", Delivery, "at"),
)  # fmt: skip
