"""What parties say in the journal: codes and identifiers, never a name or a number."""

from __future__ import annotations

from beffroi.journal.facts import Fact


class Competent(Fact, fact="party.competent", version=1):
    """An organisation is competent for these things, and no others."""

    competences: list[str]


class ContactKept(Fact, fact="party.contact_kept", version=1):
    """A contact of an organisation is kept."""

    contact: str
    shared: bool


class ContactErased(Fact, fact="party.contact_erased", version=1):
    """A contact was erased: nothing of it is left."""

    contact: str
