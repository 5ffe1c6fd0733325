"""Operations that follow what happens: the feed of events, and who is on call."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Query, Router
from pydantic import Field

from beffroi.api import door, shapes
from beffroi.api.incidents import Key
from beffroi.during.oncall import queries as oncall
from beffroi.during.oncall.rules import rota as rules
from beffroi.during.webhooks.queries import events_of
from beffroi.during.webhooks.rules.events import KINDS
from beffroi.foundation import clock
from beffroi.journal import queries as journal
from beffroi.people.models import Member

router = Router()
LOG, ONCALL = "log.view", "oncall.view"
After = Annotated[int, Field(ge=0, le=2**62)]
Kind = Literal[KINDS]  # type: ignore[valid-type] - the tuple of kinds is the enumeration


@router.get(
    "/events",
    response=shapes.Events,
    url_name="events",
    tags=["events"],
    summary=_("Follow what happens"),
    description=_(
        "Events after a position of the feed, in their order; without `after`, where the feed stands now. "
        "The same events as notifications (webhooks): kinds, identifiers, times and links, nothing personal."
    ),
    openapi_extra={"x-scopes": ["events:read"]},
)
def events(
    request: HttpRequest,
    after: After | None = None,
    territory: Key = "",
    kind: list[Kind] = Query([]),  # noqa: B008 - ninja reads it so
    limit: Annotated[int, Field(ge=1, le=500)] = 100,
) -> shapes.Events:
    """A page of the feed."""
    keys = door.reach(request, LOG, territory)
    door.looked(request, LOG, keys)
    head = journal.head_position()  # before the entries: none that comes meanwhile is skipped
    if after is None:
        return shapes.Events(items=[], position=head, more=False)
    found = events_of(keys, kinds=kind or KINDS, after=after, limit=limit + 1)
    items: list[Any] = [event for _position, event in found[:limit]]
    more = len(found) > limit
    end = found[limit - 1][0] if more else max(head, after, *(each for each, _event in found))
    return shapes.Events(items=items, position=end, more=more)


@router.get(
    "/oncall",
    response=shapes.Rotas,
    url_name="oncall",
    tags=["on call"],
    summary=_("Read who is on call"),
    description=_("Now, a territory each, with the calls that nobody answered yet. No number, no address."),
    openapi_extra={"x-scopes": ["oncall:read"]},
)
def who(request: HttpRequest, territory: Key = "") -> shapes.Rotas:
    """Who is on call now."""
    keys = door.reach(request, ONCALL, territory)
    door.looked(request, ONCALL, keys)
    now = clock.now()
    found = {key: rules.on_call(oncall.rota_of(key), now) for key in sorted(keys)}
    wanted = {member for ranks in found.values() for members in ranks.values() for member in members}
    names = {each.pk: each.display_name for each in Member.objects.filter(pk__in=wanted, is_active=True)}
    calls = oncall.calls_open(keys)
    items = [
        shapes.Rota(
            territory=key,
            at=now,
            desk_open=oncall.desk_is_open(key, now),
            on_call=[
                shapes.OnCall(rank=rank, name=names[member])
                for rank, members in ranks.items()
                for member in members
                if member in names
            ],
            calls=[
                shapes.Calling(
                    incident=each.incident,
                    reference=each.reference,
                    state=each.state,
                    round=each.round,
                    opened_at=each.opened_at,
                    due_at=each.due_at,
                )
                for each in calls
                if each.territory == key
            ],
        )
        for key, ranks in found.items()
    ]
    return shapes.Rotas(items=items)
