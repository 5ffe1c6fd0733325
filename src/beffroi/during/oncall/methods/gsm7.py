"""Text messages that cost one message: 160 characters of the GSM 7-bit alphabet (3GPP TS 23.038)."""

from __future__ import annotations

import unicodedata

ONE_MESSAGE = 160
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWO = frozenset("^{}\\[~]|€\f")
_INSTEAD = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "œ": "oe",
        "Œ": "OE",
        "\u00a0": " ",
        "\u202f": " ",
        "·": "-",
        "±": "+/-",
        "≥": ">=",
    }
)


def plain(text: str) -> str:
    """The same text in letters of the alphabet: what it lacks loses its accent, or goes."""
    made: list[str] = []
    for letter in text.translate(_INSTEAD):
        if letter in _BASIC or letter in _TWO:
            made.append(letter)
        else:
            made.extend(part for part in unicodedata.normalize("NFKD", letter) if part in _BASIC)
    return "".join(made)


def length(text: str) -> int:
    """How many of the 160 a text of this alphabet takes (a few letters take two)."""
    return sum(2 if letter in _TWO else 1 for letter in text)


def fits(text: str) -> bool:
    """Whether it is one message."""
    return all(letter in _BASIC or letter in _TWO for letter in text) and length(text) <= ONE_MESSAGE


def shortened(text: str, most: int) -> str:
    """At most so many characters, cut at a word where that loses little."""
    if length(text) <= most:
        return text
    if most < 4:
        return ""
    cut = text[: most - 1]
    while length(cut) > most - 1:
        cut = cut[:-1]
    word = cut.rfind(" ")
    if word >= 2 * len(cut) // 3:
        cut = cut[:word]
    return cut.rstrip(" ,.-") + "."
