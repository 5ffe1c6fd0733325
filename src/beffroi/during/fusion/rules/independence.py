"""How much a new sign adds to those before it: what comes from one device, or errs alike, adds little."""

from __future__ import annotations

from beffroi.during.fusion.rules.kinds import Sense, sense_of
from beffroi.during.fusion.rules.shapes import Heard, Hypothesis
from beffroi.during.intake.facts import Observation

REPEATS_THAT_COUNT, REPEAT_FACTOR = 3, 0.1
_SAME_DEVICE, _SAME_DEVICE_AND_KIND, _SAME_CHANNEL = 0.6, 0.3, 0.2


def certainty(heard: Heard) -> float:
    """The factor (0.5 to 1, then damped) that the source's own word for its certainty earns."""
    told = heard.observation.certainty
    if told is None:
        told = heard.sense.certainty
    return (0.5 + 0.5 * min(max(told, 0.0), 1.0)) * heard.damp


def speaker(observation: Observation, sense: Sense) -> str:
    """Who would err: the device, or where the device is only what is told of (a machine under attack) the
    source that told it: a detector on the network and an agent on the machine are two."""
    return observation.source if sense.family == "cyber" else observation.device or observation.source


def factor_of(hypothesis: Hypothesis, heard: Heard) -> tuple[float, bool]:
    """The factor of a new sign (0 to 1), and whether it counts as independent of those before.

    Another device of the same sense (two cameras in one rain) and another detector of the same panel
    are not independent; the third and fourth of one sense add less and less.
    """
    factor, counted = certainty(heard), True
    device, kind, channel = heard.observation.device, heard.observation.kind, heard.sense.channel
    who, alike = speaker(heard.observation, heard.sense), 0
    for sign in hypothesis.signs:
        other = sign.observation
        if device and other.device == device and other.kind == kind:
            factor, counted = min(factor, _SAME_DEVICE_AND_KIND), False
        elif sense_of(other).channel == channel:
            alike += 1
            factor, counted = min(factor, _SAME_CHANNEL / alike**2), False
        elif device and other.device == device and who == speaker(other, sense_of(other)):
            factor, counted = min(factor, _SAME_DEVICE), False
    return factor, counted
