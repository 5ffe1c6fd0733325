"""Background work of intake: referents' signals become observations."""

from __future__ import annotations

from beffroi.before.signal import queries as signals
from beffroi.during.intake.facts import Observation
from beffroi.during.intake.kinds import KINDS
from beffroi.during.intake.models import Follower
from beffroi.during.intake.spool import Spool
from beffroi.foundation.errors import NotFound
from beffroi.foundation.identifiers import derived_uuid7
from beffroi.journal import queries as journal

#: The source under which signals stand in the spool.
SIGNALS = "signal"
_FOLLOWER = "intake.signals"
_PASSED_OVER = 200


def _observed(identifier: str) -> Observation | None:
    try:
        view = signals.signal(identifier)
    except NotFound:
        return None  # erased since: there is nothing left to tell
    received_at = view.received_at
    return Observation(
        id=derived_uuid7(received_at, "signal", str(view.id)),
        territory=view.territory,
        source=SIGNALS,
        key=str(view.id),
        kind=view.what if view.what in KINDS else "signal.other",
        seen_at=view.seen_at,
        received_at=received_at,
        lat=view.lat,
        lon=view.lon,
        radius_m=view.radius_m,
        exercise=view.exercise,
        content={"from": "signal", "signal": str(view.id)},
    )


def follow_signals(spool: Spool, *, limit: int = 500) -> int:
    """Make observations of the signals reported since the last call; how many there were.

    Each signal is one observation, whatever happens between the spool and the follower's position: its
    key is the signal's own identifier. An error leaves the position where it was: the next call tries again.
    """
    stands, _ = Follower.objects.get_or_create(name=_FOLLOWER)
    # Read first: all that stands at or before the head is in what `follow` answers.
    head = journal.head_position()
    entries = journal.follow(stands.position, facts=["signal.reported"], limit=limit)
    observed = [_observed(entry.subject.partition(":")[2]) for entry in entries]
    spool.append_many([each for each in observed if each is not None])
    reached = entries[-1].position if len(entries) == limit else max(head, stands.position)
    # Entries without a signal may be passed over again: a write for each few would be one 25 times a second.
    if reached > stands.position + (0 if entries else _PASSED_OVER):
        Follower.objects.filter(pk=_FOLLOWER).update(position=reached)
    return len(entries)
