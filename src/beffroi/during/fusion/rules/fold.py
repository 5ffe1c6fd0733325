"""The fold itself: observations in the order of the spool, decisions of persons where they were made.

`Fold` owns the state that it is given and changes it in place: whoever needs the former one copies it.
The same state, items and scene always give the same state and changes, however items are batched.
"""

from __future__ import annotations

from beffroi.during.fusion.rules import explain, persons, signals
from beffroi.during.fusion.rules.belief import add, start, weight
from beffroi.during.fusion.rules.index import Index
from beffroi.during.fusion.rules.kinds import NIGHT_FROM_HOUR, NIGHT_TO_HOUR, SENSES, UNKNOWN, Sense
from beffroi.during.fusion.rules.match import Match, best_match
from beffroi.during.fusion.rules.settle import settle
from beffroi.during.fusion.rules.shapes import (
    Change,
    Decision,
    FoldState,
    Hypothesis,
    Place,
    Reason,
    Scene,
    Sign,
)
from beffroi.during.intake.facts import Observation
from beffroi.foundation.identifiers import derived_uuid7

SWEEP_S = 60.0
# An act that nobody closed is let go of after a week; its incident stays open on the desk.
FORGET_S = 7 * 86_400.0
MOST_SIGNS = 60
REPEATS_THAT_COUNT, REPEAT_FACTOR = 3, 0.1
SAME_DEVICE_FACTOR, SAME_ZONE_KIND_FACTOR, SAME_CHANNEL_FACTOR = 0.6, 0.3, 0.25


