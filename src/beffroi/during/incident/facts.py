"""What incidents say in the journal: codes, figures, identifiers and salted hashes only."""

from __future__ import annotations

from beffroi.journal.facts import Fact


class IncidentOpened(Fact, fact="incident.opened", version=1):
    """Fusion opened an incident on one observation (`digest`: its salted SHA-256)."""

    number: int
    act: str
    state: str
    life: bool
    probability: float
    low: float
    high: float
    observation: str
    digest: str
    device: str
    exercise: bool = False


class SignJoined(Fact, fact="incident.sign_joined", version=1):
    """An observation became a sign of the incident, with its weight (nats) and what is believed now."""

    number: int
    kind: str
    relation: str
    weight: float
    probability: float
    low: float
    high: float
    observation: str
    digest: str
    device: str
    exercise: bool = False


class IncidentConfirmed(Fact, fact="incident.confirmed", version=1):
    """Enough independent signs agree."""

    number: int
    probability: float
    low: float
    high: float
    independent: int
    exercise: bool = False


class IncidentAmended(Fact, fact="incident.amended", version=1):
    """What is believed changed by another way than a new sign (a merge, a split)."""

    number: int
    why: str
    probability: float
    low: float
    high: float
    exercise: bool = False


class DoubtLifted(Fact, fact="incident.doubt_lifted", version=1):
    """The levée de doute: on which concordant signs (observations), and how."""

    number: int
    how: str
    observations: list[str]
    exercise: bool = False


class IncidentAcknowledged(Fact, fact="incident.acknowledged", version=1):
    """A person took the incident; `seconds` after the first sign was seen."""

    number: int
    seconds: float
    exercise: bool = False


class UnitSent(Fact, fact="incident.unit_sent", version=1):
    """A unit was sent; `place` in the `order` proposed (0: not ranked), `override` why not the first."""

    number: int
    unit: str
    place: int
    eta_s: float | None
    chance: float | None
    override: str
    order: list[str]
    exercise: bool = False


class UnitEnRoute(Fact, fact="incident.unit_en_route", version=1):
    """A unit says that it is on its way."""

    number: int
    unit: str
    exercise: bool = False


class UnitArrived(Fact, fact="incident.unit_arrived", version=1):
    """A unit is on scene, `seconds` after it was sent."""

    number: int
    unit: str
    seconds: float
    exercise: bool = False


class UnitReleased(Fact, fact="incident.unit_released", version=1):
    """A unit was called back before the incident was closed; `others` are still on it."""

    number: int
    unit: str
    others: int
    exercise: bool = False


class UnitUndone(Fact, fact="incident.unit_undone", version=1):
    """A crew took back what it had told a moment before: `step` is en_route, on_scene or released."""

    number: int
    unit: str
    step: str
    exercise: bool = False


class StepDoneFact(Fact, fact="incident.step_done", version=1):
    """A step of the procedure was ticked."""

    number: int
    step: str
    procedure: str
    exercise: bool = False


class IncidentNoted(Fact, fact="incident.noted", version=1):
    """A person wrote a note; `digest` is its salted SHA-256."""

    number: int
    note: str
    digest: str
    exercise: bool = False


class IncidentMerged(Fact, fact="incident.merged", version=1):
    """The incident went into another one, by a person's decision."""

    number: int
    into: str
    exercise: bool = False


class IncidentClosed(Fact, fact="incident.closed", version=1):
    """The incident is over: with which outcome, `seconds` after the first sign was seen."""

    number: int
    outcome: str
    cause: str
    seconds: float
    exercise: bool = False


class IncidentHandedOver(Fact, fact="incident.handed_over", version=1):
    """The incident was told to a public service; `digest` is the salted SHA-256 of the words."""

    number: int
    service: str
    how: str
    handover: str
    digest: str
    exercise: bool = False


class IncidentLinked(Fact, fact="incident.linked", version=1):
    """The incident is part of an event (`event`: its number), with others that stay their own."""

    number: int
    event: int
    why: str
    exercise: bool = False


class IncidentUnlinked(Fact, fact="incident.unlinked", version=1):
    """The incident is no longer part of that event."""

    number: int
    event: int
    why: str
    exercise: bool = False


class ShiftNoted(Fact, fact="shift.noted", version=1):
    """Someone wrote what the next shift must know; `digest` is its salted SHA-256."""

    note: str
    digest: str
    exercise: bool = False


class ShiftNoteEnded(Fact, fact="shift.note_ended", version=1):
    """What was passed on is over."""

    note: str
    exercise: bool = False


class ShiftTakenOver(Fact, fact="shift.taken_over", version=1):
    """The next shift took over the hours since `since`: what is open, was closed, is down, is passed on."""

    since: str
    given_by: str
    open: int
    closed: int
    down: int
    notes: int
    exercise: bool = False
