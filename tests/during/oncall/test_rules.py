"""The pure parts: the rota over days and changes of hour, replies, numbers, texts, declared formats."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.during.incident.models import Incident
from beffroi.during.oncall import texts
from beffroi.during.oncall.methods import declared, gsm7, numbers
from beffroi.during.oncall.rules import escalation, replies, rota, sending
from beffroi.foundation import holidays

pytestmark = pytest.mark.unit
PARIS = ZoneInfo("Europe/Paris")
SAID = (
    "I-12345 CONFIRME 87%: Cambriolage, Mairie, rue de l'Église, 02:40. "
    "Rep. 1 472 je prends, 2 472 suivant. {link}"
)
ANNE, BRUNO = UUID(int=1), UUID(int=2)


def line(member: UUID, rank: int, days: str, begins: str, ends: str, **more: object) -> rota.Line:
    given_days = frozenset(int(each) for each in days)
    first = more.get("first", date(2026, 1, 1))
    hours = time.fromisoformat(begins), time.fromisoformat(ends)
    return rota.Line(UUID(int=member.int * 100 + rank), member, rank, given_days, *hours, first)


def paris(*when: int) -> datetime:
    return datetime(*when, tzinfo=PARIS).astimezone(UTC)


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    kept = rota.Rota(PARIS, [line(ANNE, 1, "4", "20:00", "07:00")])  # Friday night
    assert rota.on_call(kept, paris(2026, 11, 13, 20, 0)) == {1: (ANNE,)}
    assert rota.on_call(kept, paris(2026, 11, 14, 6, 59)) == {1: (ANNE,)}
    assert rota.on_call(kept, paris(2026, 11, 14, 7, 0)) == {}
    assert rota.on_call(kept, paris(2026, 11, 13, 6, 0)) == {}


def test_on_a_public_holiday_the_line_of_holidays_takes_the_place() -> None:
    kept = rota.Rota(
        PARIS, [line(ANNE, 1, "0123456", "08:00", "08:00"), line(BRUNO, 1, "7", "08:00", "08:00")]
    )
    assert rota.on_call(kept, paris(2026, 11, 10, 12)) == {1: (ANNE,)}
    assert rota.on_call(kept, paris(2026, 11, 11, 12)) == {1: (BRUNO,)}  # a Wednesday
    assert rota.on_call(kept, paris(2026, 11, 12, 7)) == {1: (BRUNO,)}
    without = rota.Rota(PARIS, [line(ANNE, 1, "0123456", "08:00", "08:00")])
    assert rota.on_call(without, paris(2026, 11, 11, 12)) == {1: (ANNE,)}


def test_a_replacement_stands_before_the_pattern_and_may_be_nobody() -> None:
    away = rota.Replacement(UUID(int=9), None, 1, paris(2026, 11, 12), paris(2026, 11, 13))
    kept = rota.Rota(PARIS, [line(ANNE, 1, "0123456", "00:00", "00:00")], [away])
    assert rota.gaps(kept, paris(2026, 11, 11), paris(2026, 11, 20)) == [(away.starts_at, away.ends_at)]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 10, 24), 12.0), (date(2026, 3, 28), 10.0)])
def test_the_night_the_hour_changes_has_no_gap(day: date, hours: float) -> None:
    kept = rota.Rota(
        PARIS, [line(ANNE, 1, "0123456", "20:00", "07:00"), line(BRUNO, 1, "0123456", "07:00", "20:00")]
    )
    start = datetime.combine(day, time(12), PARIS).astimezone(UTC)
    assert rota.gaps(kept, start, start + timedelta(days=2)) == []
    night = next(
        each for each in rota.spans(kept, start, start + timedelta(days=1)) if each.ranks == {1: (ANNE,)}
    )
    assert (night.ends_at - night.starts_at).total_seconds() / 3600 == hours


LINES = st.builds(
    line,
    st.sampled_from([ANNE, BRUNO]),
    st.integers(1, 3),
    st.text("01234567", min_size=1, max_size=8),
    st.sampled_from(["00:00", "06:30", "08:00", "20:00", "02:30"]),
    st.sampled_from(["00:00", "06:30", "08:00", "20:00", "02:30"]),
)


@given(
    st.lists(LINES, max_size=5),
    st.integers(0, 700 * 1440),
    st.integers(1, 400),
)
def test_spans_say_what_every_instant_says(lines: list[rota.Line], begins: int, minutes: int) -> None:
    kept = rota.Rota(PARIS, lines)
    start = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=begins)
    end = start + timedelta(days=3)
    spans = rota.spans(kept, start, end)
    assert spans[0].starts_at == start and spans[-1].ends_at == end
    at = start + timedelta(minutes=minutes * 10)
    (found,) = [each for each in spans if each.starts_at <= at < each.ends_at]
    assert found.ranks == rota.on_call(kept, at)


def test_holidays_of_france() -> None:
    found = holidays.holidays(2026)
    assert len(found) == 11 and date(2026, 4, 6) in found and date(2026, 5, 14) in found
    assert date(2026, 5, 25) in found
    assert holidays.easter(2038) == date(2038, 4, 25) and holidays.easter(2024) == date(2024, 3, 31)
    assert len(holidays.holidays(2026, alsace_moselle=True)) == 13


@pytest.mark.parametrize(
    ("text", "verdict", "code"),
    [
        ("1 472", "take", "472"), ("1472", "take", "472"), ("OK 472", "take", "472"), ("ok", "take", ""),
        ("Vu!", "take", ""), ("Oui 472 merci", "take", "472"), ("472 ok", "take", "472"), ("2", "pass", ""),
        ("NON 472", "pass", "472"), ("2472", "pass", "472"), ("non, pas moi", "pass", ""), ("", "", ""),
        ("Bonjour", "", ""), ("12", "", ""), ("472", "", "472"), ("\u0661 472", "", "472"), ("STOP", "", ""),
    ],
)  # fmt: skip
def test_replies_are_understood_or_left(text: str, verdict: str, code: str) -> None:
    assert replies.read(text) == replies.Reply(verdict, code)


@given(st.text(max_size=500))
def test_any_reply_is_read_without_fault(text: str) -> None:
    assert replies.read(text).verdict in ("take", "pass", "")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("06 12 34 56 78", "+33612345678"), ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("0033612345678", "+33612345678"), ("33612345678", "+33612345678"),
        ("+32 470 12 34 56", "+32470123456"), ("17", ""), ("mairie", ""),
        ("+336123", ""), ("06 12 34 56 7a", ""), ("", ""),
    ],
)  # fmt: skip
def test_numbers_are_e164_however_they_were_typed(typed: str, number: str) -> None:
    assert numbers.e164(typed) == number


def incident(act: str, place: str, **more: object) -> Incident:
    at = datetime(2026, 11, 12, 1, 40, tzinfo=UTC)
    given_values = {
        "state": "confirmed",
        "probability": 0.87,
        "low": 0.7,
        "high": 0.95,
        "life": False,
        **more,
    }
    return Incident(act=act, place_text=place, number=12345, seen_at=at, **given_values)


@given(
    st.sampled_from(sorted(texts.ACTS)),
    st.text(max_size=240),
    st.text(max_size=60),
    st.tuples(st.booleans(), st.booleans(), st.integers(40, 66)),
)
def test_a_text_is_one_message_whatever_the_place(act, place, town, more) -> None:
    life, exercise, link = more
    row = incident(act, place, life=life)
    said = texts.sms(row, town=town, code="472", exercise=exercise, link_length=link)
    whole = said.replace(texts.LINK, "x" * link)
    assert gsm7.fits(whole) or link > 50, (gsm7.length(whole), whole)
    assert "1 472" in whole and "2 472" in whole and texts.ACTS[act] in whole


def test_a_text_reads_well() -> None:
    row = incident("burglary", "Mairie, rue de l’Église")
    said = texts.sms(row, town="Saint-Jean-la-Poterie", code="472", exercise=False, link_length=48)
    assert said == SAID


def test_every_act_has_its_words_in_french() -> None:
    from beffroi.during.fusion.rules.opinions import ACTS

    assert set(ACTS) <= set(texts.ACTS)


def test_formats_are_filled_and_what_is_unknown_is_refused() -> None:
    template = {"a": "{to}", "b": ["{text}", {"c": "{secret:k}"}], "x": "<Say>{xml:text}</Say>", "n": 3}
    made = declared.filled(template, {"to": "+33", "text": "a<b {to}"}, {"k": "s"})
    assert made == {"a": "+33", "b": ["a<b {to}", {"c": "s"}], "x": "<Say>a&lt;b {to}</Say>", "n": 3}
    with pytest.raises(declared.Unfilled):
        declared.filled("{from}", {}, {})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON, st.text())
def test_a_path_finds_a_text_or_nothing(data, path) -> None:
    assert isinstance(declared.at_path(data, path), str)


@given(st.binary(max_size=300), st.sampled_from(["json", "form"]))
def test_any_body_is_values_or_a_value_error(body: bytes, kind: str) -> None:
    with contextlib.suppress(ValueError):
        declared.parsed(body, kind)


def test_deep_bodies_do_not_stop_the_process() -> None:
    with pytest.raises(ValueError):
        declared.parsed(b"[" * 200_000, "json")


def test_pauses_grow_and_end() -> None:
    assert [sending.pause_s(each) for each in range(1, 8)] == [5.0, 10.0, 20.0, 40.0, 80.0, None, None]


@given(
    st.tuples(st.integers(0, 3), st.sets(st.integers(1, 5)), st.integers(-500, 500)),
    st.sets(st.integers(1, 5)),
    st.booleans(),
    st.booleans(),
)
def test_a_step_calls_only_who_is_on_call_and_always_ends(state, ranks, life, staffed) -> None:
    turn, called, seconds = state
    now = datetime(2026, 11, 12, tzinfo=UTC)
    policy = escalation.Policy()
    progress = escalation.Progress(turn, tuple(called), now + timedelta(seconds=seconds), life)
    for _ in range(40):
        found = escalation.step(policy, progress, ranks=sorted(ranks), life=life, staffed=staffed, now=now)
        if found is None:
            assert now < progress.due
            now = progress.due
            continue
        assert set(found.call) <= ranks
        if found.ended:
            assert not found.call
            return
        progress = found.progress
    pytest.fail("the calls never ended")
