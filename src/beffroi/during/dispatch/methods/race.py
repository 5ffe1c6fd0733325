"""The race: how likely it is that a unit arrives before they leave.

They stay D (lognormal, of a median that is itself known only within a range). They were there for
certain `present_s` after they came in; it is now `elapsed_s`; a unit sent in w seconds is there after
T more. Then

    chance = P(D > elapsed + w + T | D > present)

with D and T independent. Given the median of D and the speeds of the town, that is one number; what is
shown is its mean over both, with the bounds between which it lies 8 times in 10. With
`present_s = elapsed_s` they are known to be there still. All sums are over fixed points: the same
input gives the same figures on any machine, to the precision that is shown.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from beffroi.during.dispatch.methods.normal import Floats, quantiles
from beffroi.during.dispatch.methods.stays import Stay
from beffroi.during.dispatch.methods.travel import Travel, times

_MEDIANS, _TOWNS = 31, 5
_TIMES, _SOON_S = 400, 0.1
_BOUNDS = (0.1, 0.9)


@dataclass(frozen=True, slots=True)
class Chances:
    """For n units and k waits (n × k): the chance, and its bounds of 8 times in 10. NaN: no way there."""

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """Seconds before they leave: the middle and the bounds of 8 times in 10, 0 where they have left;
    `there` is the chance that they have not left yet."""

    middle_s: float
    low_s: float
    high_s: float
    there: float


def chances(
    stay: Stay, travel: Travel, *, elapsed_s: float, present_s: float, waits_s: tuple[float, ...] = (0.0,)
) -> Chances:
    """The chance of each unit, if it is sent after each of `waits_s`.

    `elapsed_s`: seconds since they came in; `present_s`: seconds after that at which they were last
    known to be there. Both are brought to 0 <= present <= elapsed.
    """
    elapsed, present = _ordered(elapsed_s, present_s)
    medians = stay.medians(_MEDIANS)
    known = stay.still_there(np.float64(present) * np.ones(1), medians)
    total, weights = times(travel, _TOWNS)
    shape = (len(travel.road_s), len(waits_s))
    value, low, high = (np.full(shape, np.nan) for _ in range(3))
    open_ = np.isfinite(travel.road_s)
    plausible = np.repeat(known, _TOWNS)
    for k, wait in enumerate(waits_s):
        at = elapsed + wait + total[open_]
        kept = stay.still_there(at[:, None], medians[None, :, None, None]) @ weights
        value[open_, k] = kept.mean(axis=(1, 2)) / known.mean()
        each = (kept / known[None, :, None]).reshape(len(at), _MEDIANS * _TOWNS)
        bounds = quantiles(each, plausible, _BOUNDS)
        low[open_, k] = np.minimum(bounds[:, 0], value[open_, k])
        high[open_, k] = np.maximum(bounds[:, 1], value[open_, k])
    return Chances(value, low, high)


def time_left(stay: Stay, *, elapsed_s: float, present_s: float) -> TimeLeft:
    """How long before they leave, counted from now; see `chances` for the arguments."""
    elapsed, present = _ordered(elapsed_s, present_s)
    medians = stay.medians(_MEDIANS)
    farthest = 50 * max(present, stay.high_s * math.exp(3 * stay.log_sd))
    at = np.geomspace(max(present, _SOON_S), farthest, _TIMES)
    points = np.concatenate([at, [present, elapsed]])
    lasting = stay.still_there(points[:, None], medians).mean(axis=1)
    share = lasting[:-2] / lasting[-2]
    cuts = np.exp(np.interp([-0.5, -0.9, -0.1], -share, np.log(at)))
    middle, low, high = np.maximum(cuts - elapsed, 0.0).tolist()
    return TimeLeft(middle, low, high, float(lasting[-1] / lasting[-2]))


def _ordered(elapsed_s: float, present_s: float) -> tuple[float, float]:
    elapsed = max(0.0, elapsed_s)
    return elapsed, min(max(0.0, present_s), elapsed)
