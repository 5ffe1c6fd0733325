"""How the installation fares, from what its tables and its spool say: for doctor and for Prometheus."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from beffroi.during.acting import queries as acting
from beffroi.during.fusion import queries as fusion
from beffroi.during.incident import queries as incident
from beffroi.during.incident.shown import Waiting
from beffroi.during.intake import queries as intake
from beffroi.during.intake import spool
from beffroi.during.intake.queries import SourceView
from beffroi.during.webhooks import queries as webhooks
from beffroi.during.webhooks.queries import SubscriptionView
from beffroi.foundation import clock
from beffroi.foundation import settings as configuration
from beffroi.journal import queries as journal
from beffroi.people import programs


@dataclass(frozen=True, slots=True)
class Health:
    """What was found: positions of the spool, when the engine last moved, incidents that wait by territory,
    live sources, journals whose news is not signed yet and since when, bytes free on the data's disk,
    subscriptions, live programs by name with the end of their token, when the machine's clock was set within
    a day and by how much, what the town can switch that did not answer, or never told its state."""

    received: int
    folded: int
    folded_at: datetime | None
    waiting: dict[str, Waiting]
    sources: list[SourceView]
    unsigned: dict[str, datetime]
    free_bytes: int
    subscriptions: list[SubscriptionView]
    programs: dict[str, datetime]
    clock_stepped: tuple[datetime, timedelta] | None = None
    mute: tuple[str, ...] = ()
    never_heard: tuple[str, ...] = ()

    @property
    def behind(self) -> int:
        """Observations on disk whose meaning is not worked out yet."""
        return max(0, self.received - self.folded)


def free_bytes(settings: configuration.Settings) -> int:
    """Bytes free where the data lie (where they will lie, before the first start)."""
    place = settings.data_path if settings.data_path.exists() else Path.cwd()
    return shutil.disk_usage(place).free


def health(settings: configuration.Settings) -> Health:
    """Read it all: a handful of queries. Raises DatabaseError, SpoolUnavailable."""
    received = spool.shared().head()
    folded, folded_at = fusion.standing()
    return Health(
        received=received,
        folded=folded,
        folded_at=folded_at,
        waiting=incident.waiting(),
        sources=[each for each in intake.sources() if each.active],
        unsigned=journal.unsigned_since(),
        free_bytes=free_bytes(settings),
        clock_stepped=journal.clock_stepped(clock.now() - timedelta(days=1)),
        subscriptions=webhooks.subscriptions(),
        programs=programs.ends(),
        mute=tuple(f"{each.territory}/{each.key}" for each in acting.mute()),
        never_heard=tuple(acting.never_heard(clock.now() - timedelta(days=1))),
    )
