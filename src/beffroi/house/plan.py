"""What the engine does: here the rooms of DURING are plugged together.

A batch of the spool, the interventions that it changes and the cursor stand or fall in one
transaction. A batch that cannot be folded is halved until the one observation at fault is
found; that one is set aside, counted and told in the journal, and the rest goes on.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction

from beffroi.during.acting import sending as acting
from beffroi.during.acting.hand import Hand
from beffroi.during.dispatch import actions as dispatch
from beffroi.during.fusion import actions as fusion
from beffroi.during.fusion import engine as fusion_engine
from beffroi.during.fusion.rules.kinds import may_concern_a_life, sense_of
from beffroi.during.incident import actions as incident
from beffroi.during.intake import broker, connectors, tasks
from beffroi.during.intake import spool as spools
from beffroi.during.intake.facts import Observation
from beffroi.during.intake.keeping import Keeping
from beffroi.during.intake.lease import Lease
from beffroi.during.intake.silence import Silences
from beffroi.during.intake.spool import Spool
from beffroi.during.oncall import actions as oncall
from beffroi.during.oncall import courier as calls
from beffroi.during.webhooks import courier as webhooks
from beffroi.eyes import actions as eyes
from beffroi.foundation import clock
from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError
from beffroi.house import warming
from beffroi.house.clockwork import ClockWatch
from beffroi.house.engine import Duty
from beffroi.house.hanging import Successor
from beffroi.journal import actions as journal
from beffroi.trust.retention.expiring import Erasures
from beffroi.trust.unusual.actions import Watch
from beffroi.trust.witnesses import sending as witnesses

_log = structlog.get_logger("engine")

Batch = Sequence[tuple[int, Observation]]

_MOST = 2000
# Where more waits than a batch holds, each lasts about this long (s): what may concern a life waits for one.
_TURN_S, _LEAST, _FIRST = 0.2, 100, 250
# How many more observations are looked through for lives in danger between two batches, each once.
_LOOK_AHEAD = 40_000
# Rankings in short turns where much comes: each observation waits for the end of one.
_RERANK_S, _SHORT_RANK_S, _TOWN_S = 0.1, 0.02, 0.5
_RANK_S, _MUCH, _SELDOM_S = 0.1, 50, 0.3
_SWEEP_S = 1.0
_USERS_S = 2.0
_SILENCES_S = 5.0
_LOOKS_S = 5.0
_CALLS_S = 1.0
_COMMANDS_S = 0.5
_ERASE_S = 1.0
_DISK_S = 0.5
_DIGESTS_S = 1.0
# While the cluster chooses another leader, calls, rankings and heads go on; nothing is held locked for long.
_PATIENCE_S = 1.0


class SpoolBehind(BeffroiError):
    """The spool is older than what was made of it: new observations would never be looked at."""

    code = "house.spool_behind"
    message = "The spool ends at {head}, and observations up to {position} are folded already."
    advice = "Bring its backup of the same time back: see 'Backups' in the administrator's guide."


class Folding:
    """Reads the spool behind the cursor and writes what it means; called again and again."""

    def __init__(self, spool: Spool, gather_s: float) -> None:
        self._spool = spool
        self._gather_s = gather_s
        self._cursor = fusion_engine.cursor().position
        self._contents: dict[int, bytes] = {}  # what is being folded, as the spool holds it
        self._towns = dispatch.Towns(_TOWN_S)
        self.keeping = Keeping(spool, self._cursor)
        self._next = 0.0
        self._looked = 0
        self._much, self._ranked = False, 0.0
        self._behind, self._size = False, min(_MOST, _FIRST)
        self._most_behind = configuration.current().overload_observations

    def __call__(self) -> bool:
        """Fold what waits; whether there was anything. Small batches wait a little for company."""
        if time.monotonic() < self._next:
            return False
        most = self._size
        self._contents = dict(self._spool.stored(self._cursor, most))
        batch = [(position, spools.decode(content)) for position, content in self._contents.items()]
        if not batch and not fusion.decisions_wait():
            return False
        full, self._much = len(batch) == most, len(batch) >= _MUCH
        self._behind = full and self._spool.head() - self._cursor > min(self._most_behind, 2 * most)
        if self._behind:
            self._lives_first()
        began = time.monotonic()
        self._next = began + self._gather_s
        touched = self.fold(batch)
        if touched:
            # What is not ranked at once is first in line for the duty that ranks what is open.
            within_s = _SHORT_RANK_S if self._much else _RANK_S
            dispatch.rank_touched(incidents=touched, at=clock.now(), within_s=within_s, towns=self._towns)
        if full:
            fitting = round(most * _TURN_S / max(time.monotonic() - began, 1e-3))
            self._size = min(_MOST, max(_LEAST, fitting))
        return True

    def rank(self) -> None:
        """Renew orders of units for a moment: seldom where much comes, and only new ones while behind."""
        now = time.monotonic()
        if self._much and now < self._ranked + _SELDOM_S:
            return
        self._ranked = now
        dispatch.rank_open(
            at=clock.now(), within_s=_SHORT_RANK_S, towns=self._towns, never_ranked=self._behind
        )

    def _lives_first(self) -> None:
        """Take up what waits and may concern a life, before its turn."""
        urgent: list[tuple[int, Observation]] = []
        self._looked = max(self._looked, self._cursor)
        until = self._looked + _LOOK_AHEAD
        while self._looked < until and (page := self._spool.stored(self._looked, _MOST)):
            told = [(each, spools.decode(content)) for each, content in page if may_concern_a_life(content)]
            urgent += [each for each in told if sense_of(each[1]).life]
            self._looked = page[-1][0]
        if not urgent:
            return
        try:
            with transaction.atomic():
                touched = incident.take_up(fusion.step_ahead(urgent))
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 - each has its turn, where the one at fault is found and set aside
            _log.error("could not fold ahead", count=len(urgent), exc_info=error)
            return
        if touched:
            dispatch.rank_touched(incidents=list(touched), at=clock.now())

    def fold(self, batch: Batch) -> list[UUID]:
        """Write a batch, halving it around what cannot be folded; the interventions that it touched."""
        try:
            touched = _written(batch)
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 - the observation at fault is found and set aside, with the reason
            return self._around(batch, error)
        if batch:
            self._folded(batch)
        return touched

    def _folded(self, batch: Batch) -> None:
        self._cursor = batch[-1][0]
        contents = self._contents
        self.keeping.take((at, each, contents.get(at) or spools.encode(each).content) for at, each in batch)

    def _around(self, batch: Batch, error: Exception) -> list[UUID]:
        if not batch:
            raise error
        if len(batch) > 1:
            half = len(batch) // 2
            return self.fold(batch[:half]) + self.fold(batch[half:])
        position, observation = batch[0]
        why = type(error).__name__
        _log.error("observation set aside", position=position, kind=observation.kind, why=why, exc_info=error)
        with transaction.atomic():
            fusion.set_aside(position, observation, why)
        self._folded(batch)
        return []


def _written(batch: Batch) -> list[UUID]:
    with transaction.atomic():
        return list(incident.take_up(fusion.step(batch)))


def warm() -> None:
    """Load what a take-over and a first ranking need (1 s and more), so that the first act does not wait."""
    connectors.registry()
    with contextlib.suppress(BeffroiError):  # what is away now is waited for when it is needed
        spools.share_impatient(_PATIENCE_S)
        fusion_engine.restored(fusion_engine.cursor().position)
    warming.for_ranking()


#: One each a process, whatever happens to its lease: each takes up what it sends, so several may share it.
_courier = calls.courier()
_hand = Hand()
_notifier = webhooks.courier()
#: Sends the heads of our journals to those who keep them.
_heads = witnesses.courier()


def take_over() -> tuple[Callable[[], bool], list[Duty]]:
    """The engine's main work and its duties, from what tables and spool hold: nothing is remembered.

    Raises SpoolBehind.
    """
    fusion_engine.forget()
    spools.share_impatient(_PATIENCE_S)
    spool = spools.shared()
    position, head = fusion_engine.cursor().position, spool.head()
    if position > head:
        raise SpoolBehind(head=head, position=position)
    folding = Folding(spool, configuration.current().fusion_batch_ms / 1000)
    return folding, duties(folding)


def successor(lease: Lease, limit_s: float) -> Successor:
    """What an engine that stands by looks at: how far the one that holds the lease is in the spool."""
    return Successor(
        limit_s,
        holder=lease.holder,
        reached=fusion_engine.position,
        waiting=lambda: spools.shared().head(),
        oust=lease.oust,
    )


def duties(folding: Folding) -> list[Duty]:
    """What the engine does beside, and how often."""
    settings = configuration.current()
    spool = spools.shared()
    found = [
        Duty("clock", 0.0, ClockWatch()),
        Duty("signals", settings.feed_poll_ms / 1000, lambda: tasks.follow_signals(spool)),
        Duty("silences", _SILENCES_S, Silences(spool)),
        Duty("rankings", _RERANK_S, folding.rank),
        Duty("digests", _DIGESTS_S, folding.keeping.tell),
        Duty("missions of the closed", _SWEEP_S, lambda: dispatch.end_closed(clock.now())),
        Duty("calls", _CALLS_S, lambda: oncall.step(clock.now())),
        Duty("courier", _CALLS_S, _courier.tend),
        Duty("commands", _COMMANDS_S, lambda: acting.step(clock.now())),
        Duty("hand", _CALLS_S, _hand.tend),
        Duty("notifications", _CALLS_S, _notifier.tend),
        Duty("witnesses", _CALLS_S, _heads.tend),
        Duty("looks left", _LOOKS_S, lambda: eyes.end_lapsed(clock.now())),
        Duty("heads", float(settings.checkpoint_seconds), journal.sign_heads),
        Duty("erasures", _ERASE_S, Erasures()),
        Duty("unusual looking", _ERASE_S, Watch()),
    ]
    if not settings.mqtt_url:
        found.append(Duty("broker users", _USERS_S, lambda: broker.refresh(settings)))
        found.append(Duty("broker's disk", _DISK_S, broker.AfterFullDisk(settings)))
    return found
