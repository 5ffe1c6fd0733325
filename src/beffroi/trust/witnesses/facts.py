"""What witnesses say in the journal: identifiers, sizes and codes."""

from __future__ import annotations

from beffroi.journal.facts import Fact


class WitnessAdded(Fact, fact="witness.added", version=1):
    """Somebody will keep and counter-sign our heads, with this key (SHA-256 of its DER form)."""

    fingerprint: str


class WitnessRemoved(Fact, fact="witness.removed", version=1):
    """A witness is asked no more."""

    fingerprint: str


class WitnessRefused(Fact, fact="witness.refused", version=1):
    """A witness says that a journal is not what it kept: `code` says how, `size` is what was proposed."""

    journal: str
    code: str
    size: int


class LogTrusted(Fact, fact="witness.log_trusted", version=1):
    """We keep the heads of another installation, whose key has this fingerprint."""

    fingerprint: str


class LogRefused(Fact, fact="witness.log_refused", version=1):
    """A journal of another installation is not what we kept: `code` says how; both heads are kept."""

    log: str
    code: str
    witnessed: int
    proposed: int
