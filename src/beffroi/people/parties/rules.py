"""What organisations may be competent for. Pure."""

from __future__ import annotations

import re

COMPETENCES = (
    "public_order",  # tranquillité publique, police administrative
    "judicial_police",
    "fire",
    "medical_rescue",
    "video_protection",
    "prevention",  # CLSPD, médiation
    "roads",
    "lighting",
    "housing",
    "education",
    "transport",
    "remote_monitoring",
    "maintenance",
    "participation_citoyenne",
)
_TELEPHONE = re.compile(r"\+?[0-9][0-9 .()-]{0,22}")


def bad_contact(role: str, telephone: str, email: str) -> tuple[str, str] | None:
    """Where and why a contact cannot be kept; None where it can."""
    if not role.strip() or len(role) > 80:
        return "role", "is missing, or too long"
    if not telephone and not email:
        return "telephone", "give a telephone or an e-mail address"
    if telephone and not _TELEPHONE.fullmatch(telephone):
        return "telephone", "is no telephone number"
    if email and ("@" not in email or " " in email or len(email) > 254):
        return "email", "is no e-mail address"
    return None
