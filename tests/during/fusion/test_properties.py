"""What must hold of the fold whatever is said to it."""

from __future__ import annotations

from itertools import pairwise
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.during.fusion.made import NIGHT, Town, observation

from beffroi.during.fusion.course import Course
from beffroi.during.fusion.rules.shapes import Change, Decision, FoldState, Parameters, Rules
from beffroi.during.fusion.rules.words import REASONS
from beffroi.during.intake.facts import Observation
from beffroi.during.intake.kinds import KINDS

pytestmark = pytest.mark.unit

DEVICES = {
    "P-1": (0.0, 0.0),
    "P-2": (130.0, 40.0),
    "C-1": (30.0, 20.0),
    "C-2": (160.0, 10.0),
    "P-9": (900.0, 0.0),
}
TOWN = Town(DEVICES)

saying = st.tuples(
    st.sampled_from(sorted(KINDS)),
    st.sampled_from([*sorted(DEVICES), "", "unknown"]),
    st.floats(0, 7200, allow_nan=False),
    st.sampled_from(["east", "west"]),
    st.floats(-5, 900, allow_nan=False),
    st.none() | st.tuples(st.floats(-300, 300), st.floats(-300, 300)),
    st.none() | st.floats(0, 1, allow_nan=False),
    st.booleans(),
)
nights = st.lists(saying, min_size=1, max_size=40)
Item = tuple[int, Observation] | tuple[str, Decision]


def made(night: list[tuple[object, ...]]) -> list[tuple[int, Observation]]:
    """Observations of a night, in order of receipt, as a spool holds them."""
    told = []
    for kind, device, seconds, territory, late, place, certainty, exercise in night:
        more = {"late": late, "place": place, "territory": territory}
        rest = {"certainty": certainty, "exercise": exercise}
        told.append((kind, device, seconds, {**more, **rest}))
    told.sort(key=lambda each: each[2] + each[3]["late"])
    return [
        (n, observation(n, each[0], each[1], NIGHT, each[2], **each[3])) for n, each in enumerate(told, 1)
    ]


def every_rule(town: Town = TOWN) -> Course:
    """A course whose rules are all in force, storms and flapping included."""
    made_now = Course(lambda key, at: town)
    made_now.parameters = Parameters(flaps=2, storm=2)
    return made_now


def run(course: Course, batch: list[tuple[int, Observation]]) -> list[Change]:
    return [change for item in batch for change in course.observe(*item)]


def figures(changes: list[Change]) -> bytes:
    """Everything that a change says, but the hypothesis itself, which later items go on changing."""
    plain = [msgspec.structs.replace(change, held=None, signs=[]) for change in changes]
    return msgspec.json.encode([(c.hypothesis, len(c.signs), p) for c, p in zip(changes, plain, strict=True)])


def states(course: Course) -> list[bytes]:
    return [course.packed(key) for key in sorted(course.folds)]


@settings(max_examples=150, deadline=None)
@given(nights, st.lists(st.integers(0, 40), max_size=4), st.integers(1, 20))
def test_any_batches_and_restarts_give_the_same(
    night: list[tuple[object, ...]], cuts: list[int], close: int
) -> None:
    batch = made(night)
    whole = every_rule()
    first = run(whole, batch[:close])
    decision = _closing(whole, first)
    first += whole.decide("east", decision)
    urgent, changed = _ahead(batch[close:]), Decision(order=3, kind="rules", rules=RULES)
    first += whole.decide("east", urgent) + whole.decide("", changed) + run(whole, batch[close:])
    pieces = every_rule()
    second: list[Change] = []
    bounds = sorted({0, len(batch), min(close, len(batch)), *(min(cut, len(batch)) for cut in cuts)})
    for start, end in pairwise(bounds):
        again = every_rule()
        again.rules = pieces.rules
        for key in sorted(pieces.folds):
            again.load(pieces.packed(key))
        second += run(again, batch[start:end])
        if end == min(close, len(batch)):
            second += again.decide("east", decision) + again.decide("east", urgent)
            second += again.decide("", changed)
        pieces = again
    assert figures(first) == figures(second)
    assert states(whole) == states(pieces)


