"""A member's own account, and what is said when a form's token is not the right one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from beffroi.people import queries
from beffroi.people.models import Member
from beffroi.people.views_door import signed_in


@signed_in
def account(request: HttpRequest) -> HttpResponse:
    """Who the house takes me for: name, organisation, roles and where they hold."""
    member: Member = request.user
    english = (get_language() or "fr").startswith("en")
    context = {
        "member": member,
        "roles": queries.roles_in_words(member, english=english),
        "second_factor": queries.has_second_factor(member),
    }
    return render(request, "people/account.html", context)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is older than the session, or comes from elsewhere: nothing was done."""
    return render(request, "people/csrf.html", {}, status=403)
