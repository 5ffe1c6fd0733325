"""Every territory's fold, driven through the spool and the decisions of persons in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from beffroi.during.fusion.rules.fold import Fold
from beffroi.during.fusion.rules.shapes import Change, Decision, FoldState, Parameters, Rules, Scene
from beffroi.during.intake.facts import Observation

SceneOf = Callable[[str, datetime | None], Scene]

_pack = msgspec.msgpack.Encoder()
_unpack = msgspec.msgpack.Decoder(FoldState)


class Course:
    """All territories after `position` of the spool."""

    def __init__(self, scene_of: SceneOf, position: int = 0) -> None:
        """An empty course: nothing is folded yet."""
        self.folds: dict[str, Fold] = {}
        self.position = position
        self.parameters = Parameters()
        self.rules: Rules | None = None
        self.towns: dict[str, datetime | None] = {}
        self.spans: dict[str, tuple[int, int]] = {}  # since the last snapshot: first position, count
        self.quiet: dict[UUID, tuple[str, Change]] = {}  # repeats that no row tells of yet
        self.flushed: datetime | None = None
        self.kept_at: datetime | None = None  # the last snapshot, or when this course began
        self._scene_of = scene_of

    def load(self, packed: bytes) -> FoldState:
        """Take up one territory from a snapshot."""
        state = _unpack.decode(packed)
        self.towns[state.territory] = state.town_at
        self.folds[state.territory] = Fold(state, self._scene_of(state.territory, state.town_at))
        return state

    def packed(self, territory: str) -> bytes:
        """One territory's state, for a snapshot."""
        return _pack.encode(self.folds[territory].state)

    def observe(self, position: int, observation: Observation) -> list[Change]:
        """Fold one observation into its territory."""
        self.position = max(self.position, position)
        territory = observation.territory
        spans = self.spans
        first, count = spans.get(territory, (position, 0))
        spans[territory] = first, count + 1
        return self.fold(territory).observe(position, observation)

    def decide(self, territory: str, decision: Decision) -> list[Change]:
        """Apply one decision: to its territory, or to all of them where `territory` is empty."""
        if decision.kind == "town":
            self._move_town(territory, decision)
            return []
        if not territory:
            if decision.parameters is not None:
                self.parameters = decision.parameters
            if decision.rules is not None:
                self.rules = decision.rules
            for key in self.folds:
                self.spans.setdefault(key, (self.position, 0))
            return [change for fold in self._all() for change in fold.decide(decision)]
        self.spans.setdefault(territory, (self.position, 0))
        return self.fold(territory).decide(decision)

    def unwritten(self) -> None:
        """Take every repeat as not written: the rows may be older than this course."""
        for territory in sorted(self.folds):
            for one in self.folds[territory].state.hypotheses.values():
                if one.shown and any(sign.repeats for sign in one.signs):
                    position = max(sign.last_position for sign in one.signs)
                    again = Change(
                        kind="repeated",
                        position=position,
                        reasons=[],
                        held=one,
                        belief=one.belief,
                        quiet=True,
                    )
                    self.quiet[one.id] = (territory, again)

    def settled(self) -> None:
        """Forget what came since the last snapshot: one was just made or read."""
        self.spans.clear()

    def fold(self, territory: str) -> Fold:
        """The fold of a territory, begun where there is none."""
        found = self.folds.get(territory)
        if found is None:
            at = self.towns.get(territory)
            state = FoldState(territory=territory, town_at=at, parameters=self.parameters, rules=self.rules)
            found = self.folds[territory] = Fold(state, self._scene_of(territory, at))
        return found

    def _all(self) -> Iterable[Fold]:
        return [self.folds[key] for key in sorted(self.folds)]

    def _move_town(self, territory: str, decision: Decision) -> None:
        self.towns[territory] = decision.at
        fold = self.folds.get(territory)
        if fold is not None and decision.order > fold.state.decided:
            self.spans.setdefault(territory, (self.position, 0))
            fold.state.decided = decision.order
            fold.state.town_at = decision.at
            fold.scene = self._scene_of(territory, decision.at)
