"""What to do, act by act: versioned data, read once from `data/procedures.toml`."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

_FILE = Path(__file__).parent / "data" / "procedures.toml"


class Step(NamedTuple):
    """One step: its code, the key that does it, and what the house does for it ('' : a tick)."""

    code: str
    key: str
    does: str


class Procedure(NamedTuple):
    """The steps for one act, and the version that they belong to."""

    version: str
    steps: tuple[Step, ...]


@lru_cache(maxsize=1)
def _read() -> dict[str, Procedure]:
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    steps = {code: Step(code, each["key"], each.get("does", "")) for code, each in data["steps"].items()}
    return {
        act: Procedure(f"{act}/{data['version']}", tuple(steps[code] for code in codes))
        for act, codes in data["acts"].items()
    }


def for_act(act: str) -> Procedure:
    """The present procedure for an act; the general one where it has none of its own."""
    return _read().get(act, _read()["general"])
