"""What unusual looking says in the journal of the installation: alerts, rules, decisions; never of whom."""

from __future__ import annotations

from beffroi.journal.facts import Fact


class UnusualLooking(Fact, fact="trust.unusual_looking", version=1):
    """Looks in a territory passed the threshold of a rule; who looked stays in the room."""

    alert: str
    rule: str
    territory: str
    looks: int


class UnusualDecided(Fact, fact="trust.unusual_decided", version=1):
    """The officer decided of an alert: explained, accepted, followed_up; `told`: the person is told.

    `reason` is the salted hash of what the officer wrote ('' nothing).
    """

    alert: str
    decision: str
    told: bool
    reason: str = ""


class OwnStreetDeclared(Fact, fact="trust.own_street_declared", version=1):
    """The entry's actor declared a street as their own, or took it back; which one stays in the room."""

    standing: bool
