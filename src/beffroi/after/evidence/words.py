"""The words of codes in both languages, for the page that a package holds."""

from __future__ import annotations

from beffroi.after.evidence.methods.french import french
from beffroi.during.fusion.rules import words as fusion
from beffroi.during.incident import words as incident

_OWN = {"evidence.sealed": "Evidence sealed", "signal.reported": "Report sent", "people.looked": "Looked at"}
ENGLISH = (
    _OWN,
    incident.FACTS,
    fusion.KINDS,
    fusion.RELATIONS,
    fusion.REASONS,
    fusion.ACTS,
    incident.STATES,
    incident.OUTCOMES,
    incident.STEPS,
    incident.DOUBT,
    fusion.HARMLESS,
    incident.CAUSES,
)


def words(code: str, language: str) -> str:
    """What a code says in 'fr' or 'en'; the code itself where nobody has words for it."""
    english = next((table[code] for table in ENGLISH if code in table), code)
    return (french(code) or english) if language == "fr" else english
