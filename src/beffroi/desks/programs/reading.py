"""What the page of programs shows, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from beffroi.desks.duty import facts_said
from beffroi.during.webhooks import queries
from beffroi.during.webhooks.queries import DeliveryView, SubscriptionView
from beffroi.during.webhooks.rules.events import KINDS, TEST
from beffroi.foundation import clock
from beffroi.people import programs
from beffroi.people.catalogue import catalogue
from beffroi.people.models import Centre, KnownTerritory, Organisation, Program
from beffroi.territory import queries as territory

FAULTS: Mapping[str, Promise] = {
    "timeout": _("it did not answer in time"),
    "unreachable": _("it cannot be reached"),
    "no_such_host": _("there is no such host"),
    "certificate": _("its certificate is not trusted"),
    "tls": _("no TLS with it"),
    "redirect": _("it sends elsewhere, which is not followed"),
    "destination": _("its address is private: see the setting webhook_networks"),
    "no_right": _("the program may not follow the log any more"),
    "seal_broken": _("the secret cannot be read with this installation's secret key"),
    "by_person": _("paused by a person"),
}


def fault(code: str) -> str:
    """A fault in words."""
    if code.startswith("http_"):
        return gettext("it answered %(status)s") % {"status": code.removeprefix("http_")}
    return str(FAULTS.get(code, code))


def known(keys: Iterable[str]) -> list[str]:
    """Those of these territories that are there."""
    return list(KnownTerritory.objects.filter(key__in=list(keys)).values_list("key", flat=True))


def _names() -> dict[str, str]:
    return {each.key: each.name for each in territory.territories()}


def scope_words(scope: str) -> str:
    """A scope in words: its role's, without saying 'program' again."""
    role = catalogue().roles[programs.SCOPES[scope]]
    words = role.en if (get_language() or "fr").startswith("en") else role.fr
    return words.partition(":")[2].strip()


def board() -> dict[str, Any]:
    """Programs, subscriptions, and what the forms offer."""
    names, now = _names(), clock.now()
    rows = [_program(each, names) for each in programs.programs()]
    live = [each for each in rows if each["live"]]
    return {
        "programs": live,
        "gone": [each for each in rows if not each["live"]],
        "subscriptions": [subscription(each) for each in queries.subscriptions()],
        "followers": [each for each in live if "events:read" in each["scopes"] and not each["ended"]],
        "scopes": [(scope, scope_words(scope)) for scope in programs.SCOPES],
        "kinds": [(kind, facts_said.said(kind)) for kind in KINDS],
        "organisations": Organisation.objects.order_by("name"),
        "territories": [
            (key, names.get(key, key))
            for key in KnownTerritory.objects.order_by("key").values_list("key", flat=True)
        ],
        "centres": Centre.objects.order_by("name"),
        "now": now,
    }


def _program(each: Program, names: Mapping[str, str]) -> dict[str, Any]:
    now = clock.now()
    return {
        "id": each.pk,
        "name": each.member.display_name,
        "organisation": each.member.organisation.name,
        "scopes": list(each.scopes),
        "words": [scope_words(scope) for scope in each.scopes],
        "reach": [names.get(key, key.removeprefix("centre:")) for key in programs.reach_of(each)],
        "expires_at": each.expires_at,
        "days_left": max(0, (each.expires_at - now).days),
        "ended": each.expires_at <= now,
        "soon": (each.expires_at - now).days < 21,
        "last_used_at": each.last_used_at,
        "live": each.revoked_at is None,
    }


def subscription(each: SubscriptionView) -> dict[str, Any]:
    """A subscription as the page shows it."""
    return {
        "id": each.id,
        "program": each.program_name,
        "url": each.url,
        "kinds": [facts_said.said(kind) for kind in each.kinds],
        "all_kinds": len(each.kinds) == len(KINDS),
        "territories": each.territories,
        "paused": each.state == "paused",
        "why": fault(each.why) if each.why else "",
        "failing_since": each.failing_since,
        "next_at": each.next_at,
        "taken_at": each.taken_at,
    }


def tried(each: DeliveryView) -> dict[str, Any]:
    """A try as the page shows it."""
    return {
        "kind": gettext("Test") if each.kind == TEST else facts_said.said(each.kind),
        "code": each.kind,
        "position": each.position,
        "at": each.at,
        "attempt": each.attempt,
        "taken": not each.fault,
        "words": fault(each.fault) if each.fault else gettext("taken"),
        "took_ms": each.took_ms,
    }