RULES = Rules(version="trial", check=0.3, alone={"intrusion.motion": {"burglary": 0.6, "animal": 0.3}})


def _ahead(batch: list[tuple[int, Observation]]) -> Decision:
    """Every third observation of a territory, taken before its turn."""
    own = [item for item in batch if item[1].territory == "east"]
    return Decision(order=2, kind="ahead", ahead=own[::3])


def _closing(course: Course, changes: list[Change]) -> Decision:
    shown = [c.hypothesis for c in changes if c.kind == "opened"]
    return Decision(order=1, kind="close", hypothesis=shown[0] if shown else None, real=True)


@settings(max_examples=100, deadline=None)
@given(nights)
def test_what_is_said_again_changes_nothing(night: list[tuple[object, ...]]) -> None:
    batch = made(night)
    course = every_rule()
    run(course, batch)
    before = states(course)
    assert run(course, batch) == []
    assert states(course) == before


@settings(max_examples=100, deadline=None)
@given(nights)
def test_territories_never_mix(night: list[tuple[object, ...]]) -> None:
    batch = made(night)
    both = every_rule()
    run(both, batch)
    for territory in ("east", "west"):
        alone = every_rule()
        run(alone, [item for item in batch if item[1].territory == territory])
        assert [both.packed(key) for key in both.folds if key == territory] == states(alone)
        for hypothesis in both.fold(territory).state.hypotheses.values():
            assert {sign.observation.territory for sign in hypothesis.signs} == {territory}


@settings(max_examples=100, deadline=None)
@given(nights)
def test_closed_stays_closed(night: list[tuple[object, ...]]) -> None:
    course = every_rule()
    ended: set[UUID | None] = set()
    for order, item in enumerate(made(night), 1):
        changes = course.observe(*item)
        assert ended.isdisjoint(change.hypothesis for change in changes)
        ended |= {change.hypothesis for change in changes if change.kind == "closed"}
        for opened in [change.hypothesis for change in changes if change.kind == "opened"]:
            decision = Decision(order=order, kind="close", hypothesis=opened)
            ended |= {done.hypothesis for done in course.decide(item[1].territory, decision)}


@settings(max_examples=150, deadline=None)
@given(nights)
def test_every_change_says_why_and_every_figure_is_in_its_interval(night: list[tuple[object, ...]]) -> None:
    course = every_rule()
    for change in run(course, made(night)):
        for reason in change.reasons:
            assert REASONS[reason.code].format(**reason.params)
        if change.kind in ("opened", "joined", "confirmed", "kept", "ignored"):
            assert change.reasons
        if change.belief is not None:
            belief = change.belief
            assert 0 <= belief.low <= belief.probability <= belief.high <= 1
            assert len(change.signs) == 0 or (change.held is not None and change.held.shown)


@settings(max_examples=60, deadline=None)
@given(nights)
def test_a_state_survives_its_snapshot(night: list[tuple[object, ...]]) -> None:
    course = every_rule()
    run(course, made(night))
    for key in course.folds:
        packed = course.packed(key)
        assert msgspec.msgpack.encode(msgspec.msgpack.decode(packed, type=FoldState)) == packed


def test_memory_is_bounded_by_what_still_matters() -> None:
    course = every_rule(Town({f"C-{n}": (400.0 * n, 0.0) for n in range(50)}))
    for n in range(20_000):
        said = observation(n + 1, "presence.person", f"C-{n % 50}", NIGHT, 10.0 * n)
        course.observe(n + 1, said)
    state = course.fold("town").state
    assert len(state.hypotheses) <= 60
    assert len(course.packed("town")) < 200_000
