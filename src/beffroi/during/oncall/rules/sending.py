"""The states of a message in the outbox and when it is tried again."""

from __future__ import annotations

QUEUED, SENDING, SENT, FAILED, STOPPED, KEPT = "queued", "sending", "sent", "failed", "stopped", "kept"
MOST_ATTEMPTS = 6
_FIRST_S, _LONGEST_S = 5.0, 120.0

#: HTTP answers after which the same request may still succeed.
_PASSING = frozenset({408, 425, 429})


def pause_s(attempts: int) -> float | None:
    """Seconds until the next try after so many attempts; None: given up."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return min(_LONGEST_S, _FIRST_S * 2.0 ** max(0, attempts - 1))


def may_pass(status: int) -> bool:
    """Whether an HTTP status that is not a success may be another one later."""
    return status >= 500 or status in _PASSING
