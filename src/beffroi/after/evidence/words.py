"""The words of codes in both languages, for the page that a package holds."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from beffroi.during.fusion.rules import words as fusion
from beffroi.during.incident import words as incident

_OWN = {
    "evidence.sealed": gettext_noop("Evidence sealed"),
    "signal.reported": gettext_noop("Report sent"),
    "people.looked": gettext_noop("Looked at"),
}


def words(code: str, language: str) -> str:
    """What a code says in 'fr' or 'en'; the code itself where nobody has words for it."""
    message = ""
    for table in (_OWN, incident.FACTS, fusion.KINDS, fusion.HARMLESS):
        message = message or table.get(code, "")
    if not message:
        return code
    with translation.override(language):
        return gettext(message)
