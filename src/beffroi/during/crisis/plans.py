"""Which plan a territory works with: its own latest version, else the template of the house."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from beffroi.during.crisis import models
from beffroi.during.crisis.rules import plan as rules

_FOLDER = Path(__file__).parent / "data" / "plans"


class Kept(NamedTuple):
    """A plan with its name (`template/1`, `redon/3`) and its text."""

    name: str
    toml: str

    @property
    def plan(self) -> rules.Plan:
        """What it says."""
        return rules.read(self.toml)


def template() -> Kept:
    """The newest template of the house."""
    number = max(int(path.stem) for path in _FOLDER.glob("*.toml"))
    return Kept(f"template/{number}", (_FOLDER / f"{number}.toml").read_text(encoding="utf-8"))


def of(territory: str) -> Kept:
    """The plan of a territory."""
    row = models.Plan.objects.filter(territory_key=territory).order_by("-number").first()
    return Kept(f"{territory}/{row.number}", row.toml) if row else template()
