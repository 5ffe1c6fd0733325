"""Help between centres: entrust one's queue for some hours, take an unattended one, hand it back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from beffroi.desks import pages
from beffroi.desks.duty.views import member_of
from beffroi.desks.oversight.reading import towns
from beffroi.during.oncall import unattended
from beffroi.foundation import clock
from beffroi.foundation.errors import BeffroiError, Invalid
from beffroi.people import doors
from beffroi.people.conventions import helping, queries
from beffroi.people.conventions.errors import NotInForce
from beffroi.people.models import Member

ACTION = "help.ask"


@doors.door(ACTION)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Who has which queue, what may be entrusted, what may be taken."""
    member, status = member_of(request), 200
    if request.method == "POST":
        try:
            _act(member, request.POST)
        except doors.DoorShut:
            raise
        except BeffroiError as refusal:
            messages.error(request, pages.sentence(refusal))
            status = refusal.status
        else:
            messages.success(request, gettext("Done."))
            return redirect("duty_help")
    own = doors.territories_for(member, ACTION)
    going = queries.helps(territories=own, helper=member.organisation_id)
    entrusted = {(each.territory, each.helper) for each in going}
    frameworks = [
        each for each in queries.frameworks(territories=own) if each.helper != member.organisation_id
    ]
    now = clock.now()
    others = [
        (each, unattended.since(each.territory, now, each.unattended_min))
        for each in queries.frameworks(helper=member.organisation_id)
        if (each.territory, each.helper) not in entrusted
    ]
    named = towns({each.territory for each in (*going, *frameworks, *(each for each, _ in others))})
    context = {
        "going": [(each, named.get(each.territory, each.territory)) for each in going],
        "may_entrust": [
            (each, named.get(each.territory, each.territory))
            for each in frameworks
            if (each.territory, each.helper) not in entrusted
        ],
        "may_take": [(each, named.get(each.territory, each.territory), since) for each, since in others],
        "organisation": member.organisation_id,
        "place_title": gettext("Help between centres"),
    }
    return render(request, "desks/duty/help.html", context, status=status)


def _act(member: Member, form: QueryDict) -> None:
    do = form.get("do", "")
    if do == "hand_back":
        _hand_back(member, _identifier(form.get("help", "")))
        return
    territory, helper = form.get("territory", ""), _identifier(form.get("helper", ""))
    if do == "entrust":
        doors.require(member, ACTION, territory=territory)
        hours = form.get("hours", "")
        if not hours.isdigit() or not 0 < int(hours[:4]) < 100:
            raise Invalid(where="help_hours", why="give a number")
        helping.begin(territory=territory, helper=helper, hours=int(hours), actor=member.actor)
    elif do == "take":
        _take(member, territory)
    else:
        raise Invalid(where="do", why="is no act of this page")


def _take(member: Member, territory: str) -> None:
    """An unattended queue, by a member of the centre that the framework names."""
    named = queries.frameworks(helper=member.organisation_id)
    found = next((each for each in named if each.territory == territory), None)
    if found is None:
        raise NotInForce(why="no framework in force lets that centre help here")
    if unattended.since(territory, clock.now(), found.unattended_min) is None:
        raise NotInForce(why="the queue is not unattended")
    helping.begin(
        territory=territory,
        helper=found.helper,
        hours=found.help_hours,
        why=helping.UNATTENDED,
        actor=member.actor,
    )


def _hand_back(member: Member, identifier: UUID) -> None:
    """By who entrusted it, or by who has it."""
    own = doors.territories_for(member, ACTION)
    going = queries.helps(territories=own, helper=member.organisation_id)
    if not any(each.id == identifier for each in going):
        raise NotInForce(why="this help is over")
    helping.hand_back(help_id=identifier, actor=member.actor)


def _identifier(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        raise Invalid(where="id", why="is no identifier") from None
