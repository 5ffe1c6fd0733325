"""When a notification that failed is tried again, and when the subscription is paused instead."""

from __future__ import annotations

#: Seconds after each failure in a row; the last holds on until a day has passed since the first.
PAUSES_S = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0, 10_800.0)
GIVEN_UP_S = 86_400.0
#: The receiver says that it wants no more (Standard Webhooks).
GONE = 410


def pause_s(failures: int) -> float:
    """Seconds to wait after so many failures in a row (1 or more)."""
    return PAUSES_S[min(max(failures, 1), len(PAUSES_S)) - 1]


def gives_up(failing_s: float, fault: str) -> bool:
    """Whether a subscription is paused: it has failed for a day, or its receiver wants no more."""
    return failing_s >= GIVEN_UP_S or fault == f"http_{GONE}"
