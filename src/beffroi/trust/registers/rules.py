"""The documents, and the sections that only a person can write."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PROCESSING, ASSESSMENT = "processing", "assessment"
#: Document → sections to complete, in their order.
SECTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        PROCESSING: ("controller", "contact", "recipients", "transfers", "security"),
        ASSESSMENT: ("context", "necessity", "rights", "risks", "measures", "opinion"),
    }
)
LONGEST = 8_000


def bad_text(document: str, section: str, text: str) -> str:
    """Why a section may not be completed so; '' where it may."""
    if section not in SECTIONS.get(document, ()):
        return "is no section to complete"
    return "is too long" if len(text) > LONGEST else ""
