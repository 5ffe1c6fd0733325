"""What conventions say in the journal: references, organisations, hashes; names lie in the tables."""

from __future__ import annotations

from beffroi.journal.facts import Fact


class Drawn(Fact, fact="convention.drawn", version=1):
    """A version was drawn up; `text` and `policy` are SHA-256 of its terms and of what they compile to."""

    convention: str
    text: str
    policy: str
    parties: list[str]
    territories: list[str]


class Signed(Fact, fact="convention.signed", version=1):
    """A party signed: `how` is on screen or on paper, `document` the SHA-256 of a signed paper."""

    convention: str
    organisation: str
    how: str
    text: str
    document: str = ""


class Agreed(Fact, fact="convention.agreed", version=1):
    """Every party and every host commune signed: from its first day on it opens what it lists."""

    convention: str
    text: str
    policy: str
    starts_on: str
    ends_on: str


class Ended(Fact, fact="convention.ended", version=1):
    """It opens nothing any more: `why` is ended by a party, or replaced by another version."""

    convention: str
    why: str


class HelpBegun(Fact, fact="help.begun", version=1):
    """Another centre has a territory's queue until `until`; `why`: asked, unattended, nobody answered."""

    convention: str
    helper: str
    until: str
    why: str


class HelpEnded(Fact, fact="help.ended", version=1):
    """The queue was handed back, or its time was over."""

    convention: str
    helper: str
    why: str
