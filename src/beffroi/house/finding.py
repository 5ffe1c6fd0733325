"""What a check of `beffroi doctor` found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its name, whether it is well, what was seen, and what to do if it is not."""

    check: str
    well: bool
    seen: str
    advice: str = ""
