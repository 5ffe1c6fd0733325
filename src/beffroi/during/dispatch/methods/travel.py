"""How long a unit takes: time to set off, then the road, with what is not known of both.

Road times come from free streets. What a run really takes differs from them in two ways: the speeds
of this town's streets are not known (one error for all runs), and no run is like the next. An old
position adds a third: the unit has moved since. No figure measured in a French commune was found for
these spreads: they are assumed, and stated here for a town to replace.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from beffroi.during.dispatch.methods.normal import Floats, gauss, middles, phi

#: Spreads of a logarithm: the speeds of the town, one run to the next, and the time to set off.
TOWN_LOG_SD = 0.12
RUN_LOG_SD = 0.18
DELAY_LOG_SD = 0.40
#: Of the time since a position was heard, the share that the unit may have driven away from it.
DRIFT_SHARE = 0.5
#: Beyond this age (s) a position says nothing of where a unit is now.
POSITION_LOST_S = 1800.0
#: Metres driven in a second while one looks for where a unit is within its radius of doubt.
_TOWN_SPEED = 8.0


@dataclass(frozen=True, slots=True)
class Travel:
    """For n units: seconds by road (inf where there is no way), seconds to set off, and seconds of driving
    by which each may have moved since its position was heard. Three arrays of n."""

    road_s: Floats
    delay_s: Floats
    drift_s: Floats

    def __post_init__(self) -> None:
        if not (self.road_s.shape == self.delay_s.shape == self.drift_s.shape and self.road_s.ndim == 1):
            raise ValueError("one road time, one delay and one drift for each unit")
        if np.isnan(self.road_s).any() or min((self.road_s.min(initial=0), self.delay_s.min(initial=0))) < 0:
            raise ValueError("times must be numbers, and not negative")


def drift(age_s: float, radius_m: float, stale_after_s: float) -> float:
    """Seconds of driving that a position of this age and radius may hide; 0 for one that is fresh and sharp.

    A position is a position up to `stale_after_s`; from there on the time since it was heard counts.
    """
    moved = DRIFT_SHARE * age_s if age_s > stale_after_s else 0.0
    return float(np.hypot(moved, radius_m / _TOWN_SPEED))


def road_law(travel: Travel) -> tuple[Floats, Floats]:
    """Median (s) and log spread of the drive of each unit, whatever is known of the town's speeds.

    Who was r away and moved by d in a direction unknown is √(r² + d²) away at the root of the mean
    square, taken as the mean, and nearer or farther by about r·d/√2 over that at least.
    """
    r, d = travel.road_s, travel.drift_s
    mean = np.sqrt(r**2 + d**2)
    known = (mean > 0) & np.isfinite(mean)
    lost = np.divide(d, mean, out=np.zeros_like(mean), where=known) ** 2 / 2
    return mean * np.exp(-lost / 2), np.sqrt(RUN_LOG_SD**2 + lost)


def times(travel: Travel, towns: int, runs: int = 5, delays: int = 3) -> tuple[Floats, Floats]:
    """Arrival times (s) to take a mean over: n × towns × (runs·delays), and the weights of the last axis.

    Along `towns` the speeds of the town go from fast to slow, each as likely.
    """
    away, spread = road_law(travel)
    z_run, w_run = gauss(runs)
    z_delay, w_delay = gauss(delays)
    town = np.exp(TOWN_LOG_SD * middles(towns))
    drive = away[:, None, None] * town[None, :, None] * np.exp(spread[:, None] * z_run)[:, None, :]
    start = travel.delay_s[:, None] * np.exp(DELAY_LOG_SD * z_delay)
    total = drive[:, :, :, None] + start[:, None, None, :]
    weights = (w_run[:, None] * w_delay[None, :]).ravel()
    return total.reshape(len(away), towns, runs * delays), weights


@dataclass(frozen=True, slots=True)
class Arrival:
    """When each of n units would be there if sent now (s): median, bounds of 8 times in 10, mean."""

    median_s: Floats
    low_s: Floats
    high_s: Floats
    mean_s: Floats


def arrival(travel: Travel) -> Arrival:
    """When each unit would be there, all that is not known included; infinite where there is no way."""
    away, run = road_law(travel)
    spread = np.sqrt(run**2 + TOWN_LOG_SD**2)
    open_ = np.isfinite(away)
    cuts = np.full((3, len(away)), np.inf)
    cuts[:, open_] = _quantiles(away[open_], spread[open_], travel.delay_s[open_], (0.5, 0.1, 0.9))
    mean = away * np.exp(spread**2 / 2) + travel.delay_s * np.exp(DELAY_LOG_SD**2 / 2)
    return Arrival(cuts[0], cuts[1], cuts[2], mean)


def _quantiles(away: Floats, spread: Floats, delay: Floats, shares: tuple[float, ...]) -> Floats:
    """Times (len(shares) × n) by which these shares of the arrivals are in.

    The share is computed at fixed times, a delay at a time at Gauss's points, and read off between them.
    """
    z, weights = gauss(7)
    reach = np.linspace(-3.0, 3.0, 97)
    sure = np.maximum(away, 1e-9)
    wide = np.hypot(spread, DELAY_LOG_SD * delay / (sure + delay))
    at = (sure + delay)[:, None] * np.exp(reach * wide[:, None])
    left = at[:, None, :] - (delay[:, None] * np.exp(DELAY_LOG_SD * z))[:, :, None]
    with np.errstate(divide="ignore"):
        steps = (np.log(np.maximum(left, 0.0)) - np.log(sure)[:, None, None]) / spread[:, None, None]
    share = weights @ phi(steps)
    found = [np.interp(shares, share[k], at[k]) for k in range(len(away))]
    return np.array(found).reshape(len(away), len(shares)).T
