"""A small town with an incident, a program with every scope there, and how it asks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests.desks.conftest import Town, burglary, happen, town

from beffroi.api import door
from beffroi.people import actions, programs
from beffroi.people.models import Organisation, Program

__all__ = ["burglary", "happen", "town"]

Entrust = Callable[..., "Caller"]


@dataclass
class Caller:
    """A program with its token."""

    token: str
    program: Program

    def ask(self, path: str, method: str = "get", body: Any = None, **headers: str) -> Any:
        """One request; a change has a key of its own and matches anything unless told otherwise."""
        given = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}
        if method == "post":
            given |= {"Idempotency-Key": str(uuid4()), "If-Match": "*"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        given = {name: value for name, value in given.items() if value}
        data = json.dumps(body) if body is not None else None
        more = {"data": data, "content_type": "application/json"} if method != "get" else {}
        return getattr(Client(), method)(f"/api/v1{path}", headers=given, **more)


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    """Neither the pace nor the looks of another test."""
    door.pace.forget()
    door.looks.forget()
    yield


@pytest.fixture
def entrust(town: Town) -> Entrust:
    """Make programs."""

    def make(
        *scopes: str, territories: tuple[str, ...] = (town.key,), name: str = "", days: int = 30, **more: Any
    ) -> Caller:
        made = programs.make_program(
            name=name or f"Program {uuid4().hex[:6]}",
            organisation=Organisation.objects.get(name="Town"),
            scopes=scopes or tuple(programs.SCOPES),
            days=days,
            territories=territories,
            **more,
        )
        return Caller(made.token, Program.objects.get(pk=made.member.pk))

    return make


@pytest.fixture
def program(entrust: Entrust) -> Caller:
    """A program with every scope over the town."""
    return entrust(name="SIG")


@pytest.fixture
def elsewhere(entrust: Entrust) -> Caller:
    """A program with every scope over another town."""
    actions.know_territory(key="allaire")
    return entrust(territories=("allaire",), name="Neighbour")
