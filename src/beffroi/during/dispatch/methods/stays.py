"""How long they stay, act by act: a law for one act, and how well that law itself is known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from beffroi.during.dispatch.methods.normal import TENTH, Floats, middles, phi

ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Stay:
    """A lognormal time (s): its median, and the standard deviation of its logarithm.

    The median is not known: it lies between `low_s` and `high_s` 8 times in 10, and is as likely
    above `median_s` as below. `source` says what that rests on; ASSUMED where nothing was measured.
    """

    median_s: float
    low_s: float
    high_s: float
    log_sd: float
    source: str

    def __post_init__(self) -> None:
        if not 0 < self.low_s <= self.median_s <= self.high_s < math.inf:
            raise ValueError(f"0 < {self.low_s} <= {self.median_s} <= {self.high_s} s: does not hold")
        if not 0 < self.log_sd < math.inf:
            raise ValueError(f"spread {self.log_sd}: must be above zero")

    @property
    def assumed(self) -> bool:
        """Whether nobody measured it."""
        return self.source == ASSUMED

    def medians(self, count: int) -> Floats:
        """`count` medians (s) of equal weight, from the shortest to the longest."""
        z = middles(count)
        below = math.log(self.median_s / self.low_s) / TENTH
        above = math.log(self.high_s / self.median_s) / TENTH
        return self.median_s * np.exp(np.where(z < 0, below, above) * z)

    def still_there(self, seconds: Floats, medians: Floats) -> Floats:
        """Chance that a stay of median `medians` lasts longer than `seconds` (shapes broadcast)."""
        with np.errstate(divide="ignore"):
            z = (np.log(medians) - np.log(np.maximum(seconds, 0.0))) / self.log_sd
        return phi(z)


PUBLISHED = "published"


def burglary(median_s: float, low_s: float, high_s: float, log_sd: float) -> Stay:
    """Burglars' stay, as the town has it in its settings: published figures go from 3 to 20 minutes."""
    return Stay(median_s, min(low_s, median_s), max(high_s, median_s), log_sd, PUBLISHED)


#: Acts that end by someone leaving, other than burglary. No figure was found: each is an opinion of the
#: project, marked so wherever it is shown, until a town's own interventions replace it.
STAYS: Mapping[str, Stay] = MappingProxyType(
    {
        "vehicle_crime": Stay(180.0, 60.0, 600.0, 0.8, ASSUMED),
        "sabotage": Stay(300.0, 90.0, 1200.0, 0.8, ASSUMED),
        "prowling": Stay(600.0, 180.0, 2400.0, 0.9, ASSUMED),
        "disorder": Stay(2700.0, 900.0, 7200.0, 0.9, ASSUMED),
    }
)
