"""What other rooms see of acting: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beffroi.during.acting.rules import states
from beffroi.during.acting.rules.declared import Text
from beffroi.during.acting.rules.kinds import Act
from beffroi.foundation.geography import Position


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that an actuator may be told; `minutes` after which it ends by itself."""

    name: str
    like: Act
    minutes: int


@dataclass(frozen=True, slots=True)
class CommandView:
    """A command and what became of it. `stuck`: its end was told in vain, it may still be as it was put."""

    id: UUID
    territory: str
    actuator: str
    name: str
    kind: str
    act: str
    text: str
    purpose: str
    seen: str
    state: str
    actor: str
    asked_at: datetime
    sent_at: datetime | None
    over_at: datetime | None
    ends_at: datetime | None
    ended: bool
    of: UUID | None
    exercise: bool
    stuck: bool = False


@dataclass(frozen=True, slots=True)
class ActuatorView:
    """Something that can be switched; `said` is the act that its last state shows ('' where none)."""

    id: UUID
    territory: str
    key: str
    name: str
    kind: str
    device: str
    account: str
    position: Position | None
    exercise: bool
    hazard: str
    choices: tuple[Choice, ...]
    texts: tuple[tuple[str, Text], ...]
    said: str
    said_at: datetime | None
    metres: float | None = None
    last: CommandView | None = None

    @property
    def mute(self) -> bool:
        """Whether its last command had no answer, and it has said nothing since."""
        last = self.last
        if last is None or last.over_at is None or last.state not in (states.NO_ANSWER, states.UNSURE):
            return False
        return self.said_at is None or self.said_at <= last.over_at
