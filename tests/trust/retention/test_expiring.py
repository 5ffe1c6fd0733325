"""What is over its term goes, proven and to the byte; what a hold names stays."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import UUID

import pytest
from click.testing import CliRunner
from django.db import connection
from tests.trust.retention.conftest import TOWN, Happen

from beffroi.before.signal import actions as signals
from beffroi.before.signal.models import Signal
from beffroi.cli.trust import trust
from beffroi.during.fusion.models import Sign
from beffroi.during.incident.models import Note
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.foundation import clock
from beffroi.foundation.geography import Position
from beffroi.journal import queries as journal
from beffroi.journal.verify import verify
from beffroi.people.models import Member
from beffroi.trust.retention import actions, expiring, keepers, models, queries
from beffroi.trust.retention.errors import BadHold, BadTerm, NotGone, UnknownHold

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]


def days(time: clock.FixedClock, number: float) -> None:
    time.advance(number * 86_400)


def signal(member: Member) -> UUID:
    return signals.report(
        territory=TOWN,
        member=member.pk,
        what="signal.vehicle_slow",
        place=Position(47.65, -2.08, 30.0),
        seen_at=clock.now(),
    ).id


def told(kind: str) -> list[dict[str, object]]:
    found = [each.body for each in journal.follow(0, facts=["trust.erased"], limit=10_000) if each.body]
    return [each for each in found if each["kind"] == kind]


def test_a_thing_goes_on_its_day_and_not_before(time: clock.FixedClock, member: Member) -> None:
    signal(member)
    actions.set_term(where=TOWN, kind="signals", days=10)
    days(time, 9)
    expiring.expire()
    assert Signal.objects.count() == 1
    days(time, 1)
    (line,) = [each for each in expiring.expire() if each.kind == "signals"]
    assert (line.count, line.late, line.held) == (1, 0, 0)
    assert Signal.objects.count() == 0
    assert [each for each in expiring.expire() if each.count] == [], "the same day's second run finds nothing"


def test_the_proof_is_made_of_the_hashes_that_the_journal_bore(
    time: clock.FixedClock, happen: Happen
) -> None:
    happen()
    digest = Note.objects.get().digest
    days(time, 365)
    expiring.expire()
    (fact,) = [each for each in told("notes") if each["store"] == "notes"]
    assert fact["digest"] == hashlib.sha256(f"{digest}\n".encode()).hexdigest()
    assert fact["count"] == 1 and str(fact["first"]) < str(clock.now().isoformat())
    row = Note.objects.get()
    assert (row.text, bytes(row.salt), row.digest) == ("", b"", digest)
    assert not Sign.objects.exclude(observation={}).exists()


def test_the_very_bytes_are_gone_from_the_file(time: clock.FixedClock, happen: Happen) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's vacuum rewrites its pages in its own time")
    words = "Mme Kerdelhué au 14"
    happen(words)
    days(time, 366)
    expiring.expire()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with open(connection.settings_dict["NAME"], "rb") as file:
        assert words.encode() not in file.read()


def test_a_hold_keeps_exactly_what_it_names(time: clock.FixedClock, happen: Happen) -> None:
    one, other = happen("un"), happen("deux")
    text = actions.HoldText(f"incident:{one}", "requisition", "PV-2026-117")
    hold = actions.place_hold(where=TOWN, text=text)
    days(time, 400)
    lines = {(each.kind, each.store): each for each in expiring.expire()}
    assert lines["notes", "notes"].held == 1 and lines["notes", "notes"].count == 1
    assert {each.text for each in Note.objects.all()} == {"un", ""}
    assert all(row.observation for row in Sign.objects.filter(hypothesis_id=one))
    assert not any(row.observation for row in Sign.objects.filter(hypothesis_id=other))
    actions.release_hold(where=TOWN, hold=hold)
    expiring.expire()
    assert {each.text for each in Note.objects.all()} == {""}
    with pytest.raises(UnknownHold):
        actions.release_hold(where=TOWN, hold=hold)


def test_a_hold_keeps_the_spool_s_observations_of_its_incident_and_of_its_device(
    time: clock.FixedClock, happen: Happen, spool: SqliteSpool
) -> None:
    one = happen()
    days(time, 1)
    happen()
    day = clock.now()
    actions.place_hold(where=TOWN, text=actions.HoldText(f"incident:{one}", "access_request", "D-4"))
    of_camera = actions.HoldText(
        "device:C-1", "requisition", "PV-9", since=day - timedelta(hours=1), until=day
    )
    actions.place_hold(where=TOWN, text=of_camera)
    days(time, 40)
    expiring.expire()
    left = [(each.device, each.received_at.date() == day.date()) for _, each in spool.read(0, 99)]
    assert left == [("P-1", False), ("C-1", False), ("C-1", True)]


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"subject": "incident:x"}, "subject"),
        ({"subject": "street:rue Basse"}, "subject"),
        ({"ground": "curiosity"}, "ground"),
        ({"reference": " "}, "reference"),
        ({"kind": "dreams"}, "kind"),
    ],
)
def test_a_hold_without_a_ground_or_an_object_is_refused(
    time: clock.FixedClock, member: Member, changed: dict[str, str], where: str
) -> None:
    said = {"subject": "device:C-1", "ground": "requisition", "reference": "PV-1", **changed}
    with pytest.raises(BadHold) as refused:
        actions.place_hold(where=TOWN, text=actions.HoldText(**said))
    assert refused.value.fields["where"] == where
    assert not models.Hold.objects.exists()


def test_a_town_shortens_and_never_goes_beyond_the_limit(time: clock.FixedClock, member: Member) -> None:
    for kind, length in (("images", 31), ("signals", 0), ("dreams", 3)):
        with pytest.raises(BadTerm):
            actions.set_term(where=TOWN, kind=kind, days=length)
    actions.set_term(where=TOWN, kind="images", days=12)
    (view,) = [each for each in queries.terms(TOWN) if each.kind.key == "images"]
    assert view.days == 12 and view.chosen
    fact = journal.last(f"territory:{TOWN}", 1)[0]
    assert fact.body == {"kind": "images", "days": 12, "before": 30}


def test_late_is_told_once_and_until_it_is_mended(time: clock.FixedClock, member: Member) -> None:
    signal(member)
    days(time, 367)
    (line,) = [each for each in expiring.expire(dry_run=True) if each.kind == "signals"]
    assert line.late == 1 and Signal.objects.count() == 1, "a dry run erases nothing"
    assert not queries.late(), "and keeps nothing"
    steps = expiring.steps()
    for _ in steps:
        if queries.late():
            break
    assert [(each.kind, each.count) for each in queries.late()] == [("signals", 1)]
    expiring.expire()
    assert not queries.late() and Signal.objects.count() == 0
    facts = journal.follow(0, facts=["trust.erasure_late"], limit=100)
    assert [each.body["kind"] for each in facts if each.body].count("signals") == 1


def test_what_does_not_go_is_not_told_as_gone(
    time: clock.FixedClock, happen: Happen, spool: SqliteSpool, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen()
    days(time, 31)
    monkeypatch.setattr(spool, "erase", lambda _: None)  # a disk that answers and does nothing
    with pytest.raises(NotGone):
        expiring.expire()
    assert not told("observations") and models.Begun.objects.count() == 1
    monkeypatch.undo()


def test_an_erasure_cut_short_is_finished_and_told_once(
    time: clock.FixedClock, happen: Happen, spool: SqliteSpool, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen()
    days(time, 31)
    erase = spool.erase

    def killed(positions: list[int]) -> None:
        erase(positions)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(spool, "erase", killed)
        with pytest.raises(KeyboardInterrupt):
            expiring.expire()
    assert spool.read(0, 9) == [] and not told("observations")
    expiring.expire()
    (fact,) = told("observations")
    assert fact["count"] == 2 and not models.Begun.objects.exists()


def test_two_runs_at_once_tell_each_thing_once(
    time: clock.FixedClock, happen: Happen, spool: SqliteSpool
) -> None:
    happen()
    days(time, 400)
    before = clock.now()
    for kind in ("notes", "observations", "log"):
        actions.set_term(where=TOWN, kind=kind, days=30)
        keeper = next(each for each in keepers.keepers() if each.kind == kind)
        items = keeper.due(TOWN, before, [], 99)
        assert items and expiring.erase(TOWN, keeper, 30, items) == len(items)
        assert expiring.erase(TOWN, keeper, 30, items) == 0
        assert sum(int(str(each["count"])) for each in told(kind)) == len(items)


def test_what_is_not_folded_yet_stays_however_old(
    time: clock.FixedClock, happen: Happen, spool: SqliteSpool
) -> None:
    from tests.during.fusion.made import observation

    happen()
    spool.append_many([observation(9_999, "intrusion.door", "P-1", clock.now(), 0)])
    days(time, 60)
    expiring.expire()
    assert [each.key for _, each in spool.read(0, 9)] == ["9999"]


def test_the_duty_does_it_a_slice_at_a_time(time: clock.FixedClock, member: Member) -> None:
    for _ in range(3):
        signal(member)
    days(time, 400)
    duty = expiring.Erasures(slice_s=0.0)
    calls = 0
    while duty():
        calls += 1
    assert calls > 3 and Signal.objects.count() == 0
    assert not duty(), "the next run is an hour away"


def test_every_kind_has_a_store_or_waits_for_its_room() -> None:
    from beffroi.trust.retention.terms import kinds

    stored = {each.kind for each in keepers.keepers()}
    assert stored <= set(kinds())
    assert set(kinds()) - stored == {"images"}, "no room keeps images yet"


def test_the_journal_verifies_without_its_old_bodies(time: clock.FixedClock, happen: Happen) -> None:
    happen()
    actions.set_term(where=TOWN, kind="log", days=30)
    days(time, 31)
    expiring.expire()
    verdict = verify(f"territory:{TOWN}")
    assert verdict.good and verdict.pruned > 3
    found = journal.follow(0, journals=[f"territory:{TOWN}"])
    assert all(each.body is not None for each in found if each.fact.startswith(("trust.", "journal.")))
    (fact,) = [each for each in told("log")]
    assert fact["count"] == verdict.pruned


def test_the_command_says_what_it_would_do_and_does_it(time: clock.FixedClock, member: Member) -> None:
    signal(member)
    days(time, 366)
    run = CliRunner().invoke(trust, ["expire", "--dry-run"])
    assert run.exit_code == 0 and "signals (signals, 365 days): 1 would be erased" in run.output
    run = CliRunner().invoke(trust, ["expire", "--json"])
    assert run.exit_code == 0 and '"kind": "signals"' in run.output and Signal.objects.count() == 0
    run = CliRunner().invoke(trust, ["terms"])
    assert "images" in run.output and "at most 30" in run.output
