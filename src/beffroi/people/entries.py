"""Entries of people in the journal."""

from __future__ import annotations

from beffroi.journal import actions as journal_actions
from beffroi.journal.facts import Fact

JOURNAL = "installation"
SYSTEM = "system"


def append(*, fact: Fact, subject: str, actor: str, journal: str = JOURNAL) -> None:
    """Append a fact within the caller's transaction, as its last act."""
    journal_actions.append(journal=journal, fact=fact, subject=subject, actor=actor)
