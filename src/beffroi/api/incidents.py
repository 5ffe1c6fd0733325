"""Operations on incidents: the list, one with its reasons, its entries, units proposed, and three acts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from beffroi.api import door, keyed, paging, said, shapes
from beffroi.api.errors import BadCursor, MatchNeeded, NotAsRead
from beffroi.during.dispatch import actions as dispatch
from beffroi.during.dispatch import queries as orders
from beffroi.during.incident import actions, queries
from beffroi.during.incident import doors as incident_doors
from beffroi.during.incident.errors import UnknownIncident
from beffroi.during.incident.models import Incident
from beffroi.journal import queries as journal
from beffroi.people import doors

router = Router(tags=["incidents"])
VIEW = "duty.view"
READ = {"x-scopes": ["incidents:read"]}
WRITE = {"x-scopes": ["incidents:write"]}
State = Literal["to_check", "confirmed", "sent", "on_scene", "technical", "closed"]
Phase = Literal["decide", "progress", "follow", "closed"]
Limit = Annotated[int, Field(ge=1, le=paging.MOST)]
Key = Annotated[str, Field(max_length=100)]
Cursor = Annotated[str, Field(max_length=400)]


class Wanted(Schema):
    """Which incidents: filters, and where the page begins."""

    territory: Key = ""
    state: list[State] = []
    phase: list[Phase] = []
    since: AwareDatetime | None = Field(None, description=_("Seen at this instant or later."))
    until: AwareDatetime | None = Field(None, description=_("Seen before this instant."))
    exercise: bool | None = None
    cursor: Cursor = ""
    limit: Limit = paging.USUAL


@router.get(
    "/incidents",
    response=shapes.Incidents,
    url_name="incidents",
    summary=_("List incidents"),
    description=_("The latest seen first, of every territory that the token reaches or of one."),
    openapi_extra=READ,
)
def incidents(request: HttpRequest, wanted: Query[Wanted]) -> shapes.Incidents:
    """A page of the list."""
    keys = door.reach(request, VIEW, wanted.territory)
    limit = wanted.limit
    found = queries.page(
        keys,
        limit=limit + 1,
        states=wanted.state,
        phases=wanted.phase,
        since=wanted.since,
        until=wanted.until,
        exercise=wanted.exercise,
        after=_after(wanted.cursor) if wanted.cursor else None,
    )
    door.looked(request, VIEW, keys)
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    return shapes.Incidents(
        items=[said.incident(each) for each in shown],
        next=paging.cursor([last.seen_at.isoformat(), str(last.id)]) if last else None,
    )


def _after(cursor: str) -> tuple[datetime, UUID]:
    at, identifier = paging.place(cursor, 2)
    try:
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError
        return moment, UUID(identifier)
    except ValueError:
        raise BadCursor(where="cursor", why="unknown") from None


def _etag(version: int) -> str:
    return f'"{version}"'


def _seen(request: HttpRequest, incident: UUID) -> Incident:
    """The incident, its look written; where the token does not reach there is none. Raises DoorShut."""
    keys = door.reach(request, VIEW, None)
    row = Incident.objects.filter(pk=incident, territory_key__in=keys).first()
    if row is None:
        raise UnknownIncident(what=str(incident))
    door.looks.note(door.member_of(request), VIEW, row.territory_key, f"incident:{row.pk}")
    return row


@router.get(
    "/incidents/{uuid:incident}",
    response={200: shapes.Explained, 304: None},
    url_name="incident",
    summary=_("Read one incident"),
    description=_("With why it is believed and its time ledger. Its ETag is what a change must match."),
    openapi_extra=READ,
)
def incident(request: HttpRequest, response: HttpResponse, incident: UUID) -> Any:
    """One incident."""
    row = _seen(request, incident)
    response["ETag"] = _etag(row.version)
    if request.headers.get("If-None-Match") == _etag(row.version):
        return Status(304, None)
    sheet = queries.sheet(incident)
    response["ETag"] = _etag(sheet.incident.version)
    return said.explained(sheet)


@router.get(
    "/incidents/{uuid:incident}/entries",
    response=shapes.Entries,
    url_name="incident_entries",
    summary=_("Read what the log says of an incident"),
    description=_("Entries of the journal with their numbers, oldest first. Persons are not named."),
    openapi_extra={"x-scopes": ["incidents:read", "events:read"]},
)
def entries(
    request: HttpRequest,
    incident: UUID,
    cursor: Cursor = "",
    limit: Limit = paging.USUAL,
) -> shapes.Entries:
    """A page of the log about it."""
    row = _seen(request, incident)
    doors.require(door.member_of(request), "log.view", territory=row.territory_key)
    after = paging.place(cursor, 1)[0] if cursor else "0"
    if not after.isdigit():
        raise BadCursor(where="cursor", why="unknown")
    told = journal.entries_about(f"incident:{row.pk}", journal=f"territory:{row.territory_key}")
    rest = [each for each in told if each.number > int(after)]
    shown = rest[:limit]
    items = [
        shapes.Entry(
            number=each.number,
            position=each.position,
            at=each.time,
            fact=each.fact,
            actor=each.actor.partition(":")[0],
            body=dict(each.body) if each.body is not None else None,
        )
        for each in shown
    ]
    return shapes.Entries(
        items=items, next=paging.cursor([str(shown[-1].number)]) if len(rest) > limit else None
    )


@router.get(
    "/incidents/{uuid:incident}/suggestions",
    response=shapes.Suggestions,
    url_name="incident_suggestions",
    summary=_("Read which units are proposed for an incident"),
    description=_("The order by road travel time, ability and right to act, with its reasons."),
    openapi_extra={"x-scopes": ["incidents:read", "units:read"]},
)
def suggestions(request: HttpRequest, incident: UUID) -> shapes.Suggestions:
    """The latest order of units."""
    row = _seen(request, incident)
    doors.require(door.member_of(request), "unit.view", territory=row.territory_key)
    order = orders.ranking(row.pk)
    if order is None:
        return shapes.Suggestions(incident=row.pk, made_at=None, coming=[], proposed=[], left_out=[])
    return shapes.Suggestions(
        incident=row.pk,
        made_at=order.made_at,
        coming=[said.suggested(each) for each in order.coming],
        proposed=[said.suggested(each) for each in order.rows],
        left_out=[
            shapes.LeftOut(
                unit=each.unit,
                name=each.name,
                kind=each.kind,
                state=each.state,
                reason=said.reason(each.reason.code, each.reason.params),
                may_send=each.may_send,
            )
            for each in order.left_out
        ],
    )


def _match(request: HttpRequest, row: Incident) -> int | None:
    """The version that a change was decided on; None for `*`. Raises MatchNeeded, NotAsRead."""
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise MatchNeeded
    if given == "*":
        return None
    if given != _etag(row.version):
        raise NotAsRead(reference=row.reference)
    return row.version


def _change(
    request: HttpRequest,
    response: HttpResponse,
    incident: UUID,
    action: str,
    act: Callable[[UUID, int | None], object],
) -> dict[str, Any]:
    """One act on an incident, once a key, on the version that was read."""
    member = door.member_of(request)
    incident_doors.incident_for(member, incident, action)

    def work() -> keyed.Answer:
        row = Incident.objects.select_for_update().get(pk=incident)
        act(member.pk, _match(request, row))
        row.refresh_from_db()
        told = shapes.Changed(
            id=row.pk, reference=row.reference, version=row.version, state=row.state, phase=row.phase
        )
        return told.model_dump(mode="json"), _etag(row.version)

    return keyed.once(request, response, work)


@router.post(
    "/incidents/{uuid:incident}/acknowledge",
    response=shapes.Changed,
    url_name="incident_acknowledge",
    summary=_("Acknowledge an incident"),
    description=_("As the duty desk does: the program answers for it from then on."),
    openapi_extra={**WRITE, "x-change": "match"},
)
def acknowledge(request: HttpRequest, response: HttpResponse, incident: UUID) -> dict[str, Any]:
    """I take it."""
    return _change(
        request,
        response,
        incident,
        "incident.acknowledge",
        lambda member, version: actions.acknowledge(incident=incident, member=member, version=version),
    )


@router.post(
    "/incidents/{uuid:incident}/close",
    response=shapes.Changed,
    url_name="incident_close",
    summary=_("Close an incident"),
    description=_("With its outcome, from which the house learns. Units that are on it are free again."),
    openapi_extra={**WRITE, "x-change": "match"},
)
def close(
    request: HttpRequest, response: HttpResponse, incident: UUID, closing: shapes.Closing
) -> dict[str, Any]:
    """It is over."""
    return _change(
        request,
        response,
        incident,
        "incident.close",
        lambda member, version: dispatch.close(
            incident_id=incident, outcome=closing.outcome, cause=closing.cause, member=member, version=version
        ),
    )


@router.post(
    "/incidents/{uuid:incident}/notes",
    response=shapes.Noted,
    url_name="incident_notes",
    summary=_("Write a note on an incident"),
    description=_("The duty desk shows it under the program's name. It cannot be read back through the API."),
    openapi_extra={**WRITE, "x-change": "key"},
)
def note(
    request: HttpRequest, response: HttpResponse, incident: UUID, noting: shapes.Noting
) -> dict[str, Any]:
    """A note."""
    member = door.member_of(request)
    incident_doors.incident_for(member, incident, "incident.annotate")

    def work() -> keyed.Answer:
        made = actions.annotate(incident=incident, member=member.pk, text=noting.text)
        told = shapes.Noted(id=made.pk, incident=incident, at=made.at)
        return told.model_dump(mode="json"), ""

    return keyed.once(request, response, work)
