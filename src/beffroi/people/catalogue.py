"""What may be asked and which role may ask it: the data file `data/rights.toml`, read once and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from beffroi.foundation.errors import Invalid

FILE = Path(__file__).parent / "data" / "rights.toml"
GROUNDS = ("purpose", "requisition", "switch", "order", "second_signature", "accreditation")
AT = ("territory", "installation")


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that may be asked: its key, its words, where it is asked, the grounds it demands."""

    key: str
    fr: str
    en: str
    at: str
    grounds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoleDefinition:
    """One role: its key, its words, whether it must carry a second factor, the actions it opens.

    `across`: it needs no convention where another organisation answers for the territory.
    """

    key: str
    fr: str
    en: str
    second_factor: bool
    actions: tuple[str, ...]
    across: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every action and every role, by key."""

    actions: Mapping[str, Action]
    roles: Mapping[str, RoleDefinition]


def parse(text: str) -> Catalogue:
    """A catalogue from TOML text. Raises Invalid where a role or an action names what does not exist."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise Invalid(where="rights", why=str(broken)) from None
    actions = {key: _action(key, each) for key, each in data.get("actions", {}).items()}
    roles = {key: _role(key, each, actions) for key, each in data.get("roles", {}).items()}
    return Catalogue(MappingProxyType(actions), MappingProxyType(roles))


def _action(key: str, given: dict[str, Any]) -> Action:
    at, grounds = given.get("at", "territory"), tuple(given.get("grounds", ()))
    if at not in AT:
        raise Invalid(where=f"actions.{key}.at", why=f"{at!r} is not one of {', '.join(AT)}")
    for ground in grounds:
        if ground not in GROUNDS:
            raise Invalid(
                where=f"actions.{key}.grounds", why=f"{ground!r} is not one of {', '.join(GROUNDS)}"
            )
    return Action(
        key, _words(f"actions.{key}", given, "fr"), _words(f"actions.{key}", given, "en"), at, grounds
    )


def _role(key: str, given: dict[str, Any], actions: Mapping[str, Action]) -> RoleDefinition:
    where = f"roles.{key}"
    if not key.isidentifier():
        raise Invalid(where=where, why="a role's key is a plain identifier")
    opened = tuple(given.get("actions", ()))
    for action in opened:
        if action not in actions:
            raise Invalid(where=f"{where}.actions", why=f"{action!r} is not an action")
    return RoleDefinition(
        key,
        _words(where, given, "fr"),
        _words(where, given, "en"),
        bool(given.get("second_factor", False)),
        opened,
        bool(given.get("across", False)),
    )


def _words(where: str, given: dict[str, Any], language: str) -> str:
    words = str(given.get(language, "")).strip()
    if not words or "\n" in words:
        raise Invalid(where=f"{where}.{language}", why="says in one line what it is, in that language")
    return words


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue of this version of the product."""
    return parse(FILE.read_text(encoding="utf-8"))
