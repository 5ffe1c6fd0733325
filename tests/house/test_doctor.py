"""What doctor finds: well on a new installation; each fault named, in French and in English."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import transaction
from tests.during.fusion.made import observation

from beffroi.during.intake import actions, spool
from beffroi.during.intake.models import Source
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.foundation import clock
from beffroi.foundation.settings import Settings
from beffroi.house import doctor
from beffroi.journal import actions as journal
from beffroi.people import facts

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation in a folder of its own, with an empty spool."""
    made = SqliteSpool(tmp_path / "spool.sqlite3")
    monkeypatch.setattr(spool, "shared", lambda: made)
    return Settings(data_dir=str(tmp_path), language="en")


def faults(settings: Settings) -> dict[str, doctor.Finding]:
    return {each.check: each for each in doctor.examine(settings) if not each.well}


def test_a_new_installation_lacks_only_its_processes(settings: Settings) -> None:
    assert set(faults(settings)) <= {"running", "screens", "list of communes", "disk"}
    assert "running" in faults(settings)


def test_every_sentence_is_in_the_language_of_the_installation(settings: Settings) -> None:
    actions.declare_source(territory="redon", key="PANEL", connector="dc09", address="1234")
    french = {each.check: each for each in doctor.examine(replace(settings, language="fr"))}
    assert "muettes depuis un jour : redon/PANEL" in french["sources"].seen
    assert "nul" not in french and "base de données" in french and "moteur" in french
    english = {each.check for each in doctor.examine(settings)}
    assert not (english & set(french)) - {"Python", "sources", "observations"}


def test_a_token_that_ends_and_a_program_that_is_not_told_are_named(settings: Settings) -> None:
    from beffroi.during.webhooks import actions as webhooks
    from beffroi.people import actions as people
    from beffroi.people import programs
    from beffroi.people.models import Program

    assert not {"tokens of programs", "programs told"} & set(faults(settings))
    people.create_installation(name="Town")
    people.know_territory(key="town")
    made = programs.make_program(
        name="SIG",
        organisation=people.create_organisation(name="Town", kind="commune"),
        scopes=["events:read"],
        days=10,
        territories=["town"],
    )
    row = Program.objects.get(pk=made.member.pk)
    one = webhooks.subscribe(program=row, url="https://sig.example/")
    webhooks.pause(subscription=one.id)
    found = faults(settings)
    assert "SIG" in found["tokens of programs"].seen
    assert "SIG (by_person)" in found["programs told"].seen
    webhooks.resume(subscription=one.id)
    programs.renew(program=row, days=365)
    assert not {"tokens of programs", "programs told"} & set(faults(settings))


def test_a_source_that_fell_silent_or_cannot_be_read_is_named(settings: Settings) -> None:
    for key, heard in (("A", timedelta(hours=1)), ("B", timedelta(hours=25)), ("C", timedelta(0))):
        actions.declare_source(territory="redon", key=key, connector="http")
        Source.objects.filter(key=key).update(last_seen_at=clock.now() - heard)
    Source.objects.filter(key="C").update(unread=7, not_guaranteed=1)
    found = faults(settings)
    assert found["sources"].seen == "silent for a day: redon/B"
    assert found["unreadable messages"].seen == "redon/C (7)"
    assert found["guarantee"].seen == "not guaranteed: redon/C"
    actions.revoke_source(territory="redon", key="B")
    assert "sources" not in faults(settings)


def test_an_engine_that_is_behind(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_BEHIND_MOST", 3)
    now = clock.now()
    spool.shared().append_many([observation(n, "intrusion.door", "D-1", now, 0.0) for n in range(4)])
    assert faults(settings)["engine"].seen == "4 observations wait"


def test_heads_that_are_not_signed(settings: Settings) -> None:
    hour_ago = clock.FixedClock(clock.now() - timedelta(hours=1))
    with clock.use(hour_ago), transaction.atomic():
        journal.append(
            journal="territory:redon", fact=facts.SignedOut(), subject="member:x", actor="member:x"
        )
    assert faults(settings)["heads of the journals"].seen == "not signed: territory:redon"
    journal.sign_heads()
    assert "heads of the journals" not in faults(settings)


@pytest.mark.parametrize(("days", "well"), [(90, True), (3, False), (-1, False)])
def test_a_certificate_that_ends_soon(settings: Settings, days: int, well: bool) -> None:
    file = settings.data_path / "town.pem"
    file.write_bytes(_certificate(datetime.now(UTC) + timedelta(days=days)))
    found = {each.check: each for each in doctor.examine(replace(settings, certificate=str(file)))}
    assert found["certificate"].well is well and found["certificate"].seen.startswith("valid until 20")
    file.write_text("nothing")
    assert not {e.check: e for e in doctor.examine(replace(settings, certificate=str(file)))}[
        "certificate"
    ].well


def _certificate(ends: datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "town.example")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(ends - timedelta(days=400)).not_valid_after(ends)
    from cryptography.hazmat.primitives.serialization import Encoding

    return made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def test_what_can_be_switched_and_does_not_answer_is_named(settings: Settings, tmp_path: Path) -> None:
    from tests.during.acting.declarations import LAMPS
    from tests.territory.towns import cross

    from beffroi.during.acting import actions as acting
    from beffroi.during.acting import models
    from beffroi.people import actions as people
    from beffroi.territory import models as territory
    from beffroi.territory.town_import import import_town

    check = "equipment that can be switched"
    import_town(file=cross(tmp_path / "cross.osm"), name="Town", key="town")
    people.know_territory(key="town")
    now = clock.now()
    territory.Device.objects.create(
        territory=territory.Territory.objects.get(key="town"), key="L-1", kind="lamp", lat=47.65, lon=-2.08,
        origin="test", valid_from=now,
    )  # fmt: skip
    acting.declare(territory="town", key="lamps", device="L-1", declaration=LAMPS, name="Lamps")
    assert check not in faults(settings)
    models.Actuator.objects.update(declared_at=now - timedelta(days=2))
    assert "never told its state: town/lamps" in faults(settings)[check].seen
    lamps = models.Actuator.objects.get()
    models.Command.objects.create(
        actuator=lamps,
        act="brighten",
        actor="system",
        state="no_answer",
        asked_at=now,
        send_by=now,
        over_at=now,
    )
    found = faults(settings)[check]
    assert found.seen == "no answer: town/lamps" and "beffroi actuator" in found.advice
    models.Actuator.objects.update(said="brighten", said_at=now + timedelta(seconds=9))
    assert check not in faults(settings)
