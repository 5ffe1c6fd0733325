"""Sign-in through real requests: password, throttle, one-time codes, sessions, and what the journal keeps."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.test import Client

from beffroi.foundation import clock
from beffroi.people import actions, doors
from beffroi.people.models import Installation, Member

from .conftest import OWN, PASSWORD, Town

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]
Entries = Callable[[str], list[Any]]


@pytest.fixture(autouse=True)
def _no_attempts_yet(db: None) -> None:
    cache.clear()


def sign_in(client: Client, member: Member, password: str = PASSWORD) -> Any:
    return client.post("/connexion/", {"login": member.email, "password": password})


def code_for(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def enrol(client: Client) -> str:
    """Set a second factor up through the pages, from a session just signed in; returns the secret."""
    client.post("/compte/confirmer/", {"password": PASSWORD})
    page = client.get("/compte/second-facteur/activer/")
    secret = re.search(r'id="totp-secret">([A-Z2-7]+)<', page.content.decode()).group(1)
    done = client.post("/compte/second-facteur/activer/", {"code": code_for(secret)})
    assert done["Location"] == "/compte/second-facteur/secours/"
    return secret


def test_sign_in_and_out_are_in_the_journal(client: Client, town: Town, entries: Entries) -> None:
    member = town.member("coordinator", password=PASSWORD)
    assert "Membre 0" not in client.get("/connexion/").content.decode()
    assert sign_in(client, member).status_code == 302
    page = client.get("/compte/")
    assert page.status_code == 200
    assert member.email in page.content.decode()
    assert OWN in page.content.decode()
    client.post("/deconnexion/")
    assert client.get("/compte/").status_code == 302
    came, left = entries("people.signed_in")[0], entries("people.signed_out")[0]
    assert (came.actor, left.actor) == (member.actor, member.actor)
    assert came.body["second_factor"] is False
    assert "127.0.0.1" not in str(came.body)


def test_address_is_taken_whatever_its_case(client: Client, town: Town) -> None:
    member = town.member("coordinator", password=PASSWORD)
    client.post("/connexion/", {"login": member.email.upper(), "password": PASSWORD})
    assert client.get("/compte/").status_code == 200


def test_failures_are_told_alike_and_kept_without_the_address(
    client: Client, town: Town, entries: Entries
) -> None:
    member = town.member("coordinator", password=PASSWORD)
    known = sign_in(client, member, "pas le bon mot de passe").content.decode()
    unknown = client.post("/connexion/", {"login": "inconnu@ailleurs.example", "password": "x" * 14})
    strip = re.compile(r'value="[^"]*"|name="csrfmiddlewaretoken"[^>]*>')
    assert strip.sub("", known) == strip.sub("", unknown.content.decode())
    first, second = entries("people.sign_in_failed")
    assert (first.subject, first.body["account"]) == (member.actor, "")
    assert second.subject == "sign_in"
    assert re.fullmatch("[0-9a-f]{16}", second.body["account"])
    assert "inconnu" not in str(second.body)


def test_closed_account_does_not_sign_in(client: Client, town: Town) -> None:
    member = town.member("coordinator", password=PASSWORD)
    Member.objects.filter(id=member.id).update(is_active=False)
    sign_in(client, member)
    assert client.get("/compte/").status_code == 302


def test_attempts_are_throttled_for_an_address_then_for_an_account(
    client: Client, town: Town, entries: Entries
) -> None:
    member = town.member("coordinator", password=PASSWORD)
    for _ in range(5):
        sign_in(client, member, "faux mot de passe")
    sign_in(client, member, PASSWORD)
    assert client.get("/compte/").status_code == 302, "the sixth attempt in a minute is not even looked at"
    elsewhere = Client(REMOTE_ADDR="192.0.2.9")
    for _ in range(5):
        sign_in(elsewhere, member, "faux mot de passe")
    third = Client(REMOTE_ADDR="192.0.2.10")
    sign_in(third, member, PASSWORD)
    assert third.get("/compte/").status_code == 302, "ten failures in an hour shut the account everywhere"
    steps = [each.body["step"] for each in entries("people.sign_in_failed")]
    assert steps.count("password") == 10
    assert steps.count("throttled") == 2


def test_throttle_counts_live_in_a_table_that_every_process_reads(client: Client, town: Town) -> None:
    from beffroi.people.models import CacheRow

    sign_in(client, town.member("coordinator", password=PASSWORD), "faux mot de passe")
    assert CacheRow.objects.filter(cache_key__contains="login_failed").exists()


def test_nobody_signs_up_and_nobody_asks_for_a_reset(client: Client, town: Town) -> None:
    for path in ("/signup/", "/accounts/signup/", "/compte/signup/", "/password/reset/"):
        assert client.get(path).status_code == 404
    assert "signup" not in client.get("/connexion/").content.decode()


def test_obligatory_second_factor_opens_nothing_until_it_is_set_up(
    client: Client, town: Town, entries: Entries
) -> None:
    member = town.member("investigator", password=PASSWORD)
    sign_in(client, member)
    assert client.get("/compte/")["Location"].startswith("/compte/second-facteur/activer/")
    assert client.get("/compte/", headers={"accept": "application/json"}).status_code == 403
    secret = enrol(client)
    assert client.get("/compte/").status_code == 200
    stored = Authenticator.objects.get(user=member, type="totp").data["secret"]
    assert secret not in stored
    assert [each.body["kind"] for each in entries("people.second_factor_set")] == ["totp", "recovery_codes"]


def test_second_factor_is_asked_at_sign_in_and_a_recovery_code_works_once(
    client: Client, town: Town, entries: Entries
) -> None:
    member = town.member("administrator", password=PASSWORD, everywhere=True)
    sign_in(client, member)
    secret = enrol(client)
    page = client.get("/compte/second-facteur/secours/").content.decode()
    recovery = re.findall(r"<code>(\w+)</code>", page)
    assert len(recovery) == 10
    client.post("/deconnexion/")
    cache.clear()  # a code may be used once: forget the one of the enrolment

    assert sign_in(client, member)["Location"] == "/connexion/code/"
    assert client.get("/compte/").status_code == 302, "the password alone opens nothing"
    assert client.post("/connexion/code/", {"code": "000000"}).status_code == 200
    client.post("/connexion/code/", {"code": code_for(secret)})
    assert client.get("/compte/").status_code == 200
    assert entries("people.signed_in")[-1].body["second_factor"] is True
    assert entries("people.sign_in_failed")[-1].body["step"] == "second_factor"

    for expected in (200, 302):
        client.post("/deconnexion/")
        sign_in(client, member)
        client.post("/connexion/code/", {"code": recovery[0]})
        assert client.get("/compte/").status_code == expected


def test_reset_of_the_second_factor_asks_for_another(client: Client, town: Town) -> None:
    member = town.member("security_officer", password=PASSWORD)
    sign_in(client, member)
    enrol(client)
    assert actions.reset_second_factor(member=member) == 2
    assert client.get("/compte/")["Location"].startswith("/compte/second-facteur/activer/")


def test_exercise_obliges_nobody_to_a_second_factor(client: Client, town: Town) -> None:
    Installation.objects.update(exercise=True)
    sign_in(client, town.member("administrator", password=PASSWORD, everywhere=True))
    assert client.get("/compte/").status_code == 200


def test_invitation_is_used_once_and_wants_a_strong_password(client: Client, town: Town) -> None:
    member = town.member("coordinator")
    path = actions.invite(member=member)
    form = client.get(path, follow=True).redirect_chain[-1][0]
    assert "set-password" in form
    weak = client.post(form, {"password1": "azerty123", "password2": "azerty123"})
    assert weak.status_code == 200
    client.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    sign_in(client, member)
    assert client.get("/compte/").status_code == 200
    late = Client().get(path)
    assert late.status_code == 200
    assert "password1" not in late.content.decode()


def test_password_change_ends_the_other_sessions(client: Client, town: Town, entries: Entries) -> None:
    member = town.member("coordinator", password=PASSWORD)
    other = Client()
    sign_in(client, member)
    sign_in(other, member)
    fresh = "un autre soir sur le beffroi"
    client.post("/compte/mot-de-passe/", {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh})
    assert client.get("/compte/").status_code == 200
    assert other.get("/compte/").status_code == 302
    assert entries("people.password_changed")


def test_sign_in_lasts_its_hours_from_the_first_however_busy(client: Client, town: Town) -> None:
    sign_in(client, town.member("coordinator", password=PASSWORD))
    lasts = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    with clock.use(clock.FixedClock(clock.now() + lasts - timedelta(minutes=1))):
        assert client.get("/compte/").status_code == 200
    with clock.use(clock.FixedClock(clock.now() + lasts + timedelta(minutes=1))):
        assert client.get("/compte/").status_code == 302
    assert client.get("/compte/").status_code == 302, "it does not come back"


def test_passwords_are_argon2(town: Town) -> None:
    assert town.member("coordinator", password=PASSWORD).password.startswith("argon2")


@pytest.mark.parametrize("weak", ["court", "123456789012", "motdepasse", "membre0@mairie.example"])
def test_weak_passwords_are_refused(town: Town, weak: str) -> None:
    from beffroi.foundation.errors import Invalid

    with pytest.raises(Invalid):
        town.member("coordinator", password=weak)
    assert not Member.objects.exists()


def test_next_leads_back_here_and_never_elsewhere(client: Client, town: Town) -> None:
    member = town.member("coordinator", password=PASSWORD)
    answer = client.get("/compte/mot-de-passe/")
    assert answer["Location"] == "/connexion/?next=%2Fcompte%2Fmot-de-passe%2F"
    data = {"login": member.email, "password": PASSWORD, "next": "https://mechant.example/"}
    assert "mechant" not in client.post("/connexion/", data)["Location"]


def test_refusal_of_a_member_is_in_the_journal(client: Client, town: Town, entries: Entries) -> None:
    member = town.member("referent")
    shut = doors.DoorShut(doors.decide(member, "duty.view", territory=OWN), member, OWN)
    actions.record_refusal(shut)
    entry = entries("people.refused")[0]
    assert (entry.actor, entry.body["action"], entry.body["territory"]) == (member.actor, "duty.view", OWN)


def test_unknown_address_costs_one_hash_like_a_member(
    client: Client, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = town.member("coordinator", password=PASSWORD)
    hashed: list[str] = []
    encode, verify = Argon2PasswordHasher.encode, Argon2PasswordHasher.verify

    def noted(kind: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def run(self: Argon2PasswordHasher, *args: Any, **kwargs: Any) -> Any:
            hashed.append(kind)
            return real(self, *args, **kwargs)

        return run

    monkeypatch.setattr(Argon2PasswordHasher, "encode", noted("unknown", encode))
    monkeypatch.setattr(Argon2PasswordHasher, "verify", noted("member", verify))
    for address in ("inconnu@ailleurs.example", member.email):
        client.post("/connexion/", {"login": address, "password": "faux mot de passe"})
    assert hashed == ["unknown", "member"]


def test_guessing_codes_is_throttled_too(client: Client, town: Town) -> None:
    member = town.member("administrator", password=PASSWORD, everywhere=True)
    sign_in(client, member)
    secret = enrol(client)
    client.post("/deconnexion/")
    cache.clear()
    sign_in(client, member)
    for guess in range(10):
        client.post("/connexion/code/", {"code": f"{guess:06d}"})
    client.post("/connexion/code/", {"code": code_for(secret)})
    assert client.get("/compte/").status_code == 302


def test_too_many_requests_are_told_on_a_page(client: Client, town: Town) -> None:
    answers = [client.post("/compte/mot-de-passe/choisir/1-x-y/") for _ in range(11)]
    assert answers[-1].status_code == 429
    assert "Trop de tentatives" in answers[-1].content.decode()


def test_addresses_that_a_stranger_claims_are_not_believed(
    client: Client, town: Town, entries: Entries
) -> None:
    member = town.member("coordinator", password=PASSWORD)
    for number in range(6):
        claimed = {"x-forwarded-for": f"192.0.2.{number}"}
        client.post("/connexion/", {"login": member.email, "password": "faux"}, headers=claimed)
    failures = entries("people.sign_in_failed")
    assert len({each.body["origin"] for each in failures}) == 1
    assert failures[-1].body["step"] == "throttled"


def test_address_comes_from_the_proxy_where_one_is_trusted(
    client: Client, town: Town, entries: Entries, settings: Any
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    member = town.member("coordinator", password=PASSWORD)
    for seen in ("192.0.2.1", "192.0.2.2", "203.0.113.9, 192.0.2.1"):
        data = {"login": member.email, "password": "faux"}
        client.post("/connexion/", data, headers={"x-forwarded-for": seen})
    first, second, third = (each.body["origin"] for each in entries("people.sign_in_failed"))
    assert first != second
    assert third == first, "what stands before the proxy's own word is the stranger's"
