"""The bodies of journal entries as a keeper: the body goes, header and leaf hash stay, the tree verifies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from beffroi.journal import pruning
from beffroi.trust.retention.keepers import Item, Standing
from beffroi.trust.retention.rules import Held
from beffroi.trust.retention.terms import journal_of

_SIGN_INS = ("people.signed_in", "people.signed_out", "people.sign_in_failed")
_LOOKS = (
    "camera.look_opened",
    "camera.look_ended",
    "camera.look_refused",
    "camera.held",
    "camera.moved",
    "camera.let_go",
    "camera.sent_home",
    "people.looked",
)
#: Entries that tell of what persons did or of what happened to them; rights, orders, switches, imports and
#: erasures are the installation's own acts and keep their bodies.
_LOG = (
    "acting.", "crisis.called", "crisis.decided", "crisis.reached", "crisis.seated", "crisis.step_done",
    "incident.", "intake.call_taken", "oncall.", "people.refused", "shift.", "signal.", "unit.distress",
    "unit.shift_begun", "unit.shift_ended", "unit.tap_taken", "unit.tap_refused", "fusion.merged",
    "fusion.split", "fusion.observation_set_aside",
)  # fmt: skip


class Bodies:
    """Bodies of some facts, in a territory's journal or the installation's; an item's key is its number."""

    outside = False

    def __init__(self, kind: str, facts: Sequence[str]) -> None:
        self.kind, self.store, self.facts = kind, "journal", tuple(facts)

    def due(self, where: str, before: datetime, holds: Sequence[Held], most: int) -> list[Item]:
        """The oldest entries whose body stands and may go; their hash is the one that the tree proves."""
        found = pruning.standing_bodies(journal_of(where), self.facts, before, self._kept(holds), most)
        return [Item(str(each.number), each.time, each.body_sha256) for each in found]

    def erase(self, where: str, keys: Sequence[str]) -> None:
        """Take the bodies away; the journal itself tells how many of each fact."""
        pruning.prune_entries(journal=journal_of(where), numbers=[int(each) for each in keys])

    def left(self, where: str, keys: Sequence[str]) -> int:
        """How many bodies are still there."""
        return pruning.count_bodies(journal_of(where), [int(each) for each in keys])

    def standing(self, where: str, before: datetime, holds: Sequence[Held]) -> Standing:
        """What is older than `before`."""
        total, _ = pruning.measure(journal_of(where), self.facts, before, [])
        if not total:
            return Standing(0, 0, None)
        free, oldest = pruning.measure(journal_of(where), self.facts, before, self._kept(holds))
        return Standing(free, total - free, oldest)

    def _kept(self, holds: Sequence[Held]) -> list[pruning.Kept]:
        return [
            pruning.Kept(each.subject, each.since, each.until)
            for each in holds
            if each.kind in ("", self.kind)
        ]


BODIES = (Bodies("looks", _LOOKS), Bodies("sign_ins", _SIGN_INS), Bodies("log", _LOG))
