"""A convention opens what every party signed, to roles held at home, within its hours; then it ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import cedarpy
import pytest
from tests.people.conventions.conftest import NOW, Country

from beffroi.foundation import clock
from beffroi.journal import queries as journal
from beffroi.people import actions as people
from beffroi.people import doors, queries
from beffroi.people.conventions import actions, errors, helping, models
from beffroi.people.conventions import queries as kept

pytestmark = [pytest.mark.room, pytest.mark.django_db]


def may(member: object, action: str, territory: str) -> bool:
    """A fresh look at the database, as each request takes."""
    doors.forget_rights(member)  # type: ignore[arg-type]
    allowed = doors.decide(member, action, territory=territory).allowed  # type: ignore[arg-type]
    assert allowed == (territory in doors.territories_for(member, action))  # type: ignore[arg-type]
    return allowed


def test_it_opens_nothing_before_every_party_and_every_host_commune_signed(country: Country) -> None:
    agent = country.member("redon", "operator")
    row = actions.draw(draft=country.draft("redon", ["allaire", "rieux"]))
    for part in row.parts.select_related("organisation").order_by("organisation__name"):
        assert not may(agent, "duty.view", "allaire")
        actions.sign(convention=row.pk, organisation=part.organisation, document_sha256="b" * 64)
    assert may(agent, "duty.view", "allaire")
    assert may(agent, "duty.view", "rieux")
    told = [each for each in journal.follow(0, limit=1000) if each.fact.startswith("convention.")]
    assert [each.fact for each in told] == [
        "convention.drawn",
        *["convention.signed"] * 3,
        "convention.agreed",
    ]
    assert {each.body["text"] for each in told if each.body} == {row.text_sha256}


def test_it_widens_where_a_role_holds_and_never_what_it_opens(country: Country) -> None:
    agent, patrol = country.member("redon", "operator"), country.member("redon", "patrol")
    theirs, nobody = country.member("allaire", "operator"), country.member("redon")
    country.agree("redon", ["allaire"], matters=["incidents", "units"])
    assert may(agent, "duty.view", "allaire")
    assert may(agent, "unit.view", "allaire")
    assert not may(agent, "incident.close", "allaire"), "not listed"
    assert not may(agent, "duty.view", "rieux"), "another's"
    assert may(patrol, "unit.view", "allaire")
    assert not may(patrol, "duty.view", "allaire"), "a patrol's role does not open the desk"
    assert not may(theirs, "duty.view", "redon"), "who gives receives nothing"
    assert not may(nobody, "duty.view", "allaire"), "who holds no role"


def test_a_role_reaches_no_territory_for_which_another_answers(country: Country) -> None:
    centre = people.create_centre(key="csu", name="CSU", organisation=country.organisations["redon"])
    for key in ("redon", "allaire"):
        people.watch(centre, key)
    by_centre = country.member("redon", "operator", centres=[centre])
    by_name = country.member("redon", "operator", territories=["allaire"])
    everywhere = country.member("redon", "operator", everywhere=True)
    for member in (by_centre, by_name, everywhere):
        assert not may(member, "duty.view", "allaire")
    assert may(by_centre, "duty.view", "redon")
    assert may(everywhere, "duty.view", "redon")
    keeper = country.member("redon", "administrator", everywhere=True)
    assert may(keeper, "territory.import", "allaire"), (
        "who keeps the machine reads nothing of the town's life"
    )
    judge = country.member("redon", "investigator", territories=["allaire"])
    assert may(judge, "evidence.view", "allaire"), "a requisition is the law's, not a convention's"
    country.agree("redon", ["allaire"])
    for member in (by_centre, by_name, everywhere):
        assert may(member, "duty.view", "allaire")


def test_it_holds_within_its_hours_and_its_days_of_the_towns_own_time(
    country: Country, hand: clock.FixedClock
) -> None:
    agent = country.member("redon", "operator")
    country.agree("redon", ["allaire"], hours=["thu-sat 21:00-06:00"], ends_on=date(2026, 11, 28))
    paris = timedelta(hours=1)
    for local, opened in (
        (datetime(2026, 11, 26, 20, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 26, 21, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 27, 5, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 27, 6, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 28, 23, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 29, 0, 0, tzinfo=UTC), False),  # Saturday night goes on, the last day is over
    ):
        hand.instant = local - paris
        assert may(agent, "duty.view", "allaire") == opened, local


def test_an_ended_one_opens_nothing_and_who_looks_on_is_asked_again(country: Country) -> None:
    agent = country.member("redon", "operator")
    row = country.agree("redon", ["allaire"])
    assert may(agent, "duty.view", "allaire")
    actions.end(convention=row.pk)
    assert not may(agent, "duty.view", "allaire")
    with pytest.raises(errors.NotInForce):
        actions.end(convention=row.pk)


def test_a_new_version_takes_over_on_its_first_day(country: Country, hand: clock.FixedClock) -> None:
    agent = country.member("redon", "operator")
    country.agree("redon", ["allaire"], matters=["incidents"])
    country.agree("redon", ["allaire"], matters=["units"], starts_on=date(2026, 12, 1))
    assert may(agent, "duty.view", "allaire")
    assert not may(agent, "unit.view", "allaire")
    hand.instant = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
    assert not may(agent, "duty.view", "allaire")
    assert may(agent, "unit.view", "allaire")
    assert [each.state for each in kept.conventions(everything=True)] == ["in_force", "ended"]


def test_who_answers_for_a_place_today_is_who_must_have_signed(country: Country) -> None:
    agent = country.member("redon", "operator")
    country.agree("redon", ["allaire"])
    people.know_territory(key="allaire", organisation=country.organisations["rieux"])
    assert not may(agent, "duty.view", "allaire")


def test_images_are_opened_for_the_purposes_of_the_convention_alone(country: Country) -> None:
    agent = country.member("redon", "operator")
    country.agree("redon", ["allaire"], matters=["incidents", "live"], purposes=["incident"])
    standing = queries.rights_of(agent).at(clock.now())
    book, grounds = queries.policy_book(), ("purpose", "order", "accreditation")
    assert book.ask(standing, "camera.look", "allaire", grounds, "incident").allowed
    assert not book.ask(standing, "camera.look", "allaire", grounds, "prevention").allowed
    assert not book.ask(standing, "camera.look", "allaire", ("purpose",), "incident").allowed
    refused = doors.decide(agent, "camera.look", territory="allaire")
    assert refused.reason == "people.ground_missing", "the convention opens the door; its grounds are asked"


def test_programs_of_the_other_read_only_where_it_is_written(country: Country) -> None:
    from beffroi.people import programs

    made = programs.make_program(
        name="tableau",
        organisation=country.organisations["redon"],
        scopes=["incidents:read"],
        days=30,
        territories=["redon"],
    )
    row = country.agree("redon", ["allaire"])
    assert not may(made.member, "duty.view", "allaire")
    actions.end(convention=row.pk)
    country.agree("redon", ["allaire"], programs=True)
    assert may(made.member, "duty.view", "allaire")


@pytest.mark.parametrize(
    "title", ['x"\n};\npermit (principal, action, resource);//', "é\u2028permit(", "a'b"]
)
def test_policies_are_valid_text_whatever_a_title_holds(country: Country, title: str) -> None:
    country.organisations["allaire"].name = title[:50]
    country.organisations["allaire"].save()
    row = country.agree(
        "redon", ["allaire"], title=title, matters=["incidents", "live"], purposes=["incident"]
    )
    schema = (queries.POLICIES / "beffroi.cedarschema").read_text()
    assert cedarpy.validate_policies(row.policy, schema).errors == []
    assert row.policy.count("permit (\n") == row.policy.count("@id(")
    assert not may(country.member("rieux", "operator"), "duty.view", "allaire")


def test_policies_that_concern_others_are_not_taken(country: Country) -> None:
    book = queries.policy_book()
    for text in (
        "permit (principal, action, resource);",
        'permit (principal in Convention::"other.1", action, resource);',
        'forbid (principal in Convention::"mine.1", action, resource);',
    ):
        with pytest.raises(ValueError, match="concern others"):
            book.learn("mine.1", text)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"matters": []}, "matters"),
        ({"matters": ["everything"]}, "matters"),
        ({"matters": ["notes"]}, "matters"),
        ({"matters": ["incidents", "live"]}, "purposes"),
        ({"matters": ["incidents", "live"], "purposes": ["gossip"]}, "purposes"),
        ({"hours": ["whenever"]}, "hours"),
        ({"hours": ["mon 25:00-26:00"]}, "hours"),
        ({"ends_on": date(2025, 1, 1)}, "ends_on"),
        ({"ends_on": date(2046, 1, 1)}, "ends_on"),
        ({"reference": "A B"}, "reference"),
        ({"title": " "}, "title"),
        ({"help_hours": 3}, "help_hours"),
        ({"kind": "framework"}, "help_hours"),
        ({"kind": "framework", "help_hours": 12, "unattended_min": 5000}, "unattended_min"),
    ],
)
def test_terms_that_cannot_be_are_refused_with_where(
    country: Country, change: dict[str, object], where: str
) -> None:
    with pytest.raises(errors.BadConvention) as refused:
        actions.draw(draft=country.draft("redon", ["allaire"], **change))
    assert (
        refused.value.details["where"] == where
        if hasattr(refused.value, "details")
        else where in str(refused.value.sentence())
    )


def test_places_of_nobody_and_ones_own_are_refused(country: Country) -> None:
    people.know_territory(key="nowhere")
    for places in (["nowhere"], ["redon"], []):
        with pytest.raises(errors.BadConvention):
            actions.draw(draft=country.draft("redon", places))


def test_one_signs_once_for_ones_own_organisation_and_only_a_party_does(country: Country) -> None:
    row = actions.draw(draft=country.draft("redon", ["allaire"]))
    mayor = country.member("allaire", "elected")
    redon, allaire, rieux = (country.organisations[each] for each in ("redon", "allaire", "rieux"))
    for organisation, member, document in (
        (redon, mayor, ""),
        (rieux, None, "a" * 64),
        (redon, None, ""),
    ):
        with pytest.raises(errors.CannotSign):
            actions.sign(
                convention=row.pk, organisation=organisation, member=member, document_sha256=document
            )
    actions.sign(convention=row.pk, organisation=allaire, member=mayor)
    with pytest.raises(errors.CannotSign):
        actions.sign(convention=row.pk, organisation=allaire, member=mayor)
    with pytest.raises(errors.BadConvention):
        actions.draw(draft=country.draft("redon", ["allaire", "rieux"]))
    actions.withdraw(convention=row.pk)
    assert not models.Convention.objects.exists()


FRAMEWORK = {
    "kind": "framework", "help_hours": 10, "unattended_min": 15, "matters": ["incidents", "handling"],
}  # fmt: skip


def test_help_opens_in_one_press_ends_by_one_press_and_by_itself(
    country: Country, hand: clock.FixedClock
) -> None:
    agent, other = country.member("redon", "operator"), country.member("rieux", "operator")
    country.agree("redon", ["allaire"], **FRAMEWORK)
    helper = country.organisations["redon"].pk
    assert not may(agent, "duty.view", "allaire"), "a framework opens nothing by itself"
    first = helping.begin(territory="allaire", helper=helper, hours=8)
    assert helping.begin(territory="allaire", helper=helper, hours=8).pk == first.pk, "pressed twice"
    assert may(agent, "incident.acknowledge", "allaire")
    assert not may(other, "duty.view", "allaire")
    helping.hand_back(help_id=first.pk)
    assert not may(agent, "duty.view", "allaire")
    with pytest.raises(errors.NotInForce):
        helping.hand_back(help_id=first.pk)
    again = helping.begin(territory="allaire", helper=helper, hours=99)
    assert again.ends_at - again.starts_at == timedelta(hours=10), "the framework's most"
    hand.advance(10 * 3600)
    assert not may(agent, "duty.view", "allaire")
    assert helping.tell_ended(clock.now()) == 1
    assert helping.tell_ended(clock.now()) == 0
    told = [each.fact for each in journal.last("territory:allaire", 10)]
    assert sorted(told) == ["help.begun", "help.begun", "help.ended", "help.ended"]


def test_help_needs_a_framework_and_dies_with_it(country: Country) -> None:
    agent, helper = country.member("redon", "operator"), country.organisations["redon"].pk
    with pytest.raises(errors.NotInForce):
        helping.begin(territory="allaire", helper=helper, hours=8)
    row = country.agree("redon", ["allaire"], **{**FRAMEWORK, "unattended_min": 0})
    with pytest.raises(errors.NotInForce):
        helping.begin(territory="allaire", helper=helper, hours=8, why=helping.UNATTENDED)
    helping.begin(territory="allaire", helper=helper, hours=8)
    assert may(agent, "duty.view", "allaire")
    actions.end(convention=row.pk)
    assert not may(agent, "duty.view", "allaire")
    assert kept.helps(territories=["allaire"]) == []


def test_what_a_process_learned_is_not_what_it_lets_in(country: Country) -> None:
    """The policy stays in the book; who is no longer in the convention has no use of it."""
    agent = country.member("redon", "operator")
    row = country.agree("redon", ["allaire"])
    assert may(agent, "duty.view", "allaire")
    assert not queries.policy_book().unknown([str(row)])
    stranger = country.member("rieux", "operator")
    assert not may(stranger, "duty.view", "allaire")
    assert clock.now() == NOW
