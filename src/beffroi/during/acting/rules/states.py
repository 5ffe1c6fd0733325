"""What may become of a command, and when.

asked ──> sending ──> sent ──> confirmed
  │          │          ├────> refused
  │          │          └────> no_answer ──> confirmed (the device spoke late)
  │          └─ killed: asked again where twice is once, else unsure
  ├─ not_sent: the broker or the engine was away until it was too late to act on it
  └─ kept: an exercise; nothing leaves
"""

from __future__ import annotations

from datetime import datetime

ASKED, SENDING, SENT = "asked", "sending", "sent"
CONFIRMED, REFUSED, NO_ANSWER = "confirmed", "refused", "no_answer"
NOT_SENT, UNSURE, KEPT = "not_sent", "unsure", "kept"

STATES = (ASKED, SENDING, SENT, CONFIRMED, REFUSED, NO_ANSWER, NOT_SENT, UNSURE, KEPT)
#: Something may still happen by itself.
OPEN = (ASKED, SENDING, SENT)
#: What the device says still counts for these: it may have been told.
HEARD = (SENDING, SENT, NO_ANSWER, UNSURE)


def overdue(
    state: str,
    *,
    again: bool,
    now: datetime,
    send_by: datetime,
    lease_until: datetime | None,
    answer_by: datetime | None,
) -> str:
    """The state that a command enters because time has passed; '' where it stays as it is.

    A command whose sender died between 'I send it' and 'it is sent' may have been obeyed or not: only one
    that does twice what it does once is taken up again, and only while it is not too late.
    """
    if state == ASKED and now >= send_by:
        return NOT_SENT
    if state == SENDING and lease_until is not None and now >= lease_until:
        return ASKED if again and now < send_by else UNSURE
    if state == SENT and answer_by is not None and now >= answer_by:
        return NO_ANSWER
    return ""
