"""The usual terms (`data/terms.toml`, read once and checked), and what a town set instead."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from django.utils.translation import get_language

from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import Invalid
from beffroi.trust.retention import models, rules

FILE = Path(__file__).parent / "data" / "terms.toml"
#: Where what belongs to no territory lies.
INSTALLATION = "installation"
IMAGES = "images"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of data: its words, how long it is kept (days), the limit, what says so.

    `law`: a text sets the limit itself; else it is this product's own.
    """

    key: str
    fr: str
    en: str
    days: int
    most: int
    law: bool
    basis_fr: str
    basis_en: str

    @property
    def name(self) -> str:
        """Its words, in the reader's language."""
        return self.fr if _french() else self.en

    @property
    def basis(self) -> str:
        """Why so long, in the reader's language."""
        return self.basis_fr if _french() else self.basis_en


def _french() -> bool:
    return (get_language() or "fr").startswith("fr")


def parse(text: str) -> Mapping[str, Kind]:
    """Kinds from TOML. Raises Invalid where one lacks a word or keeps longer than its own limit."""
    try:
        found = {key: Kind(key=key, **each) for key, each in tomllib.loads(text)["kinds"].items()}
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as broken:
        raise Invalid(where="terms", why=str(broken)) from None
    for each in found.values():
        if why := rules.bad_days(each.days, each.most):
            raise Invalid(where=each.key, why=why)
        if not all((each.fr, each.en, each.basis_fr, each.basis_en)):
            raise Invalid(where=each.key, why="it says neither what it is nor why")
    return MappingProxyType(found)


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """Every kind of data that is kept."""
    return parse(FILE.read_text(encoding="utf-8"))


def usual(kind: str) -> int:
    """How many days a kind is kept where no town says otherwise: the settings may shorten two of them."""
    settings, one = configuration.current(), kinds()[kind]
    chosen = {"observations": settings.spool_retention_days, "oncall": settings.oncall_keep_days}
    return max(1, min(chosen.get(kind, one.days), one.most))


class Terms:
    """How long a territory keeps each kind, read once."""

    def __init__(self, where: str) -> None:
        rows = models.Term.objects.filter(territory_key=where)
        self.set = dict(rows.values_list("kind", "days"))

    def days(self, kind: str) -> int:
        """Days that a kind is kept, never beyond its limit."""
        return min(self.set.get(kind, usual(kind)), kinds()[kind].most)


def image_days(order_days: int, territory: str) -> int:
    """Days that images under an order are kept: what it fixes, less if the town chose so, a month at most."""
    return min(order_days, Terms(territory).days(IMAGES), rules.LONGEST_IMAGE_DAYS)


def journal_of(where: str) -> str:
    """The journal of a place, which is also how it is named as a subject."""
    return INSTALLATION if where == INSTALLATION else f"territory:{where}"
