"""What other rooms see of on-call: frozen values with codes, never words or table rows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class ContactView(msgspec.Struct, frozen=True, kw_only=True):
    """How a member is reached; `own_email` is empty where it is the address that they sign in with."""

    member: UUID
    mobile: str
    email: str
    channels: list[str]
    own_email: str


class CallView(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a call: to whom, over what, where it stands; `at`: sent, or to be sent."""

    member: UUID
    name: str
    channel: str
    rank: int
    round: int
    state: str
    fault: str
    at: datetime
    delivered_at: datetime | None


class AlertView(msgspec.Struct, frozen=True, kw_only=True):
    """The calls about one incident. `waited_for`: nobody acknowledged it yet; `how` and `why` are codes."""

    incident: UUID
    territory: str
    reference: str
    exercise: bool
    state: str
    code: str
    round: int
    opened_at: datetime
    due_at: datetime
    ended_at: datetime | None
    answered_by: UUID | None
    how: str
    why: str
    waited_for: bool
    passed: list[UUID]
    messages: list[CallView]


class LinkView(msgspec.Struct, frozen=True, kw_only=True):
    """A no-account link as the desk lists it: never its address."""

    id: UUID
    whom: str
    made_at: datetime
    expires_at: datetime
    opened_at: datetime | None
    openings: int
    live: bool
