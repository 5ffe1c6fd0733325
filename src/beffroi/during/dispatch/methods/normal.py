"""The normal law on arrays, without scipy: its distribution function and points to integrate over."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

# Beyond these, the distribution function is below the smallest double, or 1 to the last digit.
_FROM, _TO, _STEP = -37.5, 8.5, 0.002

#: The point that a normal variable exceeds one time in ten: intervals shown are those of 8 times in 10.
TENTH = NormalDist().inv_cdf(0.9)


@lru_cache(maxsize=1)
def _table() -> tuple[Floats, Floats]:
    """The distribution function every `_STEP`, and what it gains up to the next."""
    points = np.arange(_FROM, _TO + _STEP / 2, _STEP)
    values = np.array([0.5 * math.erfc(-x / math.sqrt(2)) for x in points.tolist()])
    return values, np.diff(values, append=values[-1])


def phi(x: Floats) -> Floats:
    """The distribution function at each point of `x` (any shape), infinities included; not of NaN.

    Exact every 0.002 and straight between: off by less than 2e-7, and by less than a part in a thousand
    down to 1e-200. (Looked up by place, which is seven times as fast as `numpy.interp`.)
    """
    values, gains = _table()
    at = (np.clip(x, _FROM, _TO) - _FROM) / _STEP
    below = at.astype(np.intp)
    found: Floats = values[below] + (at - below) * gains[below]
    return found


@lru_cache(maxsize=16)
def middles(count: int) -> Floats:
    """`count` points, each the middle of a share 1/count of the normal law: equal weights, so that
    shares and quantiles may be read off what is computed at them."""
    law = NormalDist()
    return np.array([law.inv_cdf((k + 0.5) / count) for k in range(count)])


@lru_cache(maxsize=16)
def gauss(count: int) -> tuple[Floats, Floats]:
    """Points and weights (sum 1) of Gauss and Hermite: the mean of a smooth function of a normal variable."""
    points, weights = np.polynomial.hermite_e.hermegauss(count)
    return np.asarray(points, np.float64), np.asarray(weights / weights.sum(), np.float64)


def quantiles(values: Floats, weights: Floats, shares: tuple[float, ...]) -> Floats:
    """For each row of `values` (n × k), the values below which `shares` of the weight lie: n × len(shares).

    `weights` (k) need not sum to 1; between two values the share grows straight.
    """
    order = np.argsort(values, axis=-1)
    heavy = weights[order]
    middle = np.cumsum(heavy, axis=-1) - heavy / 2
    share = middle / heavy.sum(axis=-1, keepdims=True)
    ranked = np.take_along_axis(values, order, axis=-1)
    return np.array([np.interp(shares, share[k], ranked[k]) for k in range(len(values))]).reshape(
        len(values), len(shares)
    )
