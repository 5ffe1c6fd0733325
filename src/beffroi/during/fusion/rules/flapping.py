"""Detectors that go off and back to rest again and again: damped, with the reason, and owed a repair."""

from __future__ import annotations

from beffroi.during.fusion.rules.shapes import Channel, FoldState, Heard, Hypothesis, Reason
from beffroi.during.intake.facts import Observation

WINDOW_S = 3600.0
# A new alarm is one after a rest or such a silence, and not within a minute of the last: a burglar who
# walks before a movement detector for some minutes makes no flapping detector.
_SILENCE_S, _APART_S = 120.0, 60.0
_HALVES, _LEAST_FACTOR = 0.5, 0.05
_PEOPLE = "caller"


def heard_again(state: FoldState, heard: Heard, least: int) -> int:
    """Note an alarm of a device; how often it went off anew within the hour, 0 below `least` or where it
    may never be damped (people who call; a life in danger is noted, and not damped)."""
    observation = heard.observation
    if not observation.device or heard.sense.channel == _PEOPLE:
        return 0
    one = state.channels.setdefault(observation.device, {}).setdefault(observation.kind, Channel())
    seen = heard.seen
    if one.last - seen > WINDOW_S:
        # Our clock was a day ahead, or this comes an hour late: what was noted says nothing of now.
        one.onsets, one.last = [], 0.0
    anew = one.rested or seen - one.last > _SILENCE_S
    if anew and (not one.onsets or seen - one.onsets[-1] >= _APART_S):
        one.onsets = [*(each for each in one.onsets if each > seen - WINDOW_S), seen]
        if len(one.onsets) >= least:
            one.damped += 1
    one.rested = False
    one.last = max(one.last, seen)
    times = len(one.onsets)
    return times if times >= least and seen - one.onsets[0] <= WINDOW_S and not heard.sense.life else 0


def at_rest(state: FoldState, observation: Observation) -> None:
    """A device says that it is back at rest."""
    for one in state.channels.get(observation.device, {}).values():
        one.rested = True


def damping(times: int, least: int) -> float:
    """What is left (0 to 1) of the weight of a detector that went off so often."""
    return float(max(_LEAST_FACTOR, _HALVES ** (times - least + 1)))


def reason(times: int) -> Reason:
    """Why a sign was damped."""
    return Reason("fusion.flapping", {"times": times})


def was_real(state: FoldState, hypothesis: Hypothesis) -> None:
    """A person found the act real: those who spoke of it are not flapping."""
    for sign in hypothesis.signs:
        kinds = state.channels.get(sign.observation.device, {})
        one = kinds.get(sign.observation.kind)
        if one is not None:
            one.onsets, one.last_real = [], state.now
