"""Telephone numbers as E.164 (+33612345678), however they were typed or sent."""

from __future__ import annotations

import re

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_PUNCTUATION = re.compile(r"[\s().\-/\u00a0\u202f]")


def e164(text: str, country: str = "33") -> str:
    """The number in E.164, or empty where it is none. A national number (0…) is one of `country`."""
    bare = _PUNCTUATION.sub("", text)
    if bare.startswith("+"):
        bare = re.sub(rf"^\+{country}0", f"+{country}", bare)
    elif bare.startswith("00"):
        bare = f"+{bare[2:]}"
    elif bare.startswith("0"):
        bare = f"+{country}{bare[1:]}"
    elif bare.startswith(country) and len(bare) == len(country) + 9:
        bare = f"+{bare}"
    return bare if _E164.fullmatch(bare) else ""


def masked(number: str) -> str:
    """Enough to know which number it is: `+33 6 … 78`."""
    return f"{number[:3]} {number[3:4]} … {number[-2:]}" if number else ""
