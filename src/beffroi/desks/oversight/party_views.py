"""The directory of organisations: what each answers for and is competent for, whom to call there."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from beffroi.desks import pages
from beffroi.desks.duty.views import member_of
from beffroi.desks.duty.words import said
from beffroi.desks.oversight import words_conventions as words
from beffroi.desks.oversight.reading import towns
from beffroi.foundation.errors import BeffroiError, Invalid
from beffroi.people import actions as people
from beffroi.people import doors
from beffroi.people.models import KnownTerritory, Organisation
from beffroi.people.parties import actions, queries, rules

VIEW, MANAGE = "convention.view", "people.manage"


@doors.door(VIEW)
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Every organisation; its contacts, as far as they serve the reader; the forms of who keeps it."""
    member = member_of(request)
    keeps = doors.decide(member, MANAGE).allowed
    found = queries.directory(reader=member.organisation_id, everything=keeps)
    named = towns({key for each in found for key in each.territories})
    known = KnownTerritory.objects.order_by("key").values_list("key", flat=True) if keeps else ()
    context = {
        "parties": [
            (
                each,
                said(words.ORGANISATIONS, each.kind),
                [said(words.COMPETENCES, code) for code in each.competences],
                [named.get(key, key) for key in each.territories],
            )
            for each in found
        ],
        "keeps": keeps,
        "kinds": [(key, said(words.ORGANISATIONS, key)) for key in Organisation.Kind.values],
        "competences": [(key, said(words.COMPETENCES, key)) for key in rules.COMPETENCES],
        "known": sorted((key, towns(known).get(key, key)) for key in known) if keeps else [],
        "place_title": gettext("Oversight"),
    }
    return render(request, "desks/oversight/parties.html", context)


@doors.door(MANAGE)
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """What a form of the directory asks: an organisation, a territory it answers for, a contact."""
    try:
        _act(request.POST, member_of(request).actor)
    except BeffroiError as refusal:
        messages.error(request, pages.sentence(refusal))
    else:
        messages.success(request, gettext("Done."))
    return redirect("oversight_parties")


def _act(form: QueryDict, actor: str) -> None:
    do = form.get("do", "")
    if do == "declare":
        name = " ".join(form.get("name", "").split())
        if not name:
            raise Invalid(where="name", why="is missing")
        made = people.create_organisation(name=name, kind=form.get("kind", ""), actor=actor)
        actions.set_competences(organisation=made, codes=form.getlist("competences"), actor=actor)
    elif do == "answers":
        people.answer_for(key=form.get("territory", ""), organisation=_organisation(form), actor=actor)
    elif do == "contact":
        actions.keep_contact(
            organisation=_organisation(form),
            role=form.get("role", ""),
            name=form.get("name", ""),
            telephone=form.get("telephone", ""),
            email=form.get("email", ""),
            shared=form.get("shared") == "1",
            actor=actor,
        )
    elif do == "erase":
        actions.erase_contact(contact=_identifier(form.get("contact", "")), actor=actor)
    else:
        raise Invalid(where="do", why="is no act of this page")


def _organisation(form: QueryDict) -> Organisation:
    found = Organisation.objects.filter(pk=_identifier(form.get("organisation", ""))).first()
    if found is None:
        raise Invalid(where="id", why="is no identifier")
    return found


def _identifier(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        raise Invalid(where="id", why="is no identifier") from None
