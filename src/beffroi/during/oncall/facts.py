"""What on-call says in the journal: identifiers, ranks, codes and figures; never a number nor an address."""

from __future__ import annotations

from beffroi.journal.facts import Fact


class Called(Fact, fact="oncall.called", version=1):
    """Members of some ranks were called about an incident, each over these channels in this order."""

    number: int
    code: str
    round: int
    ranks: list[int]
    members: list[str]
    channels: list[str]
    seconds: float
    exercise: bool = False


class Answered(Fact, fact="oncall.answered", version=1):
    """A member on call took the incident, by which way (`how`), `seconds` after the alert began."""

    number: int
    how: str
    rank: int
    seconds: float
    exercise: bool = False


class PassedOn(Fact, fact="oncall.passed_on", version=1):
    """A member on call passed the incident on to the next."""

    number: int
    how: str
    rank: int
    exercise: bool = False


class NobodyAnswered(Fact, fact="oncall.nobody_answered", version=1):
    """Everyone was called in vain, or nobody is on call: it stands on the desk. `why` is a code."""

    number: int
    why: str
    rounds: int
    exercise: bool = False


class CallsOver(Fact, fact="oncall.over", version=1):
    """The calls ended because the incident was acknowledged, sent to or closed otherwise."""

    number: int
    exercise: bool = False


class RotaChanged(Fact, fact="oncall.rota_changed", version=1):
    """A line or a replacement was added or taken away (`what`, `line`); `member` '' is nobody."""

    what: str
    line: str
    rank: int
    member: str = ""


class ContactChanged(Fact, fact="oncall.contact_changed", version=1):
    """How a member is reached was changed: which fields, never what they hold."""

    fields: list[str]


class PolicyChanged(Fact, fact="oncall.policy_changed", version=1):
    """What wakes people in a territory was changed."""

    threshold: str
    life_threshold: str
    at_least: float
    wait_s: int
    next_s: int


class LinkMade(Fact, fact="oncall.link_made", version=1):
    """A no-account link to an incident was made for a partner (`whom`), to live so many minutes."""

    number: int
    link: str
    whom: str
    minutes: int
    exercise: bool = False


class LinkOpened(Fact, fact="oncall.link_opened", version=1):
    """A link was opened, the `opening`-th time, in the one browser that it is bound to."""

    number: int
    link: str
    whom: str
    opening: int
    exercise: bool = False


class LinkRefused(Fact, fact="oncall.link_refused", version=1):
    """A second browser asked for a link that is bound to another (told the first time)."""

    number: int
    link: str
    whom: str
    exercise: bool = False


class LinkRevoked(Fact, fact="oncall.link_revoked", version=1):
    """A link was taken back before its time."""

    number: int
    link: str
    whom: str
    exercise: bool = False
