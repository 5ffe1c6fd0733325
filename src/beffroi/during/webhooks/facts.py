"""What notifications say in the journal: identifiers, kinds and codes; no address."""

from __future__ import annotations

from beffroi.journal.facts import Fact


class WebhookMade(Fact, fact="webhook.made", version=1):
    """A program is notified of these kinds in these territories (none named: all that it may follow)."""

    program: str
    kinds: list[str]
    territories: list[str]


class WebhookChanged(Fact, fact="webhook.changed", version=1):
    """What a person did to a subscription: `what` is rotated, paused, resumed, skipped or removed."""

    what: str


class WebhookPaused(Fact, fact="webhook.paused", version=1):
    """Notifications stopped by themselves: `why` is a code; they go on from `position` once resumed."""

    why: str
    position: int
