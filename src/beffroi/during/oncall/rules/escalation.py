"""When whom is called: from what is known now to the next step, always the same for the same state.

An incident that a person acknowledged calls nobody. At the desk somebody is given time to acknowledge;
where no desk is open there is nobody to wait for. Then one rank after the other is called; where a life
is in danger all ranks at once, and again sooner. After the last round the alert stands on the desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

NEVER, CONFIRMED, TO_CHECK = "never", "confirmed", "to_check"
THRESHOLDS = (TO_CHECK, CONFIRMED, NEVER)
CHANNELS = ("sms", "voice", "email")

#: Why nobody answered.
NO_ONE, NO_ANSWER, ALL_PASSED = "no_one_on_call", "no_answer", "all_passed"


@dataclass(frozen=True, slots=True)
class Policy:
    """What wakes people in a territory, and how fast (seconds).

    `at_least`: least probability for what is only to check, where no life is in danger.
    """

    threshold: str = CONFIRMED
    life_threshold: str = TO_CHECK
    at_least: float = 0.0
    wait_s: int = 120
    next_s: int = 300
    life_wait_s: int = 20
    life_next_s: int = 60
    rounds: int = 2


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the calls are: `round` 0 before the first, the ranks called in it, when the next is due."""

    round: int
    called: tuple[int, ...]
    due: datetime
    life: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What to do now: call these ranks (none: nobody answered), then look again at `progress.due`."""

    call: tuple[int, ...]
    progress: Progress
    ended: bool = False


def concerns(policy: Policy, *, state: str, life: bool, probability: float) -> bool:
    """Whether an incident in this state wakes people."""
    threshold = policy.life_threshold if life else policy.threshold
    if threshold == NEVER:
        return False
    if state == "confirmed":
        return True
    return state == "to_check" and threshold == TO_CHECK and (life or probability >= policy.at_least)


def begin(policy: Policy, *, life: bool, staffed: bool, now: datetime) -> Progress:
    """Before the first call: the desk's time to acknowledge, none where no desk is open."""
    wait = (policy.life_wait_s if life else policy.wait_s) if staffed else 0
    return Progress(0, (), now + timedelta(seconds=wait), life)


def step(
    policy: Policy, progress: Progress, *, ranks: Sequence[int], life: bool, staffed: bool, now: datetime
) -> Step | None:
    """The next step; None while there is nothing to do. `ranks`: those on call who may still be called."""
    if not _is_due(policy, progress, life=life, staffed=staffed, now=now):
        return None
    turn, called = max(1, progress.round), progress.called
    waiting = [rank for rank in sorted(ranks) if rank not in called]
    if not waiting and ranks and turn < policy.rounds:
        turn, called, waiting = turn + 1, (), sorted(ranks)
    if not waiting:
        return Step((), Progress(turn, called, now, life), ended=True)
    call = tuple(waiting) if life else (waiting[0],)
    pause = timedelta(seconds=policy.life_next_s if life else policy.next_s)
    return Step(call, Progress(turn, called + call, now + pause, life))


def _is_due(policy: Policy, progress: Progress, *, life: bool, staffed: bool, now: datetime) -> bool:
    if progress.round == 0 and not staffed:
        return True  # whoever was to acknowledge left the desk
    if life and not progress.life:
        return True  # what turned out to be a life has waited long enough
    return now >= progress.due


def why_nobody(*, on_call: int, passed: int, called: int) -> str:
    """The code of why nobody answered, from how many are on call, passed on, and were called."""
    if called == 0:
        return NO_ONE if not passed else ALL_PASSED
    return ALL_PASSED if on_call and passed >= on_call else NO_ANSWER
