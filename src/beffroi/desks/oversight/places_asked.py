"""Which territory a page of the oversight desk is asked for, among those that its reader may see."""

from __future__ import annotations

from collections.abc import Collection

from django.http import HttpRequest

from beffroi.desks.oversight import reading
from beffroi.people.models import Member
from beffroi.people.queries import names_of
from beffroi.territory import queries as territory


def towns_of(keys: Collection[str]) -> list[tuple[str, str]]:
    """These territories, by name."""
    return sorted(reading.towns(keys).items(), key=lambda each: each[1].casefold())


def asked(request: HttpRequest, towns: list[tuple[str, str]]) -> str:
    """The territory asked for, else the first one; '' where there is none."""
    wanted = request.POST.get("territory") or request.GET.get("territoire", "")
    keys = [key for key, _ in towns]
    return wanted if wanted in keys else (keys[0] if keys else "")


def cameras(keys: Collection[str]) -> dict[tuple[str, str], str]:
    """Names of the cameras of these territories' maps, by territory and key."""
    return {
        (key, each.key): each.name or each.key
        for key in keys
        for each in territory.devices(key, kinds=["camera"])
    }


def person(actor: str, names: dict[str, str], otherwise: str) -> str:
    """Who an actor is."""
    return names.get(actor, otherwise)


def lookers() -> list[tuple[str, str]]:
    """Everybody who may have looked: actors and names, by name."""
    rows = Member.objects.filter(program=None).values_list("pk", "display_name")
    return sorted(((f"member:{pk}", name) for pk, name in rows), key=lambda each: each[1].casefold())


__all__ = ["asked", "cameras", "lookers", "names_of", "person", "towns_of"]
