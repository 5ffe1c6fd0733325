"""The fold itself: observations in the order of the spool, decisions of persons where they were made.

`Fold` owns the state that it is given and changes it in place: whoever needs the former one copies it.
The same state, items and scene always give the same state and changes, however items are batched.
"""

from __future__ import annotations

from beffroi.during.fusion.rules import explain, flapping, gather, pace, persons, signals, storms
from beffroi.during.fusion.rules.belief import add, start, weight
from beffroi.during.fusion.rules.changed import in_force
from beffroi.during.fusion.rules.independence import REPEAT_FACTOR, REPEATS_THAT_COUNT, certainty, factor_of
from beffroi.during.fusion.rules.index import Index
from beffroi.during.fusion.rules.kinds import channel, sense_of
from beffroi.during.fusion.rules.match import Match, best_match
from beffroi.during.fusion.rules.opinions import NIGHT_FROM_HOUR, NIGHT_TO_HOUR
from beffroi.during.fusion.rules.settle import LINKS, settle, tell
from beffroi.during.fusion.rules.shapes import (
    Change,
    Decision,
    FoldState,
    Heard,
    Hypothesis,
    Place,
    Reason,
    Rules,
    Scene,
    Sign,
)
from beffroi.during.intake.facts import Observation
from beffroi.foundation.identifiers import derived_uuid7

SWEEP_S = 60.0
# An act that nobody closed is let go of after a week; its incident stays open on the desk.
FORGET_S = 7 * 86_400.0
MOST_SIGNS = 60


def fold(state: FoldState, item: tuple[int, Observation] | Decision, scene: Scene) -> list[Change]:
    """Fold one item into `state`, in place. For many items keep a `Fold`: it indexes the state once."""
    one = Fold(state, scene)
    return one.decide(item) if isinstance(item, Decision) else one.observe(*item)


