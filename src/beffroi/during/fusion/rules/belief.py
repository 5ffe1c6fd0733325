"""How likely an act is, given the signs: naive Bayes over acts and harmless explanations.

Each sign multiplies each explanation by (share given this sign alone / share before any sign), raised
to a factor between 0 and 1 that tempers what is not independent, far or uncertain. A channel's own
record of true and false alarms (a Beta) shifts every act. The 80 % interval is that of the log-odds
taken as normal: its variance adds, for each sign, that of the log-odds of its Beta, factor squared.
What nobody thought of keeps two chances in a hundred.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

from beffroi.during.fusion.rules.kinds import REAL_CASES, Sense
from beffroi.during.fusion.rules.opinions import EXPLANATIONS, NIGHT, PRIOR, REAL
from beffroi.during.fusion.rules.shapes import Belief

_PRIOR_LOGS = tuple(math.log(PRIOR[each]) for each in EXPLANATIONS)
_NIGHT_LOGS = tuple(math.log(PRIOR[each] * NIGHT.get(each, 1.0)) for each in EXPLANATIONS)
_EIGHT_IN_TEN = 1.2815515655446004
_LEAST = 1e-4
# The chance that what really happened is none of these explanations: no number of signs goes beyond it.
# Its own 80 % interval is as wide as it is unsure.
_UNTHOUGHT, _UNTHOUGHT_LEAST, _UNTHOUGHT_MOST = 0.02, 0.005, 0.06


def start(*, night: bool, prior: Mapping[str, float] | None = None) -> list[float]:
    """The log-share of each explanation before any sign; `prior` replaces that of the starting opinions."""
    if prior is None:
        return list(_NIGHT_LOGS if night else _PRIOR_LOGS)
    return [math.log(prior[each] * (NIGHT.get(each, 1.0) if night else 1.0)) for each in EXPLANATIONS]


@lru_cache(maxsize=4096)
def trigamma(x: float) -> float:
    """Trigamma of x > 0: the variance of the logarithm of a Gamma(x) variable."""
    total = 0.0
    while x < 8.0:
        total += 1.0 / (x * x)
        x += 1.0
    square = 1.0 / (x * x)
    return total + 1.0 / x + square / 2 + square / x * (1 / 6 - square * (1 / 30 - square / 42))


@lru_cache(maxsize=4096)
def tilt(alone: float, real: int, false: int) -> tuple[float, float]:
    """What a channel's record adds to the log-odds of every act, and the variance of its log-odds.

    `alone` is the starting opinion (0 to 1), worth `REAL_CASES` real cases; `real` and `false` the
    outcomes since. 0 and 0 where the kind tells of no act.
    """
    if alone <= 0.0:
        return 0.0, 0.0
    a, b = REAL_CASES + real, REAL_CASES * (1 - alone) / alone + false
    return math.log(a / b) - math.log(alone / (1 - alone)), trigamma(a) + trigamma(b)


def add(logs: list[float], sense: Sense, factor: float, record: tuple[int, int]) -> float:
    """Take one sign into `logs`, in place; give back the variance that it brings."""
    shift, variance = tilt(sense.alone, record[0], record[1])
    shift *= factor
    for index, each in enumerate(sense.logs):
        logs[index] += factor * each
    if shift:
        for index in range(REAL):
            logs[index] += shift
    return factor * factor * variance


def weight(sense: Sense, factor: float, record: tuple[int, int]) -> float:
    """The log-odds (nats) that a sign brings to 'real', to 3 decimals; below 0 where it speaks against."""
    return round(factor * (sense.odds + tilt(sense.alone, record[0], record[1])[0]), 3)


def shares(logs: Sequence[float]) -> list[float]:
    """The share of each explanation, summing to one."""
    top = max(logs)
    raw = [math.exp(each - top) for each in logs]
    total = sum(raw)
    return [each / total for each in raw]


def believe(
    logs: Sequence[float], variance: float, independent: int, state: str, act: str | None = None
) -> Belief:
    """The belief that these log-shares and this variance amount to, rounded to 4 decimals.

    `act` keeps a name already given where it is not None.
    """
    each = shares(logs)
    real = min(max(sum(each[:REAL]), _LEAST), 1 - _LEAST)
    odds, reach = math.log(real / (1 - real)), _EIGHT_IN_TEN * math.sqrt(variance)
    best = max(range(REAL), key=each.__getitem__)
    harmless = sorted(range(REAL, len(each)), key=lambda index: (-round(each[index], 6), index))[:3]
    return Belief(
        probability=round(real * (1 - _UNTHOUGHT), 4),
        low=round((1 - _UNTHOUGHT_MOST) / (1 + math.exp(reach - odds)), 4),
        high=round((1 - _UNTHOUGHT_LEAST) / (1 + math.exp(-reach - odds)), 4),
        act=act or EXPLANATIONS[best],
        alternatives=[(EXPLANATIONS[i], round(each[i], 4)) for i in harmless if each[i] >= 0.005],
        independent=independent,
        state=state,
    )