class Fold:
    """One territory's state, and the verbs that change it."""

    def __init__(self, state: FoldState, scene: Scene) -> None:
        """Take over `state` (it is changed in place) in the town that `scene` describes."""
        self.state = state
        self.scene = scene
        self.index = Index(state)

    def observe(self, position: int, observation: Observation) -> list[Change]:
        """Fold one observation; nothing where its position was folded already."""
        state = self.state
        if position <= state.position:
            return []
        state.position = position
        received = observation.received_at.timestamp()
        seen = min(observation.seen_at.timestamp(), received)
        state.now = max(state.now, received)
        changes = self._sweep() if state.now - state.swept >= SWEEP_S else []
        sense = SENSES.get(observation.kind, UNKNOWN)
        place = self.place_of(observation)
        if sense.role in ("alarm", "cue"):
            changes += self._evidence(position, observation, sense, place, seen, received)
        elif sense.role == "signal":
            changes += signals.take(self, position, observation, sense, place, seen, received)
        elif sense.role == "ignore":
            reason = Reason("fusion.not_a_sign", {"kind": observation.kind})
            changes.append(_change("ignored", position, None, observation, [reason]))
        elif sense.role == "amend":
            changes += self._amend(position, observation, sense, received)
        else:
            changes += self._link(position, observation, sense, place, seen, received)
        return changes

    def decide(self, decision: Decision) -> list[Change]:
        """Apply a person's decision; nothing where it was applied already or no longer can be."""
        if decision.order <= self.state.decided:
            return []
        self.state.decided = decision.order
        return persons.apply(self, decision)

    # What an observation of each role does.

    def _evidence(
        self,
        position: int,
        observation: Observation,
        sense: Sense,
        place: Place | None,
        seen: float,
        received: float,
    ) -> list[Change]:
        match = best_match(self, observation, sense, place, seen)
        if match is None:
            return self._start(position, observation, sense, place, seen, received)
        hypothesis = match.hypothesis
        hypothesis.first_seen = min(hypothesis.first_seen, seen)
        hypothesis.last_seen = max(hypothesis.last_seen, seen)
        hypothesis.last_received = max(hypothesis.last_received, received)
        hypothesis.exercise = hypothesis.exercise or observation.exercise
        sign = _same_sign(hypothesis, observation)
        if sign is not None or len(hypothesis.signs) >= MOST_SIGNS:
            return self._repeat(position, observation, sense, sign or hypothesis.signs[-1], match, seen)
        return self._join(position, observation, sense, place, match, seen)

    def _repeat(
        self, position: int, observation: Observation, sense: Sense, sign: Sign, match: Match, seen: float
    ) -> list[Change]:
        hypothesis = match.hypothesis
        sign.repeats += 1
        sign.last_seen = max(sign.last_seen, seen)
        sign.last_position = position
        reasons = [Reason("fusion.repeated", {"times": sign.repeats + 1})]
        if sign.repeats > REPEATS_THAT_COUNT or sign.relation != "sign":
            kind = "repeated" if hypothesis.shown else "followed"
            return [_change(kind, position, hypothesis, observation, reasons)]
        record = self.record(observation)
        hypothesis.variance += add(hypothesis.logs, sense, REPEAT_FACTOR, record)
        sign.factor = round(sign.factor + REPEAT_FACTOR, 6)
        sign.weight = weight(sense.alone, sign.factor, record)
        return settle(self, hypothesis, position, observation, reasons, "repeated")

    def _join(
        self,
        position: int,
        observation: Observation,
        sense: Sense,
        place: Place | None,
        match: Match,
        seen: float,
    ) -> list[Change]:
        hypothesis = match.hypothesis
        if sense.role == "alarm":
            self._lead(hypothesis, sense, place, seen)
        factor, counted = _independence(hypothesis, observation, sense)
        reasons = explain.joining(self, observation, sense, match, counted)
        sign = self.sign(position, observation, sense, factor, match.metres, reasons, seen, counted=counted)
        self.admit(hypothesis, sign, sense)
        return settle(self, hypothesis, position, observation, reasons, "joined")

    def _lead(self, hypothesis: Hypothesis, sense: Sense, place: Place | None, seen: float) -> None:
        # An alarm tells where and what better than the passers-by that a camera saw before it.
        hypothesis.life = hypothesis.life or sense.life
        led = any(SENSES[sign.observation.kind].role == "alarm" for sign in hypothesis.signs)
        if not led or (sense.life and hypothesis.family != sense.family):
            hypothesis.family = sense.family
        if not led and place is not None:
            self.index.drop(hypothesis)
            hypothesis.place = place
            self.index.add(hypothesis)
        hypothesis.entered = min(hypothesis.entered, seen)

    def _start(
        self,
        position: int,
        observation: Observation,
        sense: Sense,
        place: Place | None,
        seen: float,
        received: float,
    ) -> list[Change]:
        night = self.is_night(observation)
        hypothesis = Hypothesis(
            id=derived_uuid7(
                observation.received_at, "hypothesis", observation.territory, str(observation.id)
            ),
            family=sense.family,
            place=place,
            first_seen=seen,
            last_seen=seen,
            entered=seen,
            last_received=received,
            night=night,
            life=sense.life,
            exercise=observation.exercise,
            signs=[],
            logs=start(night=night),
        )
        reasons = explain.starting(self, observation, sense, place, night)
        factor = _certainty(observation, sense)
        sign = self.sign(position, observation, sense, factor, 0, reasons, seen, counted=True)
        self.state.hypotheses[hypothesis.id] = hypothesis
        self.index.add(hypothesis)
        self.admit(hypothesis, sign, sense)
        return settle(self, hypothesis, position, observation, reasons, "started")

    def _amend(self, position: int, observation: Observation, sense: Sense, received: float) -> list[Change]:
        hypothesis = latest(self.index.of_device(observation.source, observation.device))
        if hypothesis is None:
            reason = Reason("fusion.nothing_to_amend", {"kind": observation.kind})
            return [_change("ignored", position, None, observation, [reason])]
        hypothesis.last_received = max(hypothesis.last_received, received)
        known = _same_sign(hypothesis, observation)
        if known is not None:
            known.repeats += 1
            known.last_position = position
            return [
                _change("repeated" if hypothesis.shown else "followed", position, hypothesis, observation, [])
            ]
        reasons = [Reason(f"fusion.{observation.kind.replace('alarm.', '')}_by_panel")]
        factor = sense.certainty if observation.kind == "alarm.cancelled" else 0.0
        seen = observation.seen_at.timestamp()
        sign = self.sign(position, observation, sense, factor, 0, reasons, seen, relation="amendment")
        self.admit(hypothesis, sign, sense)
        return settle(self, hypothesis, position, observation, reasons, "amended")

    def _link(
        self,
        position: int,
        observation: Observation,
        sense: Sense,
        place: Place | None,
        seen: float,
        received: float,
    ) -> list[Change]:
        spoken = self.index.of_device(observation.source, observation.device)
        silent = latest([each for each in spoken if each.family == "device"])
        if sense.role == "silent":
            if silent is None:
                return self._start(position, observation, sense, place, seen, received)
            silent.last_received = max(silent.last_received, received)
            silent.signs[0].repeats += 1
            silent.signs[0].last_position = position
            return [_change("repeated", position, silent, observation, [])]
        if silent is None:
            reason = Reason("fusion.device_well")
            return [_change("ignored", position, None, observation, [reason])]
        reasons = [Reason("fusion.device_back", {"seconds": round(max(0.0, seen - silent.first_seen))})]
        sign = self.sign(position, observation, sense, 0.0, 0, reasons, seen, relation="amendment")
        self.admit(silent, sign, sense)
        self.forget(silent)
        return [_change("closed", position, silent, observation, reasons)]

    # What the other pages of these rules call.

    def sign(
        self,
        position: int,
        observation: Observation,
        sense: Sense,
        factor: float,
        metres: int,
        reasons: list[Reason],
        seen: float,
        *,
        relation: str = "sign",
        counted: bool = False,
    ) -> Sign:
        """A sign of `observation`, with the log-odds that it brings."""
        return Sign(
            observation=observation,
            position=position,
            relation=relation,
            factor=round(factor, 6),
            weight=weight(sense.alone, round(factor, 6), self.record(observation)),
            metres=metres,
            reasons=reasons,
            last_seen=seen,
            last_position=position,
            counted=counted,
        )

    def admit(self, hypothesis: Hypothesis, sign: Sign, sense: Sense) -> None:
        """Put a sign into a hypothesis: its list, its log-shares, its device."""
        hypothesis.signs.append(sign)
        if sign.factor:
            hypothesis.variance += add(hypothesis.logs, sense, sign.factor, self.record(sign.observation))
        if sign.relation == "sign":
            self.index.link(hypothesis, sign.observation.source, sign.observation.device)

    def record(self, observation: Observation) -> tuple[int, int]:
        """How often this device's messages of this kind told of a real act, and how often not."""
        return self.state.records.get(channel(observation), (0, 0))

    def forget(self, hypothesis: Hypothesis) -> None:
        """Take a hypothesis out of the state."""
        self.state.hypotheses.pop(hypothesis.id, None)
        self.index.drop(hypothesis)

    def is_night(self, observation: Observation) -> bool:
        """Whether the event was at night, by the territory's clock."""
        hour = observation.seen_at.astimezone(self.scene.zone).hour
        return hour >= NIGHT_FROM_HOUR or hour < NIGHT_TO_HOUR

    def place_of(self, observation: Observation) -> Place | None:
        """Where an observation is: its own position, else its device's."""
        if observation.lat is not None and observation.lon is not None:
            # Eleven metres of grid: two messages from one doorstep share the road distance kept for it.
            key = f"{observation.lat:.4f},{observation.lon:.4f}"
            return Place(key, observation.lat, observation.lon, observation.radius_m)
        return self.scene.device(observation.device) if observation.device else None

    def _sweep(self) -> list[Change]:
        state = self.state
        state.swept = state.now
        changes: list[Change] = []
        oldest = state.now - state.parameters.memory_s
        for hypothesis in [each for each in state.hypotheses.values() if each.last_received < oldest]:
            if not hypothesis.shown or hypothesis.last_received < state.now - FORGET_S:
                self.forget(hypothesis)
                changes.append(_change("expired", state.position, hypothesis, None, []))
            elif not hypothesis.resting and hypothesis.family != "device":
                hypothesis.resting = True
                self.index.drop(hypothesis)
        state.kept = [
            each for each in state.kept if each.received >= state.now - state.parameters.signal_memory_s
        ]
        state.closed = [each for each in state.closed if each[3] >= oldest]
        return changes


