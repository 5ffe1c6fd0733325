"""What a person on call answers in a few letters: taken, or passed on, and for which code."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

TAKE, PASS = "take", "pass"
LONGEST = 400
_TAKE = frozenset({"1", "ok", "oui", "vu", "yes", "ok!", "prends"})
_PASS = frozenset({"2", "non", "no", "suivant", "passe"})
_WORD = re.compile(r"[a-z]+|\d+")
_CODE = re.compile(r"\d{3}")


class Reply(NamedTuple):
    """`verdict` is take, pass, or empty where it was not understood; `code` the three figures, or empty."""

    verdict: str
    code: str


def read(text: str) -> Reply:
    """Understand `1 472`, `OK 472`, `1472`, `vu`, `Non 472`, in any case and with anything polite after."""
    plain = unicodedata.normalize("NFKD", text[:LONGEST]).encode("ascii", "ignore").decode().lower()
    words = _WORD.findall(plain)
    if words and len(words[0]) == 4 and words[0][0] in "12" and words[0].isdigit():
        words = [words[0][0], words[0][1:], *words[1:]]
    code = next((each for each in words[:3] if _CODE.fullmatch(each)), "")
    said = [each for each in words[:3] if each != code]
    for each in said[:1]:
        if each in _TAKE:
            return Reply(TAKE, code)
        if each in _PASS:
            return Reply(PASS, code)
    return Reply("", code)
