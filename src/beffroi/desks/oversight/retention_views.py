"""What is kept and until when; what was erased, what is late, what is held."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from beffroi.desks.duty.views import member_of
from beffroi.desks.duty.words import said
from beffroi.desks.oversight import trust_words
from beffroi.desks.oversight.places_asked import asked, towns_of
from beffroi.desks.oversight.views import Act, acted
from beffroi.foundation.errors import Invalid
from beffroi.people import doors
from beffroi.people.orders import queries as orders
from beffroi.people.orders.shown import STANDS
from beffroi.trust.retention import actions, queries, rules, terms

VIEW, MANAGE = "retention.view", "retention.manage"


@doors.door(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def retention(request: HttpRequest) -> HttpResponse:
    """Terms, erasures, holds of one territory; and the counts of what belongs to the installation."""
    member = member_of(request)
    answer = acted(request, MANAGE, _ACTS, "oversight_retention") if request.method == "POST" else None
    if isinstance(answer, HttpResponse):
        return answer
    seen = doors.territories_for(member, VIEW)
    towns = towns_of(seen)
    where = asked(request, towns)
    context = {
        **(_page(where) if where else {}),
        "towns": towns,
        "where": where,
        "may_manage": where in doors.territories_for(member, MANAGE),
        "late": _late([*seen, terms.INSTALLATION]),
        "grounds": [(key, said(trust_words.GROUNDS, key)) for key in rules.GROUNDS],
        "kinds": [(each.key, each.name) for each in terms.kinds().values()],
        "place_title": gettext("Oversight"),
    }
    return render(request, "desks/oversight/retention.html", context, status=answer or 200)


def _page(where: str) -> dict[str, Any]:
    day, standing = queries.next_day(where)
    done: dict[str, int] = {}
    erased = queries.erased([where, terms.INSTALLATION])
    for each in erased:
        done[each.kind] = done.get(each.kind, 0) + each.count
    rows = [
        {
            "term": each,
            "next": standing[each.kind.key].due if each.kind.key in standing else None,
            "held": standing[each.kind.key].held if each.kind.key in standing else 0,
            "done": done.get(each.kind.key, 0),
        }
        for each in queries.terms(where)
    ]
    here = queries.holds([where])
    return {
        "rows": rows,
        "day": day,
        "erased": [(each, terms.kinds()[each.kind].name) for each in erased][:60],
        "holds": [(each, said(trust_words.GROUNDS, each.ground), _kind(each.kind)) for each in here],
        "orders": [
            (each, terms.image_days(each.retention_days, where))
            for each in orders.orders([where])
            if each.state == STANDS
        ],
    }


def _kind(key: str) -> str:
    return terms.kinds()[key].name if key else gettext("everything")


def _late(places: list[str]) -> list[dict[str, Any]]:
    return [{"late": each, "kind": terms.kinds()[each.kind].name} for each in queries.late(places)]


def _instant(form: QueryDict, name: str) -> datetime | None:
    given = form.get(name, "")
    if not given:
        return None
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        raise Invalid(where=name, why="give a day") from None
    return found if found.tzinfo else timezone.make_aware(found)


def _set_term(key: str, form: QueryDict, actor: str) -> None:
    days = form.get("days", "")
    if not days.isdigit() or len(days) > 5:
        raise Invalid(where="days", why="give a number of days")
    actions.set_term(where=key, kind=form.get("kind", ""), days=int(days), actor=actor)


def _hold(key: str, form: QueryDict, actor: str) -> None:
    text = actions.HoldText(
        subject=form.get("subject", "").strip(),
        ground=form.get("ground", ""),
        reference=form.get("reference", ""),
        kind=form.get("kind", ""),
        since=_instant(form, "since"),
        until=_instant(form, "until"),
    )
    actions.place_hold(where=key, text=text, actor=actor)


def _release(key: str, form: QueryDict, actor: str) -> None:
    try:
        hold = UUID(form.get("hold", ""))
    except ValueError:
        raise Invalid(where="hold", why="is no identifier") from None
    actions.release_hold(where=key, hold=hold, actor=actor)


_ACTS: Mapping[str, Act] = {"term": _set_term, "hold": _hold, "release": _release}
