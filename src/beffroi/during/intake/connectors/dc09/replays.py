"""Which sealed frames were recorded on the wire and sent once more.

A frame older than 40 s is refused for its time; within that, this remembers the last frame taken of each
account. One that is neither later nor further on in sequence is refused. The very last frame may come
again: a panel that missed our answer repeats it, and must be answered. It says nothing new, and is
no sign of life.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

Judged = Literal["new", "again", "replayed"]

#: Sequences run from 0001 to 9999 and start anew: what is less than half a turn on is ahead.
_TURN, _AHEAD = 9999, 5000


class _Last(NamedTuple):
    sent_at: datetime
    sequence: int
    said: str


class Replays:
    """The last sealed frame of each account, link tests apart (their sequence is always 0000)."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, bool], _Last] = {}

    def judge(self, account: str, sequence: int, sent_at: datetime, said: str, *, link: bool) -> Judged:
        """What a frame whose time is near ours is; a new one is remembered."""
        frame = _Last(sent_at, sequence, said)
        last = self._last.get((account, link))
        if last is None or sent_at > last.sent_at:
            verdict: Judged = "new"
        elif frame == last:
            return "again"
        else:
            # A panel whose clock was just set back goes on in sequence; a recording does not.
            ahead = 0 < (sequence - last.sequence) % _TURN < _AHEAD
            verdict = "new" if ahead and not link else "replayed"
        if verdict == "new":
            self._last[(account, link)] = frame
        return verdict
