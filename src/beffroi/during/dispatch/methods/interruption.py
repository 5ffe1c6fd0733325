"""EASI: the chance that an act is interrupted, from its tasks, what detects them, and the response.

Estimate of Adversary Sequence Interruption (Garcia, *The Design and Evaluation of Physical Protection
Systems*; Sandia). Times are seconds, independent and normal, as the method has it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Where = Literal["beginning", "middle", "end"]

#: The share of a task's own delay that still lies ahead when its sensor speaks.
AHEAD: dict[Where, float] = {"beginning": 1.0, "middle": 0.5, "end": 0.0}


@dataclass(frozen=True, slots=True)
class Task:
    """One step of the act: probability that it is detected (0 to 1) and where in it, its delay's mean and
    standard deviation (s). A resident's report of someone scouting is a task like another."""

    detection: float
    where: Where
    mean_s: float
    sd_s: float

    def __post_init__(self) -> None:
        if not 0 <= self.detection <= 1:
            raise ValueError(f"detection {self.detection}: not a probability")
        if not (math.isfinite(self.mean_s) and self.mean_s >= 0):
            raise ValueError(f"mean {self.mean_s} s: must be finite and not negative")
        if not (math.isfinite(self.sd_s) and self.sd_s >= 0):
            raise ValueError(f"standard deviation {self.sd_s} s: must be finite and not negative")


@dataclass(frozen=True, slots=True)
class Response:
    """The response once told: mean and standard deviation (s), and the probability that word gets through."""

    mean_s: float
    sd_s: float
    communication: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.communication <= 1:
            raise ValueError(f"communication {self.communication}: not a probability")
        if not (math.isfinite(self.mean_s) and math.isfinite(self.sd_s) and min(self.mean_s, self.sd_s) >= 0):
            raise ValueError("response times must be finite and not negative")


def phi(x: float) -> float:
    """Distribution function of the standard normal law."""
    return 0.5 * math.erfc(-x / math.sqrt(2))


def remaining(tasks: Sequence[Task]) -> list[tuple[float, float]]:
    """Mean (s) and variance (s²) of what is left of the act when each task is detected."""
    result: list[tuple[float, float]] = []
    mean = variance = 0.0
    for task in reversed(tasks):
        ahead = AHEAD[task.where]
        result.append((ahead * task.mean_s + mean, ahead**2 * task.sd_s**2 + variance))
        mean, variance = mean + task.mean_s, variance + task.sd_s**2
    return result[::-1]


def in_time(tasks: Sequence[Task], response: Response) -> list[float]:
    """For each task: the probability that a response called at its detection comes before the act ends."""
    chances = []
    for mean, variance in remaining(tasks):
        spread = math.sqrt(variance + response.sd_s**2)
        margin = mean - response.mean_s
        chances.append(phi(margin / spread) if spread > 0 else float(margin > 0))
    return chances


def first_detection(tasks: Sequence[Task]) -> list[float]:
    """For each task: the probability that it is the first to be detected."""
    missed, result = 1.0, []
    for task in tasks:
        result.append(missed * task.detection)
        missed *= 1 - task.detection
    return result


def interruption(tasks: Sequence[Task], response: Response) -> float:
    """P(I): the probability that the response arrives before the act is over (0 for no task)."""
    pairs = zip(first_detection(tasks), in_time(tasks, response), strict=True)
    return response.communication * sum(first * chance for first, chance in pairs)


def timely_detection(tasks: Sequence[Task], response: Response) -> float:
    """The probability that detection comes while the mean time left still covers the mean response.

    Only tasks up to the critical detection point count; spreads play no part.
    """
    missed = 1.0
    for task, (mean, _) in zip(tasks, remaining(tasks), strict=True):
        if mean >= response.mean_s:
            missed *= 1 - task.detection
    return response.communication * (1 - missed)
