"""What to do, act by act: versioned data, one file a version in `data/procedures`, each read once."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

_FOLDER = Path(__file__).parent / "data" / "procedures"
GENERAL = "general"
#: What a step may be; before these were told apart, every step was something to do.
SORTS = ("do", "call", "keep", "never")


class Step(NamedTuple):
    """One step: its code, the key that does it, what the house does for it ('': a tick), its sort."""

    code: str
    key: str
    does: str
    sort: str = "do"

    @property
    def ticked(self) -> bool:
        """Whether it is something to do; what must never be done is only shown."""
        return self.sort != "never"


class Procedure(NamedTuple):
    """The steps for one act, and the version that they belong to: `burglary/2`."""

    version: str
    steps: tuple[Step, ...]

    def has(self, code: str) -> bool:
        """Whether a step can be ticked."""
        return any(each.code == code and each.ticked for each in self.steps)


@lru_cache(maxsize=1)
def versions() -> tuple[int, ...]:
    """Every version there is, the oldest first."""
    return tuple(sorted(int(path.stem) for path in _FOLDER.glob("*.toml")))


def present() -> int:
    """The version with which incidents are opened now."""
    return versions()[-1]


@lru_cache(maxsize=32)
def book(version: int) -> dict[str, Procedure]:
    """Every procedure of one version, by act. Raises KeyError where there is no such version."""
    if version not in versions():
        raise KeyError(version)
    data = tomllib.loads((_FOLDER / f"{version}.toml").read_text(encoding="utf-8"))
    steps = {
        code: Step(code, each.get("key", ""), each.get("does", ""), each.get("sort", "do"))
        for code, each in data["steps"].items()
    }
    return {
        act: Procedure(f"{act}/{version}", tuple(steps[code] for code in codes))
        for act, codes in data["acts"].items()
    }


def for_act(act: str, version: int | None = None) -> Procedure:
    """The procedure for an act in a version (None: the present one); the general one where it has none."""
    of_version = book(version or present())
    return of_version.get(act, of_version[GENERAL])


def named(name: str) -> Procedure:
    """The procedure that an incident bears, `burglary/1`; the present general one for a name of before."""
    act, _slash, version = name.partition("/")
    if not version.isdigit() or int(version) not in versions():
        return for_act(GENERAL)
    return for_act(act, int(version))


def kept(name: str, act: str) -> Procedure:
    """The procedure for `act` in the version that an incident was opened with (`name`; '': now)."""
    version = name.rpartition("/")[2]
    known = version.isdigit() and int(version) in versions()
    return for_act(act, int(version) if known else None)
