"""Sealing a real incident: through the door, told to the journal, accepted by a stranger."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID, uuid4

import bagit
import pytest
from click.testing import CliRunner
from django.db import connection
from tests.after.evidence.conftest import Say
from tests.after.evidence.sealing import stranger

from beffroi.after.evidence import actions, errors, verify
from beffroi.cli.evidence import evidence
from beffroi.during.fusion.models import Sign
from beffroi.during.incident.models import Note
from beffroi.foundation.errors import NotFound, Refused
from beffroi.journal import keys, queries, schema
from beffroi.journal import verify as journal
from beffroi.people.models import Member

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]


def read(sealed: actions.Sealed, name: str) -> object:
    return json.loads(verify.load(str(sealed.path))[name])


def test_a_sealed_incident_is_accepted_where_beffroi_is_not(
    incident: UUID, member: Member, tmp_path: Path
) -> None:
    sealed = actions.seal(incident=incident, out=tmp_path / "out", member=member)
    done = stranger(sealed.path, sealed.fingerprint)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "EXERCICE" in done.stdout
    assert sealed.observations == 2
    assert stranger(sealed.path, "00" * 32).returncode == 1
    names = sorted(verify.load(str(sealed.path)))
    assert {"LISEZMOI.txt", "verify.py", "key.pem", "statement.sig"} < set(names)


def test_a_folder_is_a_valid_bag_with_the_same_verdict(
    incident: UUID, member: Member, tmp_path: Path
) -> None:
    sealed = actions.seal(incident=incident, out=tmp_path, member=member, folder=True)
    bagit.Bag(str(sealed.path)).validate()
    assert stranger(sealed.path, sealed.fingerprint, sealed.path / "verify.py").returncode == 0


def test_it_holds_what_was_received_and_what_was_written(
    incident: UUID, member: Member, tmp_path: Path
) -> None:
    sealed = actions.seal(incident=incident, out=tmp_path, member=member)
    signs = read(sealed, "data/signs.json")
    assert [each["kind"] for each in signs] == ["intrusion.door", "presence.person"]
    assert all(each["in_journal"] for each in signs)
    spooled = {str(row.observation_id): row.observation["key"] for row in Sign.objects.all()}
    for number in (1, 2):
        told = read(sealed, f"data/observations/{number:04d}.json")
        assert told["key"] == spooled[told["id"]]
        assert told["exercise"] is True
    facts = [each["what"] for each in read(sealed, "data/timeline.json") if each["kind"] == "entry"]
    assert facts[0] == "incident.opened"
    assert {"incident.acknowledged", "incident.noted", "incident.closed"} < set(facts)
    assert len(facts) == len(queries.entries_about(f"incident:{incident}")) - 1  # sealing comes after
    notes = read(sealed, "data/notes.json")
    text = verify.load(str(sealed.path))[f"data/{notes[0]['file']}"].decode()
    assert text == "Vitre brisée côté cour"
    absent = {each["what"]: each for each in read(sealed, "data/not-shown.json")}
    assert absent["other_observations"]["parts"] == {"test.periodic": 1}
    assert "images" in absent
    page = verify.load(str(sealed.path))["data/timeline.html"].decode()
    assert "Alarme" in page
    assert "Alarm, door opened" in page
    assert "EXERCICE" in page


def test_the_journal_says_who_sealed_what(incident: UUID, member: Member, tmp_path: Path) -> None:
    sealed = actions.seal(incident=incident, out=tmp_path, member=member)
    (last,) = queries.last("territory:town", 1)
    assert (last.fact, last.actor, last.subject) == (
        "evidence.sealed",
        f"member:{member.pk}",
        f"incident:{incident}",
    )
    body = last.body
    assert body is not None
    assert (
        body["statement"]
        == sealed.statement
        == verify.sha256(verify.load(str(sealed.path))["statement.json"])
    )
    assert (body["key"], body["exercise"]) == (keys.current().fingerprint, True)
    assert journal.verify("territory:town").good


def test_who_may_not_seal_does_not(incident: UUID, referent: Member, tmp_path: Path) -> None:
    with pytest.raises((Refused, NotFound)):
        actions.seal(incident=incident, out=tmp_path, member=referent)
    assert list(tmp_path.glob("*preuve*")) == []
    assert queries.last("territory:town", 1)[0].fact != "evidence.sealed"


def test_an_unknown_incident_is_said(member: Member, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        actions.seal(incident=uuid4(), out=tmp_path, member=member)


def test_an_altered_observation_is_not_sealed(incident: UUID, member: Member, tmp_path: Path) -> None:
    row = Sign.objects.order_by("order").first()
    assert row is not None
    row.observation["device"] = "P-2"
    row.save()
    with pytest.raises(errors.NotAsReceived):
        actions.seal(incident=incident, out=tmp_path, member=member)
    assert list(tmp_path.glob("*preuve*")) == []


def test_what_was_erased_is_said(incident: UUID, member: Member, tmp_path: Path) -> None:
    Sign.objects.filter(order=1).update(salt=b"", observation={})
    Note.objects.update(salt=b"", text="")
    sealed = actions.seal(incident=incident, out=tmp_path, member=member)
    absent = {each["what"]: each.get("count") for each in read(sealed, "data/not-shown.json")}
    assert (absent["erased_observations"], absent["erased_notes"]) == (1, 1)
    assert stranger(sealed.path, sealed.fingerprint).returncode == 0


def test_an_entry_dropped_from_the_journal_stops_the_seal_or_shows(
    incident: UUID, member: Member, tmp_path: Path
) -> None:
    schema.remove_triggers(connection)
    first = queries.entries_about(f"incident:{incident}")[0]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM journal_entry WHERE position = %s", (first.position,))
    sealed = actions.seal(incident=incident, out=tmp_path, member=member)
    assert stranger(sealed.path, sealed.fingerprint).returncode == 1


def test_a_report_found_again_comes_with_the_entry_that_told_of_it(
    say: Say, member: Member, tmp_path: Path
) -> None:
    from django.db import transaction

    from beffroi.before.signal.facts import SignalReported
    from beffroi.journal import actions as journal_actions

    told = SignalReported(signal="1", territory="town", what="signal.vehicle_slow", seen_seconds_before=30)
    with transaction.atomic():
        journal_actions.append(
            journal="territory:town", fact=told, subject="signal:1", actor="member:referent"
        )
    say(("signal.vehicle_slow", "", 0, (10.0, 0.0)), source="signal")
    (found,) = say(("intrusion.door", "P-1", 1800, (0.0, 0.0)))
    sealed = actions.seal(incident=found, out=tmp_path, member=member)
    assert [each["relation"] for each in read(sealed, "data/signs.json")].count("earlier_signal") == 1
    facts = [each["what"] for each in read(sealed, "data/timeline.json") if each["kind"] == "entry"]
    assert "signal.reported" in facts
    assert stranger(sealed.path, sealed.fingerprint).returncode == 0


def test_signs_that_a_person_moved_are_still_borne(
    say: Say, incident: UUID, member: Member, tmp_path: Path
) -> None:
    from django.db import transaction

    from beffroi.during.fusion import actions as fusion
    from beffroi.during.incident import actions as incidents

    (one,) = say(("intrusion.door", "P-5", 4000, (9000.0, 0.0)))
    (two,) = say(("intrusion.glass", "P-6", 4010, (14000.0, 0.0)))
    assert one != two
    incidents.merge(incident=two, other=one, member=member.pk)
    with transaction.atomic():
        incidents.take_up(fusion.step())
    kept = one if Sign.objects.filter(hypothesis_id=one).count() == 2 else two
    assert Sign.objects.filter(hypothesis_id=kept).count() == 2
    sealed = actions.seal(incident=kept, out=tmp_path, member=member)
    assert all(each["in_journal"] for each in read(sealed, "data/signs.json"))
    assert stranger(sealed.path, sealed.fingerprint).returncode == 0


def test_a_place_where_nothing_can_be_written_is_said(incident: UUID, member: Member, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(errors.CannotWrite):
        actions.seal(incident=incident, out=tmp_path / "file" / "out", member=member)
    assert queries.last("territory:town", 1)[0].fact != "evidence.sealed"


def test_the_command_line_seals_and_verifies(incident: UUID, member: Member, tmp_path: Path) -> None:
    asked = ["seal", "--incident", "I-1", "--out", str(tmp_path), "--as", member.email, "--json"]
    done = CliRunner().invoke(evidence, asked)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    check = CliRunner().invoke(evidence, ["verify", told["package"], "--json"])
    assert check.exit_code == 0, check.output
    assert json.loads(check.stdout)["accepted"] is True
    wrong = CliRunner().invoke(evidence, ["verify", told["package"], "--fingerprint", "00" * 32])
    assert wrong.exit_code == 1
    assert "another key" in wrong.output
    own = CliRunner().invoke(evidence, ["seal", "--incident", str(incident), "--out", str(tmp_path / "2")])
    assert own.exit_code == 0, own.output
    assert "EXERCISE" in own.output
    assert queries.last("territory:town", 1)[0].actor.startswith("system:")
