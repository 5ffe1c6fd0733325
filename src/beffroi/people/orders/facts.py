"""What the register of orders says in the journal: identifiers, codes and dates."""

from __future__ import annotations

from beffroi.journal.facts import Fact


class OrderRegistered(Fact, fact="order.registered", version=1):
    """A prefect's order was registered; days are the first and the last, `document` its copy's SHA-256."""

    number: str
    purposes: list[str]
    retention_days: int
    starts_on: str
    ends_on: str
    devices: list[str]
    perimeter: bool
    state_access: bool
    document: str = ""


class OrderCovers(Fact, fact="order.covers", version=1):
    """The cameras that an order names became these."""

    number: str
    devices: list[str]


class OrderWithdrawn(Fact, fact="order.withdrawn", version=1):
    """An order no longer covers anything from that day on."""

    number: str
    from_day: str


class AgentAccredited(Fact, fact="agent.accredited", version=1):
    """A member may look in this territory: an agent of the service, or one designated by the State."""

    kind: str
    number: str
    starts_on: str
    ends_on: str


class AgentWithdrawn(Fact, fact="agent.withdrawn", version=1):
    """A member's accreditation no longer holds from that day on."""

    kind: str
    number: str
    from_day: str
