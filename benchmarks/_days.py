"""Labelled days through the fold, with an operator who closes what is over; and what came of them."""

from __future__ import annotations

import bisect
import itertools
import time
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable
from typing import NamedTuple
from uuid import UUID

from beffroi.during.fusion.rules.fold import Fold
from beffroi.during.fusion.rules.kinds import sense_of
from beffroi.during.fusion.rules.shapes import Change, Decision, Hypothesis
from beffroi.during.fusion.rules.storms import LINES
from beffroi.rehearsal.methods.days.labelled import DAY_S, Day, Told

# When the operator closes what turned out false, and what was real (s after it was opened).
_CLOSES_FALSE_S, _CLOSES_REAL_S = 420.0, 1500.0
_ROLES = frozenset({"alarm", "cue"})

Wanted = Callable[[Told], bool]


class Shown(NamedTuple):
    """A line of the desk: its hypothesis and when (s since 1970) it was opened, and confirmed if it was."""

    held: Hypothesis
    opened: float
    confirmed: float | None


class Outcome(NamedTuple):
    """One day folded: which clusters each observation stands in, the lines shown, messages a second."""

    cluster: dict[UUID, set[Hashable]]
    shown: list[Shown]
    rate: float


class _Desk:
    """An operator at the desk of one day: what was shown, and when each line is to be closed."""

    def __init__(self, day: Day, fold: Fold) -> None:
        self.day, self.fold = day, fold
        self.cluster: dict[UUID, set[Hashable]] = {}
        self.opened: dict[UUID, Shown] = {}
        self._due: list[tuple[float, UUID]] = []
        self._order = 0

    def note(self, changes: list[Change], now: float) -> None:
        """Take in what the fold changed."""
        for change in changes:
            held = change.held
            if held is None:
                continue
            if held.family not in LINES:
                self._gather(change, held)
            if held.shown and held.id not in self.opened:
                self.opened[held.id] = Shown(held, now, None)
                wait = _CLOSES_REAL_S if self._real(held) else _CLOSES_FALSE_S
                bisect.insort(self._due, (now + wait, held.id))
            if change.kind == "confirmed":
                self.opened[held.id] = self.opened[held.id]._replace(confirmed=now)

    def close(self, now: float) -> None:
        """Close what is over, saying whether it was real; what turned out real stays a while longer."""
        while self._due and self._due[0][0] <= now:
            _, over = self._due.pop(0)
            held, opened, _ = self.opened[over]
            real = self._real(held)
            if held.state == "technical":
                continue
            if real and now < opened + _CLOSES_REAL_S:
                bisect.insort(self._due, (opened + _CLOSES_REAL_S, over))
                continue
            self._order += 1
            decision = Decision(order=self._order, kind="close", hypothesis=over, real=real)
            self.note(self.fold.decide(decision), now)

    def _gather(self, change: Change, held: Hypothesis) -> None:
        if change.observation is not None and change.kind != "closed":
            self.cluster.setdefault(change.observation, {held.id})
        if change.kind in ("opened", "joined"):  # it may have found again whom cameras saw before
            for sign in held.signs:
                if sign.relation == "sign":
                    where = self.cluster.setdefault(sign.observation.id, set())
                    # What nobody was shown elsewhere has moved; what was shown there stands in both.
                    where.intersection_update(self.opened)
                    where.add(held.id)

    def _real(self, held: Hypothesis) -> bool:
        return any(self.day.told[sign.observation.id].event > 0 for sign in held.signs)


def folded(day: Day, fold: Fold) -> Outcome:
    """Fold a day. The operator closes each line when it is over, saying whether it was real."""
    desk, spent = _Desk(day, fold), 0.0
    for position, observation in enumerate(day.said, 1):
        now = observation.received_at.timestamp()
        desk.close(now)
        began = time.process_time()
        changes = fold.observe(position, observation)
        spent += time.process_time() - began
        desk.note(changes, now)
    return Outcome(desk.cluster, list(desk.opened.values()), len(day.said) / spent)


class Pairs(NamedTuple):
    """Pairs of signs: rightly together, together, and that belong together."""

    right: int
    together: int
    belong: int

    def f1(self) -> float:
        """Pairwise F1."""
        return 2 * self.right / max(self.together + self.belong, 1)


