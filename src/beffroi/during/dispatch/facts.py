"""What dispatch says in the journal of crews and their phones: units, codes and figures, never a position."""

from __future__ import annotations

from beffroi.journal.facts import Fact


class ShiftBegun(Fact, fact="unit.shift_begun", version=1):
    """A member holds this unit from now on (the entry's actor); several may hold one."""

    unit: str
    exercise: bool = False


class ShiftEnded(Fact, fact="unit.shift_ended", version=1):
    """The member no longer holds this unit, after so many seconds."""

    unit: str
    seconds: float
    exercise: bool = False


class TapTaken(Fact, fact="unit.tap_taken", version=1):
    """A crew's tap was received at the entry's time, `late_s` seconds after it was made.

    `clock`: '' where the phone's word was taken as it is; `corrected` where its clock was off by
    `off_s` seconds; `ahead` or `before` where the time had to be brought back to what is possible.
    """

    unit: str
    act: str
    incident: str = ""
    late_s: float = 0.0
    clock: str = ""
    off_s: float = 0.0
    exercise: bool = False


class TapRefused(Fact, fact="unit.tap_refused", version=1):
    """A crew's tap came too late or made no sense any more: `code` says why. Nothing else changed."""

    unit: str
    act: str
    code: str
    incident: str = ""
    late_s: float = 0.0
    exercise: bool = False


class CrewInDistress(Fact, fact="unit.distress", version=1):
    """A crew held its distress button; the observation went through the spool at once.

    `place`: `phone` where the phone told where it is, `unit` where the unit's last position was taken,
    '' where neither is known.
    """

    unit: str
    observation: str
    place: str
    exercise: bool = False


class HoursChanged(Fact, fact="unit.hours_changed", version=1):
    """A line of a unit's hours, or of a whole service's (`kind`), was given or ended (`what`); `last` is the
    last day, '' where there is none."""

    what: str
    line: str
    unit: str = ""
    kind: str = ""
    last: str = ""
    exercise: bool = False


class RightChanged(Fact, fact="unit.right_changed", version=1):
    """A unit of another service was given a right to act here, or it ends (`what`); `acts` empty: any."""

    what: str
    line: str
    unit: str
    first: str
    acts: list[str] = []
    last: str = ""
    exercise: bool = False
