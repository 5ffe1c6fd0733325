"""The judgement of a witness: honest growth and honest restores pass, and nothing else does."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.trust.witnesses.logs import INSTALLATION, LOG, Log

from beffroi.journal import canonical, notes
from beffroi.trust.witnesses.alone.judging import Head, Refused, judge, read_note

pytestmark = pytest.mark.unit


class Keeper:
    """A witness in memory."""

    def __init__(self, log: Log) -> None:
        self.log, self.kept = log, []
        self.trusted = log.fingerprint

    @property
    def places(self) -> list[tuple[int, int]]:
        return [(each.epoch, each.size) for each in self.kept]

    def take(self, proposal: dict[str, Any] | None = None) -> int:
        given = proposal or self.log.proposal(self.places)
        taken = judge(self.kept, given, self.trusted, notes.holds)
        if taken.new:
            self.kept.append(taken.head)
        return taken.lost


def refused(keeper: Keeper, proposal: dict[str, Any] | None = None) -> Refused:
    before = list(keeper.kept)
    with pytest.raises(Refused) as told:
        keeper.take(proposal)
    assert keeper.kept == before
    return told.value


@given(st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_a_journal_that_only_grows_is_taken_each_time(steps: list[int]) -> None:
    keeper = Keeper(Log())
    for step in steps:
        keeper.log.say(step)
        assert keeper.take() == 0
        assert keeper.take() == 0, "the same head again is signed again, and kept once"
    assert len(keeper.kept) == len(steps)
    assert keeper.kept[-1] == Head(LOG, INSTALLATION, 1, sum(steps), keeper.log.root(), *keeper.kept[-1][5:])


@given(st.integers(1, 60), st.integers(0, 20), st.data())
def test_an_entry_changed_before_what_was_witnessed_is_told(
    size: int, more: int, data: st.DataObject
) -> None:
    keeper = Keeper(Log())
    keeper.log.say(size)
    keeper.take()
    number = data.draw(st.integers(1, size))
    log = keeper.log
    body = canonical.encode({"words": "never"}).decode()
    header = canonical.encode({"epoch": 1, "fact": "test.said"}).decode()
    log.entries[number - 1] = canonical.entry_bytes(number, canonical.body_sha256(body), header).decode()
    log.say(more)
    told = refused(keeper)
    assert told.grave and told.code == ("rewritten" if more else "fork")


@given(st.integers(2, 60), st.data())
def test_an_end_that_is_cut_off_is_told_whatever_is_written_after_it(size: int, data: st.DataObject) -> None:
    keeper = Keeper(Log())
    keeper.log.say(size)
    keeper.take()
    cut = data.draw(st.integers(1, size - 1))
    del keeper.log.entries[cut:]
    assert (refused(keeper).code, refused(keeper).grave) == ("cut", True)
    keeper.log.say(size, words="other")  # written over, and longer than before
    assert refused(keeper).code == "rewritten"


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 20))
def test_an_honest_restore_is_taken_and_says_what_was_lost(before: int, lost: int, after: int) -> None:
    keeper = Keeper(Log())
    keeper.log.say(before)
    keeper.take()
    keeper.log.say(lost)
    keeper.take()
    keeper.log.restore(before, (before + lost, keeper.log.root()))
    keeper.log.say(after)
    assert keeper.take() == lost
    keeper.log.say(3)
    assert keeper.take() == 0
    assert keeper.kept[-1].epoch == 2


def test_two_restores_between_two_heads_are_taken_together() -> None:
    keeper = Keeper(Log())
    keeper.log.say(30)
    keeper.take()
    keeper.log.restore(20, (30, keeper.log.root()))
    keeper.log.say(5)
    keeper.log.restore(24, (26, keeper.log.root()))
    assert keeper.take() == 10 + 2


@given(st.integers(5, 40), st.integers(1, 20))
def test_a_restore_that_hides_what_was_witnessed_is_told(size: int, hidden: int) -> None:
    keeper = Keeper(Log())
    keeper.log.say(size)
    older = (size, keeper.log.root())
    keeper.log.say(hidden)
    keeper.take()
    keeper.log.restore(size - 2, older)  # names the head before: the last `hidden` never were
    assert (refused(keeper).code, refused(keeper).grave) == ("hidden", True)


def test_a_cut_is_never_taken_for_a_restore_nor_a_restore_with_a_changed_past() -> None:
    keeper = Keeper(Log())
    keeper.log.say(50)
    keeper.take()
    keeper.log.say(150)
    keeper.take()
    root = keeper.log.root()
    del keeper.log.entries[100:]
    assert refused(keeper).code == "cut"
    keeper.log.epoch = 2
    told = refused(keeper)
    assert told.code == "epoch", "an epoch that no entry opens"
    keeper.log.epoch, keeper.log.entries[10] = 1, keeper.log.entries[11]
    keeper.log.restore(100, (200, root))
    assert (refused(keeper).code, refused(keeper).grave) == ("rewritten", True)


def test_going_back_to_a_former_epoch_is_a_cut() -> None:
    keeper = Keeper(Log())
    keeper.log.say(9)
    keeper.take()
    keeper.log.restore(5, (9, keeper.log.root()))
    keeper.take()
    keeper.log.epoch = 1
    keeper.log.say(90)
    assert refused(keeper, keeper.log.proposal([(1, 9)])).code == "cut"


def test_a_key_that_nobody_vouches_for_signs_nothing() -> None:
    keeper = Keeper(Log())
    keeper.log.say(4)
    keeper.take()
    stranger = Log(entries=list(keeper.log.entries), bodies=dict(keeper.log.bodies))
    stranger.say()
    assert refused(keeper, stranger.proposal(keeper.places)).code == "key"
    mixed = stranger.proposal(keeper.places)
    mixed["keys"] += keeper.log.proposal()["keys"]
    assert refused(keeper, mixed).code == "signature"


def test_a_key_signed_by_the_one_before_is_followed() -> None:
    from base64 import b64encode

    from beffroi.journal.keys import statement

    keeper = Keeper(Log())
    keeper.log.say(4)
    keeper.take()
    old = keeper.log.key
    new = Log(entries=list(keeper.log.entries), bodies=dict(keeper.log.bodies))
    new.say()
    made = new.proposal(keeper.places)
    proof = b64encode(old.sign(statement(new.public, keeper.trusted))).decode()
    made["keys"] = [
        *keeper.log.proposal()["keys"],
        {"key": b64encode(new.public).decode(), "follows": keeper.trusted, "proof": proof},
    ]
    forged = copy.deepcopy(made)
    forged["keys"][1]["proof"] = b64encode(bytes(64)).decode()
    assert refused(keeper, forged).code == "signature"
    assert keeper.take(made) == 0


def _mutated(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text))
    act = chance.randrange(3)
    if act == 0:
        return text[:place] + text[place + 1 :]
    letter = chance.choice('0123456789abcdefXYZ"[]{},:\n +/=—')
    return text[:place] + letter + text[place + (act == 1) :]


@pytest.mark.parametrize("seed", range(4))
def test_ten_thousand_damaged_proposals_take_no_other_head(seed: int) -> None:
    """Whatever is changed in a dishonest keeper's file, a head that does not extend is never taken."""
    chance = random.Random(seed)
    keeper = Keeper(Log())
    keeper.log.say(20)
    keeper.take()
    keeper.log.say(30)
    keeper.take()
    root = keeper.log.root()
    honest = Log(keeper.log.key, list(keeper.log.entries), dict(keeper.log.bodies))
    honest.restore(35, (50, root))
    cut = Log(keeper.log.key, keeper.log.entries[:45], dict(keeper.log.bodies))
    cut.say(30, words="other")
    rewritten = cut.proposal(keeper.places)
    good = honest.proposal(keeper.places)
    texts = [json.dumps(rewritten, ensure_ascii=False), json.dumps(good, ensure_ascii=False)]
    for _ in range(1_250):
        for text in texts:
            changed = text
            for _ in range(chance.randint(1, 3)):
                changed = _mutated(changed, chance)
            try:
                proposal = json.loads(changed)
            except ValueError:
                continue
            try:
                taken = judge(list(keeper.kept), proposal, keeper.trusted, notes.holds)
            except Refused:
                continue
            assert text is texts[1] and taken.head.root == honest.root(), changed


@pytest.mark.parametrize(
    "note", ["", "a\n1\n\n", "x\n\n", "beffroi/0f3a9c2b77d01e58/t/epoch/1\n0\nAA==\n\n— a b\n"]
)
def test_what_is_no_head_is_told_so(note: str) -> None:
    with pytest.raises(Refused) as told:
        read_note(note)
    assert told.value.code == "malformed"
