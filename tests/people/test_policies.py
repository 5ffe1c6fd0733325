"""The policies are what the catalogue says, valid against their schema, preselected, and safe."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import cedarpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.foundation.errors import Invalid
from beffroi.people.catalogue import FILE, catalogue, parse
from beffroi.people.methods import policy_text
from beffroi.people.methods.policy_book import PolicyBook
from beffroi.people.methods.rights import Grant, Rights, Standing, Watch

pytestmark = pytest.mark.unit
POLICIES = FILE.parent.parent / "policies"
NOW = datetime(2027, 1, 1, tzinfo=UTC)
ROLES = list(catalogue().roles)


def standing(*grants: tuple[str, str, str], organisation: str = "org-1", **other: object) -> Standing:
    """A member's standing, as plain values."""
    return Standing("m-1", organisation, frozenset(grants), frozenset(), frozenset(), **other)


def test_files_are_what_the_catalogue_says() -> None:
    wanted = policy_text.files(catalogue())
    kept = {file.name: file.read_text(encoding="utf-8") for file in POLICIES.iterdir()}
    assert kept == wanted, "run: beffroi people policies --write"


def test_policies_are_valid_against_their_schema_and_the_schema_bites() -> None:
    texts = policy_text.files(catalogue())
    schema = texts.pop("beffroi.cedarschema")
    whole = "\n".join(texts.values())
    assert cedarpy.validate_policies(whole, schema).errors == []
    assert cedarpy.validate_policies(whole.replace("principal.remit", "principal.reach"), schema).errors


def test_every_action_of_a_role_is_in_its_policy_and_no_other() -> None:
    book = PolicyBook([(POLICIES / f"role-{role}.cedar").read_text() for role in ROLES], ROLES)
    for role in ROLES:
        held = standing((role, "territory", "redon"))
        opened = {key for key in catalogue().actions if book.ask(held, key, "redon", (), "").allowed}
        assert opened == set(catalogue().roles[role].actions)


def test_only_policies_that_concern_the_asker_are_looked_at() -> None:
    conventions = [
        f'@id("convention.{number}") permit (principal in Organisation::"org-{number}", '
        f'action == Action::"duty.view", resource == Territory::"t-{number}");'
        for number in range(300)
    ]
    texts = [file.read_text() for file in POLICIES.glob("*.cedar")]
    book = PolicyBook([*texts, *conventions], ROLES)
    held = standing(("operator", "territory", "redon"), organisation="org-7")
    looked = book.selected_for(held)
    assert "convention.7" in looked
    assert "convention.8" not in looked
    assert "role.operator" in looked
    assert "role.elected" not in looked
    assert "ground.order" in looked, "what is forbidden to everyone concerns everyone"
    assert book.ask(held, "duty.view", "t-7", (), "").policies == ("convention.7",)
    assert not book.ask(held, "duty.view", "t-8", (), "").allowed


@given(
    grants=st.frozensets(
        st.tuples(st.sampled_from(ROLES), st.just("territory"), st.sampled_from(["a", "b"])), max_size=4
    ),
    action=st.sampled_from(list(catalogue().actions)),
)
def test_preselected_policies_decide_as_all_of_them_would(
    grants: frozenset[tuple[str, str, str]], action: str
) -> None:
    texts = [file.read_text() for file in sorted(POLICIES.glob("*.cedar"))]
    book = PolicyBook(texts, ROLES)
    held = standing(*grants)
    entities = book._entities_of(held, ["a"])
    request = {
        "principal": {"type": "Member", "id": "m-1"},
        "action": {"type": "Action", "id": action},
        "resource": {"type": "Territory", "id": "a"},
        "context": {"grounds": [], "purpose": ""},
    }
    whole = cedarpy.is_authorized(request, "\n".join(texts), entities)
    assert book.ask(held, action, "a", (), "").allowed == whole.allowed


def test_policy_that_cannot_be_evaluated_opens_nothing() -> None:
    book = PolicyBook(
        [
            '@id("broken") forbid (principal, action, resource) when { context.absent == 1 };',
            '@id("open") permit (principal, action, resource);',
        ],
        ROLES,
    )
    assert not book.ask(standing(), "duty.view", "redon", (), "").allowed


@pytest.mark.parametrize(
    "text",
    [
        "permit (principal",
        '@id("a") permit (principal, action, resource); @id("a") permit (principal, action, resource);',
        '@id("t") permit (principal == ?principal, action, resource);',
    ],
)
def test_text_that_is_not_a_set_of_policies_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        PolicyBook([text], ROLES)


@given(key=st.text(min_size=1, max_size=30))
def test_no_key_of_a_territory_escapes_its_place(key: str) -> None:
    book = PolicyBook([(POLICIES / "role-operator.cedar").read_text()], ROLES)
    held = standing(("operator", "territory", "redon"))
    assert book.ask(held, "duty.view", key, (), "").allowed == (key == "redon")


def test_reach_is_what_roles_cover_at_that_time() -> None:
    rights = Rights(
        UUID(int=1),
        "org",
        True,
        (Grant("operator", "centre", "c", NOW), Grant("elected", "territory", "z", NOW, NOW)),
        (Watch("c", "a", NOW), Watch("c", "b", NOW, NOW), Watch("other", "d", NOW)),
    )
    assert rights.at(NOW).reachable() == {"a"}


@pytest.mark.parametrize(
    "text",
    [
        "= 1",
        '[actions."a"]\nfr = "x"',
        '[actions."a"]\nfr = "x"\nen = "x"\nat = "moon"',
        '[actions."a"]\nfr = "x"\nen = "x"\ngrounds = ["mood"]',
        '[roles.r]\nfr = "x"\nen = "x"\nactions = ["absent"]',
        '[roles."r; permit"]\nfr = "x"\nen = "x"',
        '[actions."a"]\nfr = "x\\n permit"\nen = "x"',
    ],
)
def test_wrong_catalogue_is_refused_with_where_and_why(text: str) -> None:
    with pytest.raises(Invalid):
        parse(text)


@given(text=st.text(max_size=200))
def test_any_text_is_a_catalogue_or_a_clear_error(text: str) -> None:
    try:
        assert parse(text) is not None
    except Invalid as refused:
        assert refused.sentence()
