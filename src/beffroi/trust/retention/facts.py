"""What retention says in the journal: kinds, days, counts, digests; never what was erased."""

from __future__ import annotations

from beffroi.journal.facts import Fact


class TermSet(Fact, fact="trust.term_set", version=1):
    """From now on this kind of data is kept so many days; `before` is how long it was until now."""

    kind: str
    days: int
    before: int


class HoldPlaced(Fact, fact="trust.hold_placed", version=1):
    """Nothing of `subject` within the span is erased until the hold ends ('' no bound; `kind` '': all).

    `ground` is requisition or access_request; `reference` its number.
    """

    hold: str
    subject: str
    kind: str
    ground: str
    reference: str
    since: str = ""
    until: str = ""


class HoldReleased(Fact, fact="trust.hold_released", version=1):
    """The hold keeps nothing any more: what is over its term goes at the next erasure."""

    hold: str


class Erased(Fact, fact="trust.erased", version=1):
    """So much of a kind was erased from a store and is gone: that was checked before this was written.

    `first` and `last` are the instants of the oldest and the newest erased. `digest` is the SHA-256 of their
    hashes, sorted: for each the salted hash that the journal bore, else the hash of its identifier.
    """

    kind: str
    store: str
    days: int
    count: int
    first: str
    last: str
    digest: str


class ErasureLate(Fact, fact="trust.erasure_late", version=1):
    """So much of a kind was still there after its last day, the oldest since `oldest`."""

    kind: str
    store: str
    count: int
    oldest: str
