"""How often a camera sees someone anyway: what one more person there says of an act.

Each camera's own rate is learnt, by kind, with a memory of about an hour: of devices only, never of persons.
What a camera saw beside an alarm weighs by how much likelier it is if the alarm is an act's (someone comes,
acts and leaves) than by that rate. On a busy street a passer-by says next to nothing and is no second sign;
in a school yard at three in the morning he says much.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from beffroi.during.fusion.rules.belief import weight
from beffroi.during.fusion.rules.independence import certainty
from beffroi.during.fusion.rules.kinds import sense_of
from beffroi.during.fusion.rules.nearness import ACT_LASTS_S
from beffroi.during.fusion.rules.shapes import Heard, Hypothesis, Pace, Place

if TYPE_CHECKING:
    from beffroi.during.fusion.rules.fold import Fold

# The memory of a rate (s), and how far apart (s) two sightings are counted: someone in view all the time is
# two a minute, whether the camera says so once a second or not.
MEMORY_S, APART_S = 3600.0, 30.0
# A camera that was hardly listened to is taken for one that sees someone each twenty minutes.
_CASES, _EACH_S = 1.0, 1200.0
# How many times one camera at the place sees whoever acts there, and how far off (m) it still may.
SEEN, WITHIN_M = 1.0, 64.0
# Nats of a sighting that counts in full (4.5 times likelier with an act), and of the least that is a sign of
# its own (twice). Chosen on generator A and its variants: as many acts are confirmed at once as without.
FULL, LEAST = 1.5, 0.7
# Below so many nats nothing is said of an act: who is seen so is left where he was.
TELLS_NOTHING = 0.15
# What a second camera adds, and a third less by its square.
_ALIKE = 0.2


def note(fold: Fold, heard: Heard) -> None:
    """Count what a camera saw, once in `APART_S`."""
    observation, seen = heard.observation, heard.seen
    own = fold.state.paces.get(observation.device)
    pace = own.get(observation.kind) if own else None
    if pace is None:
        own = fold.state.paces.setdefault(observation.device, {})
        own[observation.kind] = Pace(since=min(fold.state.began, seen), last=seen, many=1.0)
        return
    after = seen - pace.last
    if after >= APART_S:
        pace.many = 1.0 + pace.many * math.exp(-after / MEMORY_S)
        pace.last = seen
    elif after < -MEMORY_S:
        # Our clock was ahead: what was counted says nothing of now.
        pace.since, pace.last, pace.many = seen, seen, 1.0


def each_s(fold: Fold, heard: Heard) -> float:
    """About how many seconds lie between two sightings by this camera at this time, this one left out."""
    pace = fold.state.paces.get(heard.observation.device, {}).get(heard.observation.kind)
    if pace is None:
        return _EACH_S
    age = max(0.0, heard.seen - pace.last)
    many = max(0.0, pace.many - (1.0 if age < APART_S else 0.0)) * math.exp(-age / MEMORY_S)
    listened = MEMORY_S * (1.0 - math.exp(-max(0.0, heard.seen - pace.since) / MEMORY_S))
    return (listened + _CASES * _EACH_S) / (many + _CASES)


def says(fold: Fold, hypothesis: Hypothesis, heard: Heard, place: Place) -> float | None:
    """Nats by which what a camera saw speaks for an act behind the alarms of a hypothesis; None: no alarm."""
    gap = from_alarms_s(hypothesis, heard.seen)
    if gap is None or hypothesis.place is None:
        return None
    metres = fold.index.line_m(place, hypothesis.place)
    spread = WITHIN_M * WITHIN_M
    rate = SEEN / ACT_LASTS_S * math.exp(-gap / ACT_LASTS_S - metres * metres / (2 * spread))
    return round(math.log1p(rate * each_s(fold, heard)), 6)


def too_busy(fold: Fold, hypothesis: Hypothesis, heard: Heard) -> bool:
    """Whether a camera sees people so often that this sighting tells of no alarm in particular."""
    return 0 <= fold.says(hypothesis, heard) < TELLS_NOTHING


def from_alarms_s(hypothesis: Hypothesis, seen: float) -> float | None:
    """Seconds from the alarms of a hypothesis, 0 between them; None where it has none."""
    first, last = math.inf, -math.inf
    for sign in hypothesis.signs:
        if sense_of(sign.observation).role == "alarm":
            # Not after its own last: a clock ahead is given the time of receipt.
            first = min(first, sign.observation.seen_at.timestamp(), sign.last_seen)
            last = max(last, sign.last_seen)
    return None if last < 0 else max(0.0, first - seen, seen - last)


def factor_of(hypothesis: Hypothesis, heard: Heard, nats: float) -> tuple[float, bool]:
    """The factor (0 to 1) of one more sighting, and whether it is a second sign of its own.

    It adds what it says beyond the best before it, and little besides: two cameras may see one passer-by.
    """
    others = [sign for sign in hypothesis.signs if sign.says >= 0]
    best = min(FULL, max((sign.says for sign in others), default=0.0))
    nats = min(nats, FULL)
    more = max(0.0, nats - best) + (_ALIKE / len(others) ** 2 * min(nats, best) if others else 0.0)
    counted = nats >= LEAST and not any(sign.counted for sign in others)
    return certainty(heard) * min(1.0, more / FULL), counted


def temper(fold: Fold, hypothesis: Hypothesis) -> None:
    """The factors of what cameras saw, from what each says: the best in full, the others little."""
    asked = [sign for sign in hypothesis.signs if sign.says >= 0]
    for rank, sign in enumerate(sorted(asked, key=lambda each: (-each.says, each.position))):
        share = min(sign.says, FULL) / FULL * (1.0 if rank == 0 else _ALIKE / rank**2)
        sense = fold.sense_of(sign.observation)
        heard = Heard(sign.position, sign.observation, sense, None, sign.last_seen, sign.last_seen)
        sign.factor = round(certainty(heard) * share, 6)
        sign.weight = weight(sense, sign.factor, fold.record(sign.observation))
