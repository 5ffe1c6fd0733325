"""Declarations, payloads, signs, states: what is taken and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.during.acting.declarations import BOLLARD, LAMPS, SPEAKER

from beffroi.during.acting.rules import declared, matching, payloads, states
from beffroi.during.acting.rules.kinds import KINDS

pytestmark = pytest.mark.unit
NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)


def test_what_towns_write_is_understood() -> None:
    lamps, bollard, speaker = (declared.read(each) for each in (LAMPS, BOLLARD, SPEAKER))
    assert lamps.acts["brighten"].minutes == 30 and lamps.normal == "normal"
    assert bollard.id_path == "command" and bollard.act("lower").moves and not bollard.act("lower").again
    assert speaker.texts["leave"].payload == "msg-07"


@pytest.mark.parametrize(
    ("text", "old", "new", "why"),
    [
        (LAMPS, 'kind = "lamps"', 'kind = "siren"', "kind"),
        (LAMPS, "nord/set", "nord/#", "command"),
        (LAMPS, "nord/set", "nord.set", "command"),
        (LAMPS, "lampes/nord/state", "lampes/nord/set", "state"),
        (LAMPS, "minutes = 30", "", "minutes"),
        (LAMPS, "[acts.normal]", "[acts.lower]", "acts.lower"),
        (LAMPS, "answer_s = 3", "answer_s = true", "answer_s"),
        (LAMPS, "answer_s = 3", "answer = 3", "answer"),
        (LAMPS, '"ON"\nconfirmed', '"ON {nonsense}"\nconfirmed', "nonsense"),
        (BOLLARD, 'against_late = "until"', "", "against_late"),
        (BOLLARD, 'raise", command = "{id}", until = "{until}"', 'raise", command = "{id}"', "until"),
        (BOLLARD, "hazard =", "#", "hazard"),
        (BOLLARD, 'command = "{id}", ', "", "id"),
        (BOLLARD, "[acts.raise]", "[acts.raise]\nminutes = 5", "minutes"),
        (SPEAKER, 'approved = "arrêté 2026-114, 3 mars 2026"', "", "approved"),
        (SPEAKER, "[texts.leave]", "[texts.'Leave it']", "texts"),
    ],
)  # fmt: skip
def test_what_could_harm_or_do_nothing_is_refused(text: str, old: str, new: str, why: str) -> None:
    assert old in text
    with pytest.raises(declared.BadActuator) as refused:
        declared.read(text.replace(old, new))
    assert why in refused.value.sentence()


def test_a_payload_is_filled_and_keeps_its_types() -> None:
    way = declared.read(BOLLARD).acts["lower"]
    told = json.loads(payloads.filled(way.payload, {"id": "a-b", "until": 1_795_000_000}))
    assert told == {"do": "lower", "command": "a-b", "until": 1_795_000_000}
    assert payloads.filled("GO {minutes} {x}", {"minutes": 5}) == b"GO 5 {x}"


def test_a_sign_is_not_taken_for_another() -> None:
    heard = matching.said(b'{"a": {"b": 1}, "on": true}')
    assert heard is not None
    assert matching.matches(matching.Sign(path="a.b", value=1), heard)
    assert matching.matches(matching.Sign(path="a.b", value=1.0), heard)
    assert not matching.matches(matching.Sign(path="a.b", value=True), heard)
    assert not matching.matches(matching.Sign(path="on", value=1), heard)
    assert not matching.matches(matching.Sign(path="a.b", value="1"), heard)
    assert not matching.matches(matching.Sign(text="ON"), heard)
    assert matching.said(b"\xff\xfe") is None and matching.said(b"[" * 20_000) is None


@given(st.binary(max_size=300))
def test_whatever_a_device_says_is_survived(payload: bytes) -> None:
    heard = matching.said(payload)
    signs = [way.confirmed for text in (LAMPS, BOLLARD) for way in declared.read(text).acts.values()]
    if heard is not None:
        assert not matching.matches(signs[0], heard) or heard.text == "ON"
        assert all(matching.matches(each, heard) in (True, False) for each in signs)


@given(st.text(max_size=200))
def test_whatever_stands_in_a_file_is_read_or_refused(text: str) -> None:
    with pytest.raises(declared.BadActuator):
        declared.read(text)


def overdue(state: str, *, again: bool, seconds: float) -> str:
    later = NOW + timedelta(seconds=seconds)
    return states.overdue(
        state, again=again, now=later, send_by=NOW + timedelta(seconds=10),
        lease_until=NOW + timedelta(seconds=5), answer_by=NOW + timedelta(seconds=8),
    )  # fmt: skip


def test_what_time_makes_of_a_command() -> None:
    assert overdue(states.ASKED, again=False, seconds=9) == ""
    assert overdue(states.ASKED, again=True, seconds=10) == states.NOT_SENT
    assert overdue(states.SENDING, again=True, seconds=4) == ""
    assert overdue(states.SENDING, again=True, seconds=6) == states.ASKED
    assert overdue(states.SENDING, again=True, seconds=11) == states.UNSURE
    assert overdue(states.SENDING, again=False, seconds=6) == states.UNSURE
    assert overdue(states.SENT, again=True, seconds=8) == states.NO_ANSWER
    for state in (states.CONFIRMED, states.REFUSED, states.KEPT, states.NO_ANSWER, states.UNSURE):
        assert overdue(state, again=True, seconds=999) == ""


def test_nothing_that_moves_or_speaks_is_ever_sent_again() -> None:
    for kind in KINDS.values():
        for act in kind.acts.values():
            assert not (act.again and (act.moves or act.speaks))
