"""What registers say in the journal: which section of which document was completed, by its hash."""

from __future__ import annotations

from beffroi.journal.facts import Fact


class DocumentCompleted(Fact, fact="trust.document_completed", version=1):
    """A section of a document has a new version; `digest`: the SHA-256 of its text."""

    document: str
    section: str
    number: int
    digest: str