def summed(each: Iterable[Pairs]) -> Pairs:
    """The pairs of several days."""
    return Pairs(*(sum(column) for column in zip(*each, strict=True)))


def pairs(
    day: Day, clusters_of: Callable[[UUID], Collection[Hashable] | None], wanted: Wanted | None = None
) -> Pairs:
    """Pairs of signs of which one at least is an act's: the other is of the same act, or wrongly there.

    A sign is what one speaker said of one kind in one cluster: alarms, and what cameras saw. Reports of what
    came before may rightly count for several acts and are left out, as are people who only walked by: no
    system without faces could tell them from those who act. What stands in two lines counts in both. `wanted`
    leaves more out.
    """
    once: set[tuple[int, Hashable, str, str]] = set()
    for observation in day.said:
        event = day.told[observation.id].event
        told = event and sense_of(observation).role in _ROLES
        if told and (wanted is None or wanted(day.told[observation.id])):
            speaker = observation.device or observation.source
            for where in clusters_of(observation.id) or (observation.id,):
                once.add((event, where, speaker, observation.kind))
    cells = Counter((event, where) for event, where, _, _ in once)
    acts: Counter[int] = Counter()
    clusters: dict[Hashable, Counter[bool]] = {}
    for (event, where), count in cells.items():
        clusters.setdefault(where, Counter())[event > 0] += count
        if event > 0:
            acts[event] += count
    return Pairs(
        right=sum(_two(count) for (event, _), count in cells.items() if event > 0),
        together=sum(_two(each[True]) + each[True] * each[False] for each in clusters.values()),
        belong=sum(map(_two, acts.values())),
    )


def _two(count: int) -> int:
    return count * (count - 1) // 2


def mixed(day: Day, held: Hypothesis) -> bool:
    """Whether a line holds signs of two events at two places: two victims, one patrol.

    What one device said of two events (a false alarm, then a true one) is one place, and no mixture.
    """
    if held.family in LINES:
        return False  # one line for many devices: it says so, and merges none of their acts
    where: dict[int, set[str]] = {}
    for sign in held.signs:
        told = day.told[sign.observation.id]
        if told.event and sign.relation == "sign":
            where.setdefault(told.event, set()).add(told.device or f"person {told.event}")
    return any(one.isdisjoint(other) for one, other in itertools.combinations(where.values(), 2))


def events_of(day: Day, held: Hypothesis) -> set[int]:
    """The events whose signs a line of the desk holds."""
    own = [sign for sign in held.signs if sign.relation == "sign"]
    return {day.told[sign.observation.id].event for sign in own} - {0}


def delays(day: Day, shown: list[Shown]) -> list[float]:
    """Seconds from the receipt of each act's second independent sign to its confirmation; a day where never.

    Independent by the label: another witness (a panel, a camera, a caller), not by the fold's own reckoning.
    """
    confirmed: dict[int, float] = {}
    for each in shown:
        if each.confirmed is not None:
            for sign in each.held.signs:
                event = day.told[sign.observation.id].event
                if event > 0 and sign.relation == "sign":
                    confirmed[event] = min(confirmed.get(event, each.confirmed), each.confirmed)
    second: dict[int, float] = {}
    heard: dict[int, set[str]] = {}
    for observation in day.said:
        told = day.told[observation.id]
        if told.event > 0 and sense_of(observation).role in _ROLES:
            witness = "camera" if observation.kind.startswith("presence.") else told.witness
            witnesses = heard.setdefault(told.event, set())
            witnesses.add(witness)
            if len(witnesses) == 2:
                second.setdefault(told.event, observation.received_at.timestamp())
    return [max(0.0, confirmed.get(event, at + DAY_S) - at) for event, at in second.items()]


def hidden(day: Day, shown: list[Shown]) -> int:
    """Acts of which an alarm spoke (a panel, a caller) and no line of the desk does."""
    spoken = {
        day.told[each.id].event
        for each in day.said
        if sense_of(each).role == "alarm" and day.told[each.id].event > 0
    }
    return len(spoken - {event for each in shown for event in events_of(day, each.held)})


def load(shown: list[Shown]) -> tuple[float, int]:
    """Lines shown an hour on average over the day, and the most in any ten minutes."""
    at = sorted(each.opened for each in shown)
    most = max((n - bisect.bisect_left(at, moment - 600.0) + 1 for n, moment in enumerate(at)), default=0)
    return len(at) / 24.0, most