def channel(observation: Observation) -> str:
    """The name under which outcomes are counted: the device (or source) and the kind."""
    return f"{observation.device or observation.source} {observation.kind}"


def latest(hypotheses: list[Hypothesis]) -> Hypothesis | None:
    """The one that heard last; the identifier decides between equals."""
    return max(hypotheses, key=lambda each: (each.last_received, each.id), default=None)


def _change(
    kind: str,
    position: int,
    hypothesis: Hypothesis | None,
    observation: Observation | None,
    reasons: list[Reason],
) -> Change:
    return Change(
        kind=kind,
        position=position,
        hypothesis=hypothesis.id if hypothesis else None,
        observation=observation.id if observation else None,
        reasons=reasons,
        belief=hypothesis.belief if hypothesis else None,
    )


def _same_sign(hypothesis: Hypothesis, observation: Observation) -> Sign | None:
    zone = observation.content.get("zone")
    for sign in hypothesis.signs:
        other = sign.observation
        if (
            other.kind == observation.kind
            and other.device == observation.device
            and (observation.device or other.source == observation.source)
            and other.content.get("zone") == zone
        ):
            return sign
    return None


def _certainty(observation: Observation, sense: Sense) -> float:
    told = sense.certainty if observation.certainty is None else observation.certainty
    return 0.5 + 0.5 * min(max(told, 0.0), 1.0)


def _independence(hypothesis: Hypothesis, observation: Observation, sense: Sense) -> tuple[float, bool]:
    """The factor of a new sign (0 to 1), and whether it counts as independent of those before."""
    factor, counted = _certainty(observation, sense), True
    for sign in hypothesis.signs:
        other = sign.observation
        same_device = bool(observation.device) and other.device == observation.device
        if same_device and other.kind == observation.kind:
            return factor * SAME_ZONE_KIND_FACTOR, False
        if same_device:
            factor, counted = min(factor, SAME_DEVICE_FACTOR), False
        elif SENSES[other.kind].channel == sense.channel:
            factor, counted = min(factor, SAME_CHANNEL_FACTOR), False
    return factor, counted
