"""What a crisis says in the journal: identifiers, codes, figures, salted hashes; never words nor names."""

from __future__ import annotations

from beffroi.journal.facts import Fact, upcasts


class Opened(Fact, fact="crisis.opened", version=1):
    """The plan was put to work: at which level, which plan (`sha256`), from which incident (0: none)."""

    number: int
    level: str
    plan: str
    sha256: str
    incident: int = 0
    exercise: bool = False


class LevelChanged(Fact, fact="crisis.level_changed", version=1):
    """The level was raised or lowered."""

    number: int
    level: str
    before: str
    exercise: bool = False


class CellChanged(Fact, fact="crisis.cell_changed", version=1):
    """A cell was put to work, or sent home."""

    number: int
    cell: str
    active: bool
    exercise: bool = False


class Called(Fact, fact="crisis.called", version=1):
    """Members of a cell were called ('' all): who, over how many messages of the outbox."""

    number: int
    cell: str
    members: list[str]
    messages: int
    exercise: bool = False


class Reached(Fact, fact="crisis.reached", version=1):
    """Somebody said whether a member was reached."""

    number: int
    member: str
    reached: bool
    exercise: bool = False


class Decided(Fact, fact="crisis.decided", version=1):
    """A decision was written down; `digest` is its salted SHA-256."""

    number: int
    decision: str
    digest: str
    exercise: bool = False


class StepDone(Fact, fact="crisis.step_done", version=1):
    """A step of a cell was done."""

    number: int
    cell: str
    step: str
    exercise: bool = False


class MessagePrepared(Fact, fact="crisis.message_prepared", version=1):
    """A message to the population was prepared; `digest` is the salted SHA-256 of its words."""

    number: int
    message: str
    draft: str
    digest: str
    exercise: bool = False


class MessageValidated(Fact, fact="crisis.message_validated", version=1):
    """The mayor or a deputy validated a message; `sha256` is that of its CAP 1.2 bytes."""

    number: int
    message: str
    sha256: str
    exercise: bool = False


class MessageExported(Fact, fact="crisis.message_exported", version=1):
    """A validated message was taken out, as `cap` or `text`."""

    number: int
    message: str
    form: str
    exercise: bool = False


class Ended(Fact, fact="crisis.ended", version=1):
    """The crisis ended; what was left open is counted, its words are hashed."""

    number: int
    seconds: float
    steps_open: int
    messages_open: int
    digest: str
    exercise: bool = False


class PlanPut(Fact, fact="crisis.plan_put", version=1):
    """The town put another version of its plan in force."""

    plan: str
    sha256: str


class SeatedV1(Fact, fact="crisis.seated", version=1):
    """As it was told before there were deputies."""

    cell: str
    member: str
    seated: bool
    lead: bool = False


class Seated(Fact, fact="crisis.seated", version=2):
    """A member was given a seat in a cell (`role`: lead, deputy or member), or it was taken from them."""

    cell: str
    member: str
    seated: bool
    role: str = "member"


@upcasts(SeatedV1)
def _(old: SeatedV1) -> Seated:
    role = "lead" if old.lead else "member"
    return Seated(cell=old.cell, member=old.member, seated=old.seated, role=role)


class OutsiderChanged(Fact, fact="crisis.outsider_changed", version=1):
    """Somebody outside was written down for a cell, or taken from it; never who, nor their number."""

    cell: str
    outsider: str
    kept: bool


class DirectoryShown(Fact, fact="crisis.directory_shown", version=1):
    """The directory was shown with its telephone numbers: how many of members, how many of outside."""

    members: int
    outside: int
    form: str
