"""Procedures are data with versions; the level of alarm is a rule."""

from __future__ import annotations

import hashlib
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.during.incident.conftest import Say

from beffroi.during.fusion.rules.opinions import ACTS
from beffroi.during.incident import actions, errors, procedures, queries, rules, rules_alarm, words
from beffroi.during.incident.models import Incident, StepDone
from beffroi.journal import queries as journal

# What was ever in force stays as it was: incidents bear these versions for ever.
PUBLISHED = {
    1: "c6db2eaf",
    2: "d9b58dc7",
}
FOLDER = Path(procedures.__file__).parent / "data" / "procedures"


@pytest.mark.unit
def test_a_version_once_published_never_changes() -> None:
    for version, begins in PUBLISHED.items():
        found = hashlib.sha256((FOLDER / f"{version}.toml").read_bytes()).hexdigest()
        assert found.startswith(begins), f"version {version} changed: make version {max(PUBLISHED) + 1}"
    assert procedures.versions() == tuple(PUBLISHED)


@pytest.mark.unit
@pytest.mark.parametrize("act", [*ACTS, "device_silent"])
def test_every_act_has_its_own_procedure_with_something_not_to_do(act: str) -> None:
    own = procedures.for_act(act)
    assert own.version == f"{act}/{procedures.present()}"
    assert sum(step.ticked for step in own.steps) >= 3
    assert any(step.sort == "never" for step in own.steps) or act == "disorder"
    assert all(step.sort in procedures.SORTS for step in own.steps)
    assert len({step.code for step in own.steps}) == len(own.steps)


@pytest.mark.unit
def test_every_step_of_every_version_has_words() -> None:
    codes = {
        step.code
        for version in procedures.versions()
        for each in procedures.book(version).values()
        for step in each.steps
    }
    assert codes == set(words.STEPS)


@pytest.mark.unit
def test_the_town_s_computers_are_isolated_not_switched_off() -> None:
    cyber = [step.code for step in procedures.for_act("cyber_attack").steps]
    assert cyber[:4] == ["cut_from_network", "call_it", "call_csirt", "call_17cyber"]
    assert {"keep_logs", "never_switch_off", "never_wipe", "never_pay"} <= set(cyber)


@pytest.mark.unit
def test_names_of_before_are_read() -> None:
    assert [step.code for step in procedures.named("burglary/1").steps] == [
        "send_unit",
        "notify_gendarmerie",
        "call_contact",
    ]
    assert procedures.named("theft/1").version == "general/1"
    assert procedures.named("").version == procedures.named("x/9").version == "general/2"
    assert procedures.kept("burglary/1", "fire").version == "fire/1"
    assert procedures.kept("", "fire").version == "fire/2"
    with pytest.raises(KeyError):
        procedures.book(99)


@pytest.mark.room
@pytest.mark.django_db(transaction=True)
def test_an_incident_keeps_the_version_with_which_it_was_opened(
    say: Say, member: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(procedures, "present", lambda: 1)
    (first,) = say(("intrusion.door", "P-1", 0, (0.0, 0.0)))
    monkeypatch.undo()
    say(("intrusion.glass", "P-1", 4, (0.0, 0.0)))
    assert Incident.objects.get(pk=first).procedure == "burglary/1"
    steps = {step.code: step for step in queries.sheet(first).steps}
    assert set(steps) == {"send_unit", "notify_gendarmerie", "call_contact"}
    actions.tick(incident=first, member=member, step="notify_gendarmerie")
    with pytest.raises(errors.BadOutcome):
        actions.tick(incident=first, member=member, step="keep_images")  # of a later version
    done = {step.code: step for step in queries.sheet(first).steps}["notify_gendarmerie"]
    assert done.done_at is not None and done.done_by == f"member:{member}"
    entry = journal.entries_about(f"incident:{first}")[-1]
    assert entry.body is not None and entry.body["procedure"] == "burglary/1"
    (second,) = say(("intrusion.door", "P-2", 5, (900.0, 0.0)))
    assert Incident.objects.get(pk=second).procedure == "burglary/2"


@pytest.mark.room
@pytest.mark.django_db(transaction=True)
def test_what_must_not_be_done_is_shown_and_cannot_be_ticked(incident: Incident, member: UUID) -> None:
    never = [step for step in queries.sheet(incident.pk).steps if step.sort == "never"]
    assert never and not any(step.current for step in never)
    with pytest.raises(errors.BadOutcome):
        actions.tick(incident=incident.pk, member=member, step=never[0].code)
    assert not StepDone.objects.exists()


def level(**more: object) -> rules_alarm.Level:
    told: dict[str, object] = {
        "state": "to_check", "outcome": "", "life": False, "confirmed": False, "doubt_how": "",
        "kinds": {"intrusion.door"},
    }  # fmt: skip
    return rules_alarm.level(**(told | more))  # type: ignore[arg-type]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, (1, "avs.alone")),
        ({"kinds": {"intrusion.door", "presence.person"}}, (2, "avs.person_seen")),
        ({"kinds": {"report.theft"}}, (2, "avs.person_called")),
        ({"confirmed": True}, (3, "avs.sure")),
        ({"doubt_how": "camera"}, (3, "avs.lifted")),
        ({"life": True}, (4, "avs.life_told")),
        ({"life": True, "confirmed": True}, (4, "avs.life_sure")),
        ({"state": "technical", "life": True}, (0, "avs.technical")),
        ({"state": "closed", "outcome": "false_alarm", "confirmed": True}, (0, "avs.was_false")),
        ({"state": "closed", "outcome": "real", "confirmed": True}, (3, "avs.sure")),
    ],
)
def test_the_level_of_alarm_and_its_reason(told: dict[str, object], expected: tuple[int, str]) -> None:
    assert level(**told) == expected


@pytest.mark.unit
@given(
    st.sampled_from(rules.STATES),
    st.sampled_from(["", *rules.OUTCOMES]),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", *rules.DOUBT_LIFTED_BY]),
)
def test_more_that_is_sure_never_lowers_the_level(
    state: str, outcome: str, life: bool, confirmed: bool, how: str
) -> None:
    said = {"state": state, "outcome": outcome, "doubt_how": how}
    here = level(**said, life=life, confirmed=confirmed)
    assert here.why in rules_alarm.REASONS and 0 <= here.level <= 4
    assert level(**said, life=True, confirmed=confirmed).level >= here.level
    assert level(**said, life=life, confirmed=True).level >= here.level
