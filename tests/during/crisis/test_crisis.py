"""The plan at work: who may, what is written, calls, messages as CAP, the end; an exercise stays one."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from tests.during.oncall.peers import gateway
from tests.territory.towns import cross

from beffroi.cli.crisis import crisis as command
from beffroi.during.crisis import actions, keeping, models, plans, queries, telling
from beffroi.during.crisis.acting import LEAD
from beffroi.during.crisis.errors import AlreadyOpen, BadEntry, NotValidated, Over, UnknownCrisis
from beffroi.during.crisis.rules import plan as rules
from beffroi.during.intake.connectors.cap.read import read as read_cap
from beffroi.during.oncall import actions as oncall
from beffroi.during.oncall import courier
from beffroi.during.oncall import models as outbox
from beffroi.foundation import clock, settings
from beffroi.journal import queries as journal
from beffroi.people import actions as people
from beffroi.people.doors import DoorShut
from beffroi.people.models import Member
from beffroi.territory.town_import import import_town

pytestmark = [pytest.mark.room, pytest.mark.django_db]
KEY = "village"
WORDS = {"area": "Le bourg", "headline": "Abri", "description": "Fumée toxique", "instruction": "Entrez."}


@pytest.fixture
def people_of(tmp_path: Path) -> dict[str, Member]:
    """A mayor, a coordinator, a referent; the first two sit in cells and have telephones."""
    import_town(file=cross(tmp_path / "cross.osm"), name="Saint-Jean-la-Poterie", key=KEY)
    people.create_installation(name="Village")
    people.know_territory(key=KEY)
    town_hall = people.create_organisation(name="Mairie", kind="commune")
    made = {}
    for name, role in (("mayor", "elected"), ("coordinator", "coordinator"), ("referent", "referent")):
        made[name] = people.create_member(
            email=f"{name}@v.example", display_name=name.title(), organisation=town_hall, roles=[role],
            territories=[KEY],
        )  # fmt: skip
    keeping.seat(territory=KEY, cell="command", member=made["mayor"], role="lead")
    keeping.seat(territory=KEY, cell="population", member=made["coordinator"])
    oncall.set_contact(
        member=made["coordinator"], mobile="0612345602", email="", channels=["sms", "email"], actor="system"
    )
    return made


def opened(who: dict[str, Member], **more: Any) -> UUID:
    return actions.activate(member=who["mayor"], territory=KEY, **{"level": "partial", **more})


def facts() -> list[str]:
    found = journal.numbered(f"territory:{KEY}", after=0, limit=999)
    return [each.fact.removeprefix("crisis.") for each in found if each.fact.startswith("crisis.")]


def test_the_template_is_a_plan_and_its_published_text_stays() -> None:
    kept = plans.template()
    assert set(kept.plan.levels) == {"watch", "partial", "full"} and kept.name == "template/1"
    published = "2e4e60fd3217e1e4bb10afde3fdd3294a8e8b423bd4e3e344525229c6a758560"
    assert hashlib.sha256(kept.toml.encode()).hexdigest() == published, "a change takes a new version"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("[cells.command]", "[cells.head]", "levels|cells"),
        ('cells = ["command"]', 'cells = ["nobody"]', "levels.watch"),
        ('urgency = "Immediate"', 'urgency = "Now"', "urgency"),
        ("hours = 6", "hours = 600", "hours"),
        ('title = "Plan communal de sauvegarde"', 'title = ""', "title"),
        ("[levels.watch]", "[stages.watch]", "stages"),
    ],
)
def test_a_plan_that_cannot_work_is_refused(old: str, new: str, why: str) -> None:
    text = plans.template().toml
    assert old in text
    with pytest.raises(rules.BadPlan, match=why):
        rules.read(text.replace(old, new))


def test_the_mayor_activates_and_nobody_else(people_of: dict[str, Member]) -> None:
    for name in ("coordinator", "referent"):
        with pytest.raises(DoorShut):
            actions.activate(member=people_of[name], territory=KEY, level="watch")
    view = queries.view(opened(people_of))
    assert [each.key for each in view.cells if each.active] == ["command", "operations", "population"]
    with pytest.raises(AlreadyOpen):
        opened(people_of)
    opened(people_of, exercise=True)  # an exercise beside the real one is another
    with pytest.raises(BadEntry):
        opened(people_of, level="panic")


def test_levels_and_cells(people_of: dict[str, Member]) -> None:
    crisis, mayor = opened(people_of, level="watch"), people_of["mayor"]
    actions.set_level(member=mayor, crisis=crisis, level="full")
    actions.set_cell(member=mayor, crisis=crisis, cell="logistics", active=False)
    view = queries.view(crisis)
    assert view.level == "full" and [each.key for each in view.cells if not each.active] == ["logistics"]
    with pytest.raises(BadEntry):
        actions.set_cell(member=mayor, crisis=crisis, cell="command", active=False)
    with pytest.raises(DoorShut):
        actions.set_level(member=people_of["coordinator"], crisis=crisis, level="watch")
    with pytest.raises(UnknownCrisis):
        actions.tick(member=people_of["referent"], crisis=crisis, cell="command", step="open_post")


def test_calls_leave_by_the_outbox_and_who_was_reached_is_written(people_of: dict[str, Member]) -> None:
    crisis, mayor, coordinator = opened(people_of), people_of["mayor"], people_of["coordinator"]
    assert actions.call(member=mayor, crisis=crisis) == 1  # nobody calls oneself
    message = outbox.Message.objects.first()
    channels = set(outbox.Message.objects.values_list("channel", flat=True))
    assert channels <= {"sms", "email"} and (message is None or message.purpose == "crisis")
    actions.reached(member=mayor, crisis=crisis, whom=coordinator.pk, yes=True)
    assert actions.call(member=mayor, crisis=crisis) == 0
    seat = next(each for cell in queries.view(crisis).cells for each in cell.seats if not each.lead)
    assert seat.reached is True and seat.called_at is not None
    assert facts()[-2:] == ["called", "reached"]


def test_a_summons_goes_out_by_text(
    people_of: dict[str, Member], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with gateway() as peer:
        file = tmp_path / "gateways.toml"
        file.write_text(f'[sms]\nurl = "{peer.url}"\njson = {{ to = "{{to}}", text = "{{text}}" }}\n')
        monkeypatch.setenv("BEFFROI_ONCALL_GATEWAYS", str(file))
        settings.current.cache_clear()
        crisis = opened(people_of)
        actions.call(member=people_of["mayor"], crisis=crisis)
        (letter,) = courier.claim(clock.now())
        courier.carry(letter)
        monkeypatch.undo()
        settings.current.cache_clear()
    (sent,) = peer.got
    assert sent.json["to"] == "+33612345602"
    assert "plan communal de sauvegarde" in sent.json["text"] and len(sent.json["text"]) <= 160
    seat = next(each for cell in queries.view(crisis).cells for each in cell.seats if not each.lead)
    assert seat.sent == 1 and seat.reached is None  # what left proves nothing of who woke up


def test_an_exercise_rings_no_telephone(people_of: dict[str, Member]) -> None:
    crisis = opened(people_of, exercise=True)
    actions.call(member=people_of["mayor"], crisis=crisis)
    rows = list(outbox.Message.objects.all())
    assert {each.channel for each in rows} == {"sms", "email"}
    assert all(
        each.state == "kept" and each.text.removeprefix("Beffroi: ").startswith("EXERCICE") for each in rows
    )
    assert courier.claim(clock.now()) == []


def test_words_stay_here_and_their_hash_in_the_journal(people_of: dict[str, Member]) -> None:
    crisis = opened(people_of)
    actions.decide(member=people_of["coordinator"], crisis=crisis, text="On ouvre la salle des fêtes.")
    entry = journal.last(f"territory:{KEY}", 1)[0]
    row = models.Decision.objects.get()
    assert "salle" not in str(entry.body) and entry.body is not None
    assert entry.body["digest"] == hashlib.sha256(bytes(row.salt) + row.text.encode()).hexdigest()
    for words in ("", " ", "x" * 1001):
        with pytest.raises(BadEntry):
            actions.decide(member=people_of["mayor"], crisis=crisis, text=words)


def told(who: dict[str, Member], crisis: UUID, draft: str = "shelter", **more: Any) -> UUID:
    given = {**WORDS, "hours": 6, **more}
    return telling.prepare(member=who["coordinator"], crisis=crisis, draft=draft, **given)


@pytest.mark.parametrize("exercise", [False, True])
def test_a_message_is_validated_then_leaves_as_cap(people_of: dict[str, Member], exercise: bool) -> None:
    crisis = opened(people_of, exercise=exercise)
    message = told(people_of, crisis, headline="Abri & <vite>")
    with pytest.raises(NotValidated):
        telling.export(member=people_of["mayor"], message=message, form="cap")
    with pytest.raises(DoorShut):
        telling.validate(member=people_of["coordinator"], message=message)
    telling.validate(member=people_of["mayor"], message=message)
    telling.validate(member=people_of["mayor"], message=message)
    alert = read_cap(telling.export(member=people_of["mayor"], message=message, form="cap"))
    assert alert.status == ("Exercise" if exercise else "Actual") and alert.kind == "Alert"
    (info,) = alert.infos
    assert info.headline == "Abri & <vite>" and info.areas[0].name == "Le bourg"
    text = telling.export(member=people_of["mayor"], message=message, form="text").decode()
    assert text.startswith("EXERCICE") is exercise and "Fumée toxique" in text
    assert facts().count("message_validated") == 1 and facts()[-2:] == ["message_exported"] * 2


def test_the_end_of_alert_ends_what_was_told(people_of: dict[str, Member]) -> None:
    crisis, mayor = opened(people_of), people_of["mayor"]
    first = told(people_of, crisis)
    telling.validate(member=mayor, message=first)
    assert [each.standing for each in queries.view(crisis).messages] == [True]
    over = told(people_of, crisis, draft="all_clear")
    telling.validate(member=mayor, message=over)
    alert = read_cap(telling.export(member=mayor, message=over, form="cap"))
    assert alert.kind == "Update" and [each.identifier for each in alert.references] == [str(first)]
    assert not any(each.standing for each in queries.view(crisis).messages)


def test_the_end_says_what_is_left(people_of: dict[str, Member]) -> None:
    crisis, mayor = opened(people_of, level="watch"), people_of["mayor"]
    actions.tick(member=mayor, crisis=crisis, cell="command", step="open_post")
    actions.tick(member=mayor, crisis=crisis, cell="command", step="open_post")
    telling.validate(member=mayor, message=told(people_of, crisis))
    actions.end(member=mayor, crisis=crisis, left="Le pont reste fermé.")
    entry = journal.last(f"territory:{KEY}", 1)[0]
    assert entry.fact == "crisis.ended" and entry.body is not None
    assert (entry.body["steps_open"], entry.body["messages_open"]) == (3, 1)
    assert "pont" not in str(entry.body) and facts().count("step_done") == 1
    for act in (
        lambda: actions.end(member=mayor, crisis=crisis, left=""),
        lambda: actions.decide(member=mayor, crisis=crisis, text="x"),
        lambda: told(people_of, crisis),
    ):
        with pytest.raises(Over):
            act()


def test_a_towns_own_plan_by_the_command_line(people_of: dict[str, Member], tmp_path: Path) -> None:
    running = opened(people_of)
    shown = CliRunner().invoke(command, ["plan", "--territory", KEY], catch_exceptions=False).output
    file = tmp_path / "pcs.toml"
    file.write_text(shown.replace('words = "Logistique"', 'words = "Moyens"'))
    put = CliRunner().invoke(command, ["put", "--territory", KEY, str(file)], catch_exceptions=False)
    assert "village/1 is in force" in put.output
    assert plans.of(KEY).plan.cells["logistics"].words == "Moyens"
    assert queries.view(running).plan.cells["logistics"].words == "Logistique"
    seat = ["seat", "--territory", KEY, "--cell", "logistics", "--email", "mayor@v.example"]
    assert "Moyens: Mayor" in CliRunner().invoke(command, seat, catch_exceptions=False).output
    gone = CliRunner().invoke(command, [*seat, "--remove"], catch_exceptions=False).output
    assert "Moyens: nobody" in gone
    with pytest.raises(BadEntry):
        keeping.seat(territory=KEY, cell="command", member=people_of["referent"])


def test_leading_is_the_elected_representatives_right() -> None:
    from beffroi.people.catalogue import catalogue

    assert [key for key, role in catalogue().roles.items() if LEAD in role.actions] == ["elected"]
