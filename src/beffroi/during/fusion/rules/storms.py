"""One cause, hundreds of signs: a power cut, a gale, a gate that delivers what it kept. One line for all.

Devices that fall silent together are one outage; detectors of one sense that go off together, or alarms that
one source delivers late together, are one series. Each alarm of a series is still judged with what else is
said near it, and shown as soon as something independent agrees. A life in danger is never part of a storm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from beffroi.during.fusion.rules.belief import add
from beffroi.during.fusion.rules.independence import certainty
from beffroi.during.fusion.rules.settle import settle, tell
from beffroi.during.fusion.rules.shapes import Change, FoldState, Heard, Hypothesis, Reason, Storm
from beffroi.foundation.identifiers import derived_uuid7

if TYPE_CHECKING:
    from beffroi.during.fusion.rules.fold import Fold

WINDOW_S, QUIET_S, LATE_S = 180.0, 900.0, 300.0
# What is left of the weight of an alarm that many others gave at once.
STORM_FACTOR = 0.3
# Beyond this a line only counts: its sheet would be no longer readable.
MOST_SIGNS = 400
LINES = ("outage", "series")
_SILENT = "silent"


def cause_of(heard: Heard) -> str:
    """What could make many such signs at once; empty where nothing is put down to a storm."""
    sense = heard.sense
    if sense.role == "silent":
        return _SILENT
    if sense.role != "alarm" or sense.life or sense.channel == "caller" or not heard.observation.device:
        return ""
    if heard.received - heard.seen > LATE_S:
        return f"late {heard.observation.source}"
    return f"alarm {sense.channel}"


def joined(fold: Fold, heard: Heard) -> list[Change] | None:
    """Count a sign towards a storm; what that changed, or None while there is none."""
    cause, least = cause_of(heard), fold.parameters.storm
    if not cause or not least:
        return None
    storm = fold.state.storms.setdefault(cause, Storm())
    # The time of receipt, not the latest known: what was folded early must make no storm of the rest.
    device, now = heard.observation.device or heard.observation.source, heard.received
    # A clock set back by more than that ends it too: by its time nothing else ever would.
    if storm.active and abs(now - storm.last) > QUIET_S:
        storm.active, storm.line, storm.still, storm.recent = False, None, [], {}
    oldest = now - WINDOW_S
    if not storm.active and storm.recent:
        storm.recent = {name: at for name, at in storm.recent.items() if oldest <= at <= now}
    fresh = device not in storm.recent
    storm.recent[device] = now
    if not storm.active and len(storm.recent) < least:
        return None
    storm.last = max(storm.last, now)
    begins, storm.active = not storm.active, True
    if begins:
        return _begin(fold, heard, storm, cause)
    line = fold.state.hypotheses.get(storm.line) if storm.line else None
    return _go_on(fold, heard, storm, line, fresh=fresh)


def _begin(fold: Fold, heard: Heard, storm: Storm, cause: str) -> list[Change]:
    observation = heard.observation
    identity = ("storm", observation.territory, cause, str(observation.id))
    night = fold.is_night(observation)
    line = Hypothesis(
        id=derived_uuid7(observation.received_at, *identity),
        family=LINES[0] if cause == _SILENT else LINES[1],
        place=None,
        first_seen=heard.seen,
        last_seen=heard.seen,
        entered=heard.seen,
        last_received=heard.received,
        night=night,
        life=False,
        exercise=observation.exercise,
        signs=[],
        logs=fold.before_any_sign(night=night),
    )
    storm.line = line.id
    fold.state.hypotheses[line.id] = line
    gone = _take_in(fold, storm, line) if cause == _SILENT else []
    reasons = [_why(cause, len(storm.recent))]
    _add(fold, heard, line, reasons)
    storm.still = sorted(storm.recent) if cause == _SILENT else []
    opened = settle(fold, line, heard, reasons, "started")
    return [*opened, *(_merged(fold, each, line.id) for each in gone)]


def _take_in(fold: Fold, storm: Storm, line: Hypothesis) -> list[Hypothesis]:
    """The lines of devices that fell silent just before: they are this outage's."""
    gone = []
    for device in sorted(storm.recent):
        for each in list(fold.index.of_device("", device)):
            if each.family == "device" and each.shown and not each.refused:
                fold.forget(each)
                line.signs += each.signs
                line.first_seen = min(line.first_seen, each.first_seen)
                line.entered = min(line.entered, each.entered)
                line.exercise = line.exercise or each.exercise
                for sign in each.signs:
                    fold.index.link(line, sign.observation.source, sign.observation.device)
                gone.append(each)
    return gone


def _merged(fold: Fold, gone: Hypothesis, into: UUID) -> Change:
    return Change(
        kind="merged",
        position=fold.state.position,
        held=gone,
        reasons=[Reason("fusion.part_of_storm")],
        belief=gone.belief,
        other=into,
    )


def _go_on(fold: Fold, heard: Heard, storm: Storm, line: Hypothesis | None, *, fresh: bool) -> list[Change]:
    if line is None:
        return []  # a person closed it: nothing more is shown of this storm
    line.last_seen = max(line.last_seen, heard.seen)
    line.last_received = max(line.last_received, heard.received)
    line.exercise = line.exercise or heard.observation.exercise
    device = heard.observation.device
    if line.family == "outage" and device not in storm.still:
        storm.still.append(device)
    if not fresh or len(line.signs) >= MOST_SIGNS:
        line.signs[-1].repeats += 1
        return [tell("repeated", line, heard, [], quiet=True)]
    reasons = [Reason("fusion.part_of_storm")]
    _add(fold, heard, line, reasons)
    return [tell("joined", line, heard, reasons)]


def _add(fold: Fold, heard: Heard, line: Hypothesis, reasons: list[Reason]) -> None:
    """A sign of the line: the first says what it is, the others add nothing to how likely an act is."""
    first = not line.signs and line.family == "series"
    fold.admit(line, heard, 0.0, reasons)
    if first:
        factor = STORM_FACTOR * certainty(heard)
        line.variance += add(line.logs, heard.sense, factor, fold.record(heard.observation))


def _why(cause: str, devices: int) -> Reason:
    code = {"silent": "fusion.outage", "late": "fusion.backlog"}.get(cause.partition(" ")[0], "fusion.series")
    return Reason(code, {"devices": devices})


def forget_quiet(state: FoldState) -> None:
    """Let go of what came to no storm."""
    oldest = state.now - QUIET_S
    for cause in [name for name, one in state.storms.items() if not one.active]:
        if all(at < oldest for at in state.storms[cause].recent.values()):
            del state.storms[cause]


def back(fold: Fold, heard: Heard, line: Hypothesis) -> list[Change]:
    """A device of an outage answers again; the line ends by itself when all do."""
    storm = next((each for each in fold.state.storms.values() if each.line == line.id), None)
    device = heard.observation.device
    if storm is not None and device in storm.still:
        storm.still.remove(device)
        storm.recent.pop(device, None)
    if storm is not None and storm.still:
        return [tell("repeated", line, heard, [], quiet=True)]
    seconds = round(max(0.0, heard.seen - line.first_seen))
    reasons = [Reason("fusion.outage_over", {"seconds": seconds})]
    fold.admit(line, heard, 0.0, reasons, relation="amendment")
    fold.forget(line)
    if storm is not None:
        storm.active, storm.line, storm.recent = False, None, {}
    return [tell("closed", line, heard, reasons)]