class Fold:
    """One territory's state, and the verbs that change it."""

    def __init__(self, state: FoldState, scene: Scene) -> None:
        """Take over `state` (it is changed in place) in the town that `scene` describes."""
        self.state = state
        self.scene = scene
        self.index = Index(state)
        self.take_rules(state.rules)

    def take_rules(self, rules: Rules | None) -> None:
        """Judge by these rules from here on; None: by the starting opinions."""
        self.state.rules = rules
        self.parameters, self.sense_of, self._prior = in_force(self.state.parameters, rules)

    def before_any_sign(self, *, night: bool) -> list[float]:
        """The log-share of each explanation before any sign."""
        return start(night=night, prior=self._prior)

    def observe(self, position: int, observation: Observation) -> list[Change]:
        """Fold one observation; nothing where its position was folded already."""
        state = self.state
        if position <= state.position:
            return []
        state.position = position
        if position in state.ahead:
            state.ahead.remove(position)
            return []
        return self._take(position, observation)

    def ahead(self, position: int, observation: Observation) -> list[Change]:
        """Fold one observation before its turn, which will then pass over it."""
        state = self.state
        if position <= state.position or position in state.ahead:
            return []
        state.ahead.append(position)
        return self._take(position, observation)

    def _take(self, position: int, observation: Observation) -> list[Change]:
        state = self.state
        received = observation.received_at.timestamp()
        seen = min(observation.seen_at.timestamp(), received)
        state.now = max(state.now, received)
        state.began = state.began or received
        changes = self._sweep() if state.now - state.swept >= SWEEP_S else []
        sense = self.sense_of(observation)
        heard = Heard(position, observation, sense, self.place_of(observation), seen, received)
        role = sense.role
        if role == "cue":
            if sense.channel == "video":
                pace.note(self, heard)
            changes += self._evidence(heard)
        elif role == "alarm":
            changes += self._alarm(heard)
        elif role == "signal":
            changes += signals.take(self, heard)
        elif role == "amend":
            changes += self._amend(heard)
        elif role in ("silent", "back"):
            changes += self._link(heard)
        else:
            changes.append(_ignored(heard, Reason("fusion.not_a_sign", {"kind": observation.kind})))
        return changes

    def decide(self, decision: Decision) -> list[Change]:
        """Apply a person's decision; nothing where it was applied already or no longer can be."""
        if decision.order <= self.state.decided:
            return []
        self.state.decided = decision.order
        return persons.apply(self, decision)

    # What an observation of each role does.

    def _alarm(self, heard: Heard) -> list[Change]:
        """An alarm, damped where its detector flaps or many gave it at once."""
        least = self.parameters.flaps
        times = flapping.heard_again(self.state, heard, least) if least else 0
        storm = storms.joined(self, heard)
        if times:
            heard = heard._replace(damp=flapping.damping(times, least), why=(flapping.reason(times),))
        if storm is None:
            return self._evidence(heard)
        why = (*heard.why, Reason("fusion.part_of_storm"))
        heard = heard._replace(damp=heard.damp * storms.STORM_FACTOR, why=why)
        return [*storm, *self._evidence(heard)]

    def _evidence(self, heard: Heard) -> list[Change]:
        match = best_match(self, heard)
        if match is None:
            return self._start(heard)
        hypothesis = match.hypothesis
        seen, received = heard.seen, heard.received
        hypothesis.first_seen = min(hypothesis.first_seen, seen)
        hypothesis.last_seen = max(hypothesis.last_seen, seen)
        hypothesis.last_received = max(hypothesis.last_received, received)
        hypothesis.exercise = hypothesis.exercise or heard.observation.exercise
        sign = _same_sign(hypothesis, heard.observation)
        if sign is None and len(hypothesis.signs) >= MOST_SIGNS:
            sign = hypothesis.signs[-1]
        return self._join(heard, match) if sign is None else self._repeat(heard, hypothesis, sign)

    def _repeat(self, heard: Heard, hypothesis: Hypothesis, sign: Sign) -> list[Change]:
        _count(sign, heard)
        reasons = [Reason("fusion.repeated", {"times": sign.repeats + 1})]
        if sign.muted and heard.damp >= 1:
            sign.muted = False  # it no longer flaps, or the storm is over: shown as any alarm is
            return settle(self, hypothesis, heard, reasons, "repeated")
        if sign.repeats > REPEATS_THAT_COUNT or sign.relation != "sign" or heard.damp < 1:
            return [tell("repeated", hypothesis, heard, reasons, quiet=True)]
        if sign.says >= 0:
            return self._seen_again(heard, hypothesis, sign)
        record = self.record(heard.observation)
        hypothesis.variance += add(hypothesis.logs, heard.sense, REPEAT_FACTOR, record)
        sign.factor = round(sign.factor + REPEAT_FACTOR, 6)
        sign.weight = weight(heard.sense, sign.factor, record)
        return settle(self, hypothesis, heard, reasons, "repeated")

    def _seen_again(self, heard: Heard, hypothesis: Hypothesis, sign: Sign) -> list[Change]:
        """A camera beside an alarm sees someone once more: it may say more than the first time."""
        nats = self.says(hypothesis, heard) if sign.says < pace.FULL else -1.0
        if nats <= sign.says:
            return [tell("repeated", hypothesis, heard, [], quiet=True)]
        sign.says = nats
        persons.work_out(self, hypothesis)
        reasons = [Reason("fusion.repeated", {"times": sign.repeats + 1})]
        return settle(self, hypothesis, heard, reasons, "repeated")

    def _join(self, heard: Heard, match: Match) -> list[Change]:
        hypothesis = match.hypothesis
        first = heard.sense.role == "alarm" and self._lead(hypothesis, heard)
        says = self.says(hypothesis, heard)
        factor, counted = (
            factor_of(hypothesis, heard) if says < 0 else pace.factor_of(hypothesis, heard, says)
        )
        reasons = explain.joining(self, heard, match, counted=counted, says=says)
        self.admit(hypothesis, heard, factor, reasons, metres=match.metres, counted=counted, says=says)
        if first:
            if gather.ask_again(self, hypothesis):
                persons.work_out(self, hypothesis)
            gather.seen_before(self, hypothesis)
        return settle(self, hypothesis, heard, reasons, "joined")

    def _lead(self, hypothesis: Hypothesis, heard: Heard) -> bool:
        """An alarm tells where and what better than whom a camera saw before; whether it is the first."""
        sense, place = heard.sense, heard.place
        hypothesis.life = hypothesis.life or sense.life
        led = any(sense_of(sign.observation).role == "alarm" for sign in hypothesis.signs)
        if not led or (sense.life and hypothesis.family != sense.family):
            hypothesis.family = sense.family
        if not led and place is not None:
            self.index.drop(hypothesis)
            hypothesis.place = place
            self.index.add(hypothesis)
        hypothesis.entered = min(hypothesis.entered, heard.seen)
        return not led

    def _start(self, heard: Heard) -> list[Change]:
        observation, sense = heard.observation, heard.sense
        night = self.is_night(observation)
        identity = ("hypothesis", observation.territory, str(observation.id))
        hypothesis = Hypothesis(
            id=derived_uuid7(observation.received_at, *identity),
            family=sense.family,
            place=heard.place,
            first_seen=heard.seen,
            last_seen=heard.seen,
            entered=heard.seen,
            last_received=heard.received,
            night=night,
            life=sense.life,
            exercise=observation.exercise,
            signs=[],
            logs=self.before_any_sign(night=night),
        )
        reasons = explain.starting(self, heard, night=night)
        self.state.hypotheses[hypothesis.id] = hypothesis
        self.index.add(hypothesis)
        self.admit(hypothesis, heard, certainty(heard), reasons, counted=True)
        if sense.role == "alarm":
            gather.seen_before(self, hypothesis)
        return settle(self, hypothesis, heard, reasons, "started")

    def _amend(self, heard: Heard) -> list[Change]:
        observation = heard.observation
        if observation.kind == "alarm.restored":
            flapping.at_rest(self.state, observation)
        spoken = self.index.of_device(observation.source, observation.device)
        # The end of an exercise never ends what is real.
        hypothesis = latest([each for each in spoken if each.exercise == observation.exercise])
        if hypothesis is None:
            return [_ignored(heard, Reason("fusion.nothing_to_amend", {"kind": observation.kind}))]
        hypothesis.last_received = max(hypothesis.last_received, heard.received)
        known = _same_sign(hypothesis, observation)
        if known is not None:
            _count(known, heard)
            return [tell("repeated", hypothesis, heard, [], quiet=True)]
        cancelled = observation.kind == "alarm.cancelled"
        restored = "fusion.ended_by_source" if observation.content.get("over") else "fusion.restored_by_panel"
        reasons = [Reason("fusion.cancelled_by_panel" if cancelled else restored)]
        self.admit(hypothesis, heard, 1.0 if cancelled else 0.0, reasons, relation="amendment")
        return settle(self, hypothesis, heard, reasons, "amended")

    def _link(self, heard: Heard) -> list[Change]:
        spoken = self.index.of_device(heard.observation.source, heard.observation.device)
        silent = latest([each for each in spoken if each.family in LINKS])
        if heard.sense.role == "silent":
            if silent is None:
                storm = storms.joined(self, heard)
                return self._start(heard) if storm is None else storm
            silent.last_received = max(silent.last_received, heard.received)
            _count(silent.signs[0], heard)
            return [tell("repeated", silent, heard, [], quiet=True)]
        if silent is None:
            return [_ignored(heard, Reason("fusion.device_well"))]
        if silent.family == "outage":
            return storms.back(self, heard, silent)
        seconds = round(max(0.0, heard.seen - silent.first_seen))
        reasons = [Reason("fusion.device_back", {"seconds": seconds})]
        self.admit(silent, heard, 0.0, reasons, relation="amendment")
        self.forget(silent)
        return [tell("closed", silent, heard, reasons)]

    # What the other pages of these rules call.

    def admit(
        self,
        hypothesis: Hypothesis,
        heard: Heard,
        factor: float,
        reasons: list[Reason],
        *,
        metres: int = 0,
        relation: str = "sign",
        counted: bool = False,
        says: float = -1.0,
    ) -> None:
        """Put a sign into a hypothesis: its list, its log-shares, its device."""
        observation, sense, factor = heard.observation, heard.sense, round(factor, 6)
        record = self.record(observation)
        hypothesis.signs.append(
            Sign(
                observation=observation,
                position=heard.position,
                relation=relation,
                factor=factor,
                weight=weight(sense, factor, record),
                metres=metres,
                reasons=reasons,
                last_seen=heard.seen,
                last_position=heard.position,
                counted=counted,
                muted=heard.damp < 1,
                says=says,
            )
        )
        if factor:
            hypothesis.variance += add(hypothesis.logs, sense, factor, record)
        if relation == "sign" and hypothesis.family != "series":
            self.index.link(hypothesis, observation.source, observation.device)

    def says(self, hypothesis: Hypothesis, heard: Heard) -> float:
        """Nats that a camera's sighting brings to an act with an alarm; below 0: its rate is not asked."""
        if heard.sense.channel != "video" or heard.place is None:
            return -1.0
        found = pace.says(self, hypothesis, heard, heard.place)
        return -1.0 if found is None else found

    def record(self, observation: Observation) -> tuple[int, int]:
        """How often this device's messages of this kind told of a real act, and how often not."""
        records = self.state.records
        return records.get(channel(observation), (0, 0)) if records else (0, 0)

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
        oldest = state.now - self.parameters.memory_s
        for hypothesis in [each for each in state.hypotheses.values() if each.last_received < oldest]:
            if not hypothesis.shown or hypothesis.last_received < state.now - FORGET_S:
                self.forget(hypothesis)
                changes.append(Change(kind="expired", position=state.position, held=hypothesis, reasons=[]))
            elif not hypothesis.resting and hypothesis.family not in LINKS:
                hypothesis.resting = True
                self.index.drop(hypothesis)
        since = state.now - self.parameters.signal_memory_s
        state.kept = [each for each in state.kept if each.received >= since]
        state.closed = [each for each in state.closed if each[3] >= oldest]
        storms.forget_quiet(state)
        return changes


def latest(hypotheses: list[Hypothesis]) -> Hypothesis | None:
    """The one that heard last; the identifier decides between equals."""
    return max(hypotheses, key=lambda each: (each.last_received, each.id), default=None)


def _count(sign: Sign, heard: Heard) -> None:
    sign.repeats += 1
    sign.last_seen = max(sign.last_seen, heard.seen)
    sign.last_position = heard.position


def _ignored(heard: Heard, reason: Reason) -> Change:
    return Change(kind="ignored", position=heard.position, observation=heard.observation.id, reasons=[reason])


def _same_sign(hypothesis: Hypothesis, observation: Observation) -> Sign | None:
    """The sign that this observation only repeats: same device, kind, zone and floor, and as serious."""
    kind, device, content = observation.kind, observation.device, observation.content
    zone, floor, serious = content.get("zone"), content.get("floor"), content.get("severity") == "alert"
    for sign in hypothesis.signs:
        other = sign.observation
        if (
            other.kind == kind
            and other.device == device
            and (device or other.source == observation.source)
            and other.content.get("zone") == zone
            and other.content.get("floor") == floor
            and (other.content.get("severity") == "alert") == serious
        ):
            return sign
    return None
