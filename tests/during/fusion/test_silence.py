"""A device that fell silent weighs on what then happens at its site, and on nothing else."""

from __future__ import annotations

import pytest
from tests.during.fusion.made import NIGHT, Night, Town, observation

from beffroi.during.fusion.rules import silence
from beffroi.during.fusion.rules.shapes import Decision, Hypothesis, Sign
from beffroi.during.fusion.rules.words import REASONS

pytestmark = pytest.mark.unit

SITE = {"P-1": (0.0, 0.0), "C-17": (30.0, 0.0), "C-99": (300.0, 0.0), "C-18": (10.0, 20.0)}


def act(night: Night) -> Hypothesis:
    [found] = [each for each in night.shown if each.family != "device"]
    return found


def silences(hypothesis: Hypothesis) -> list[Sign]:
    return [sign for sign in hypothesis.signs if sign.relation == "silence"]


def probability(*said: tuple[str, str, float]) -> float:
    night = Night(Town(SITE))
    for each in said:
        night.say(*each)
    belief = act(night).belief
    assert belief is not None
    return belief.probability


ALARM = ("intrusion.door", "P-1", 360.0)


def test_a_silent_camera_of_the_site_raises_a_later_alarm_and_says_so() -> None:
    night = Night(Town(SITE))
    night.say("device.offline", "C-17", 0)
    night.say(*ALARM)
    [sign] = silences(act(night))
    [reason] = sign.reasons
    assert reason.params == {"device": "C-17", "minutes": 6, "metres": 30}
    assert REASONS[reason.code].format(**reason.params) == "C-17 no longer answers, for 6 min, 30 m away"
    assert sign.weight > 1
    alone = probability(ALARM)
    assert 1.4 * alone < probability(("device.offline", "C-17", 0), ALARM) < 0.8
    assert act(night).state == "to_check", "silence is no independent sign: it confirms nothing"
    assert act(night).belief is not None and act(night).belief.independent == 1


@pytest.mark.parametrize(
    "said",
    [
        (("device.offline", "C-99", 0), ALARM),
        (("device.offline", "C-17", 0), ("device.online", "C-17", 200), ALARM),
        (("device.offline", "C-17", -1500), ALARM),
        (("device.fault", "C-17", 0), ALARM),
        (ALARM, ("device.offline", "C-17", 400)),
    ],
    ids=["far", "back", "long ago", "no silence", "after"],
)
def test_what_is_no_silence_of_the_site_before_weighs_nothing(
    said: tuple[tuple[str, str, float], ...],
) -> None:
    assert probability(*said) == probability(ALARM)


def test_older_silences_weigh_less_and_each_counts_once() -> None:
    now, before = probability(("device.offline", "C-17", 350), ALARM), ("device.offline", "C-17", -1300)
    assert probability(ALARM) < probability(before, ALARM) < now
    night = Night(Town(SITE))
    night.say("device.offline", "C-17", 0)
    for seconds in (360, 370, 380):
        night.say("intrusion.door", "P-1", seconds)
    night.say("presence.person", "C-18", 390)
    assert len(silences(act(night))) == 1


def test_a_silence_during_the_act_counts_with_the_next_sign() -> None:
    night = Night(Town(SITE))
    night.say(*ALARM)
    night.say("device.offline", "C-17", 380)
    assert not silences(act(night))
    night.say("intrusion.motion", "P-1", 400)
    assert len(silences(act(night))) == 1


def test_fire_is_not_likelier_beside_a_silent_camera() -> None:
    fire = ("fire.alarm", "P-1", 360.0)
    assert probability(("device.offline", "C-17", 0), fire) == probability(fire)


def test_a_split_or_a_merge_keeps_what_a_silence_weighs() -> None:
    night = Night(Town(SITE))
    night.say("device.offline", "C-17", 0)
    night.say(*ALARM)
    night.say("presence.person", "C-18", 370)
    whole = act(night)
    seen = next(sign.observation.id for sign in whole.signs if sign.observation.kind == "presence.person")
    night.fold.decide(Decision(order=1, kind="split", hypothesis=whole.id, observations=[seen]))
    assert whole.belief is not None
    assert whole.belief.probability == probability(("device.offline", "C-17", 0), ALARM)


def test_our_own_silence_says_that_it_is_ours() -> None:
    for what, code in (("deaf", "fusion.deaf"), ("all_silent", "fusion.all_silent")):
        content = {"from": "platform", "what": what, "way": "gate", "sources": 40}
        told = silence.why(observation(1, "device.offline", "", NIGHT, 0, content=content))
        assert (told.code, told.params) == (code, {"sources": 40})
    assert silence.why(observation(1, "device.offline", "C-17", NIGHT, 0)).code == "fusion.device_silent"
