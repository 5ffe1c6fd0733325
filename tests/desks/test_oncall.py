"""The village's pages: the rota, one's own calls, answers by address, links in one browser, replies."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.test import Client
from tests.during.oncall.conftest import (  # noqa: F401 - fixtures of the village
    NIGHT,
    add,
    at_night,
    burglary,
    configured,
    happen,
    rota,
    village,
)

from beffroi.api import oncall_replies
from beffroi.desks.oncall import partner
from beffroi.during.oncall import actions, courier, links, models, texts, tokens
from beffroi.foundation import clock
from beffroi.journal import queries as journal
from beffroi.people import actions as people

pytestmark = [pytest.mark.desk, pytest.mark.django_db]


def signed_in(member, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(member)
    return client


def facts(name: str) -> list[dict]:
    entries = journal.numbered("territory:village", after=0, limit=1000)
    return [dict(each.body) for each in entries if each.fact == name]


@pytest.fixture
def operator(village):  # noqa: F811
    """Somebody at the duty desk, by day."""
    return people.create_member(
        email="op@village.example", display_name="Op", organisation=village.mayor.organisation,
        roles=["operator"], territories=[village.key],
    )  # fmt: skip


# --- the rota ---


def test_the_board_says_who_is_on_call_and_when_nobody_is(rota, at_night):  # noqa: F811
    actions.add_replacement(
        territory=rota.key, member=None, rank=1, starts_at=NIGHT + timedelta(days=3),
        ends_at=NIGHT + timedelta(days=4), actor="system",
    )  # fmt: skip
    deputy = models.Line.objects.get(rank=2)
    actions.take_away(territory=rota.key, line=deputy.pk, actor="system")
    page = signed_in(rota.mayor).get("/veille/astreinte/").content.decode()
    assert "Mayor" in page and "In the coming four weeks nobody is on call 1 time" in page
    assert "nothing reaches them" in page  # no gateway is set up here
    assert "345601" not in page


def test_who_keeps_the_rota_adds_replaces_and_takes_away(village, at_night):  # noqa: F811
    browser, page = signed_in(village.coordinator), f"/veille/astreinte/{village.key}/"
    line = {
        "do": "line", "member": village.mayor.pk, "rank": "1", "days": ["0", "1", "7"], "begins": "18:00",
        "ends": "08:00", "first": "2026-11-01", "last": "",
    }  # fmt: skip
    assert browser.post(page, line).status_code == 302
    kept = models.Line.objects.get()
    assert (kept.days, kept.rank, kept.member) == ([0, 1, 7], 1, village.mayor)
    replaced = {
        "do": "replacement", "member": "nobody", "rank": "1", "starts_at": "2026-12-24T18:00",
        "ends_at": "2026-12-26T08:00",
    }  # fmt: skip
    assert browser.post(page, replaced).status_code == 302
    assert models.Replacement.objects.get().starts_at.isoformat() == "2026-12-24T17:00:00+00:00"
    waking = {
        "do": "waking", "threshold": "to_check", "life_threshold": "to_check", "at_least": "40",
        "wait_s": "30", "next_s": "",
    }  # fmt: skip
    assert browser.post(page, waking).status_code == 302
    assert models.Waking.objects.get().at_least == 0.4
    contact = {
        "do": "contact", "member": village.mayor.pk, "mobile": "06 12 34 56 01", "email": "",
        "channel1": "voice", "channel2": "sms", "channel3": "",
    }  # fmt: skip
    assert browser.post(page, contact).status_code == 302
    assert models.Contact.objects.get().channels == ["voice", "sms"]
    assert "+33612345601" in browser.get(page).content.decode()
    assert browser.post(page, {"do": "remove", "line": kept.pk}).status_code == 302
    assert not models.Line.objects.exists()
    assert [each["what"] for each in facts("oncall.rota_changed")] == [
        "line_added",
        "replaced",
        "line_removed",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"do": "line", "rank": "1", "days": [], "begins": "18:00", "ends": "08:00", "first": "2026-11-01"},
        {"do": "line", "rank": "9", "days": ["1"], "begins": "18:00", "ends": "08:00", "first": "2026-11-01"},
        {"do": "line", "rank": "1", "days": ["1"], "begins": "25:00", "ends": "08:00", "first": "2026-11-01"},
        {"do": "replacement", "rank": "1", "starts_at": "2026-12-24T18:00", "ends_at": "2026-12-23T18:00"},
        {"do": "waking", "threshold": "x", "life_threshold": "to_check"},
        {"do": "waking", "threshold": "to_check", "life_threshold": "to_check", "at_least": "²"},
        {"do": "contact", "mobile": "12"},
        {"do": "test", "channel": "sms"},
        {"do": "remove", "line": "x"},
        {"do": "remove", "line": str(UUID(int=3))},
        {"do": "nothing"},
        {},
    ],
)
def test_what_cannot_be_is_refused_with_its_reason_and_changes_nothing(village, at_night, wrong):  # noqa: F811
    page = f"/veille/astreinte/{village.key}/"
    answer = signed_in(village.coordinator).post(page, {"member": village.mayor.pk, **wrong})
    assert 400 <= answer.status_code < 500
    assert not models.Line.objects.exists() and not models.Replacement.objects.exists()
    assert not models.Waking.objects.exists() and not models.Contact.objects.exists()


def test_numbers_are_seen_by_who_keeps_the_rota_and_by_oneself_only(rota, operator, at_night):  # noqa: F811
    keeper = signed_in(rota.coordinator).get(f"/veille/astreinte/{rota.key}/").content.decode()
    assert "+33612345601" in keeper and "+33612345602" in keeper
    mine = signed_in(rota.mayor).get("/astreinte/").content.decode()
    assert "+33612345601" in mine and "+33612345602" not in mine
    assert signed_in(rota.mayor).get(f"/veille/astreinte/{rota.key}/").status_code == 403
    for path in ("/veille/", "/veille/astreinte/"):
        assert "3456" not in signed_in(operator).get(path).content.decode().split("</head>")[1]


def test_a_keeper_of_one_village_does_not_touch_people_of_another(rota, at_night):  # noqa: F811
    answer = signed_in(rota.coordinator).post(
        f"/veille/astreinte/{rota.key}/",
        {"do": "contact", "member": rota.resident.pk, "mobile": "0612345699"},
    )
    assert answer.status_code == 422
    assert not models.Contact.objects.filter(member=rota.resident).exists()


# --- calls ---


def test_my_page_shows_what_i_am_called_for_and_takes_it(rota, burglary, at_night):  # noqa: F811
    browser = signed_in(rota.mayor)
    assert "Nobody needs you now." in browser.get("/astreinte/").content.decode()
    actions.step(NIGHT + timedelta(seconds=6))
    page = browser.get("/astreinte/").content.decode()
    assert burglary.reference in page and "I take it" in page
    assert browser.post("/astreinte/", {"do": "take", "incident": burglary.pk}).status_code == 302
    burglary.refresh_from_db()
    assert burglary.acknowledged_by == rota.mayor.actor
    assert facts("oncall.answered")[0]["how"] == "page"


def test_who_was_not_called_takes_nothing_from_their_page(rota, burglary, at_night):  # noqa: F811
    actions.step(NIGHT + timedelta(seconds=1))
    signed_in(rota.coordinator).post("/astreinte/", {"do": "take", "incident": burglary.pk})
    burglary.refresh_from_db()
    assert burglary.acknowledged_at is None


@pytest.fixture
def called(rota, burglary, configured, tmp_path, at_night):  # noqa: F811
    """The mayor is called by text; the address of the answer in it."""
    file = tmp_path / "g.toml"
    file.write_text(
        '[sms]\nurl = "http://127.0.0.1:9/x"\nform = { To = "{to}", Body = "{text}" }\n'
        '[sms.reply]\nkind = "form"\n'
        'token = "{secret:reply}"\nfrom = "From"\ntext = "Body"\n[sms.report]\nkind = "form"\n'
        'token = "{secret:reply}"\nid = "MessageSid"\nstate = "MessageStatus"\ndelivered = ["delivered"]\n'
        'failed = ["undelivered"]\n'
    )
    (tmp_path / "s.toml").write_text('reply = "the-token"')
    configured(oncall_gateways=file, oncall_secrets=tmp_path / "s.toml")
    actions.step(NIGHT + timedelta(seconds=6))
    return models.Message.objects.get(member=rota.mayor, channel="sms")


def test_an_answers_address_shows_the_incident_and_a_press_takes_it(called, burglary, rota):  # noqa: F811
    path = texts.answer_address(tokens.of_answer(called.pk)).partition("8420")[2]
    browser = Client(headers={"accept-language": "fr"})
    page = browser.get(path)
    said = page.content.decode()
    assert page.status_code == 200 and burglary.reference in said and "Je m’en occupe" in said
    assert "no-store" in page["Cache-Control"] and "noindex" in page["X-Robots-Tag"]
    assert page["Referrer-Policy"] == "same-origin"
    burglary.refresh_from_db()
    assert burglary.acknowledged_at is None, "looking must take nothing: programs preview addresses"
    assert browser.post(path, {"do": "take"}).status_code == 302
    burglary.refresh_from_db()
    assert burglary.acknowledged_by == rota.mayor.actor
    assert "Vous vous en occupez" in browser.get(path).content.decode()
    made = browser.post(path, {"do": "link", "whom": "gendarmerie"}).content.decode()
    assert "/i/" in made and facts("oncall.link_made")[0]["whom"] == "gendarmerie"


def test_an_answers_address_passes_on_and_ends_after_its_time(called, rota):  # noqa: F811
    path = f"/a/{tokens.of_answer(called.pk)}/"
    Client().post(path, {"do": "pass"})
    assert facts("oncall.passed_on")[0]["how"] == "page"
    assert Client().get("/a/" + "A" * 22 + "/").status_code == 404
    with clock.use(clock.FixedClock(NIGHT + timedelta(hours=13))):
        assert Client().get(path).status_code == 404


# --- links ---


def test_a_link_opens_once_in_one_browser_and_each_opening_is_written(rota, burglary, operator):  # noqa: F811
    made = signed_in(operator).post(f"/veille/{burglary.pk}/lien/", {"whom": "gendarmerie"})
    path = "/i/" + made.content.decode().partition("/i/")[2].partition("/")[0] + "/"
    assert path.removeprefix("/i/").strip("/") not in str(
        journal.numbered("territory:village", after=0, limit=99)
    )
    gendarme, other = Client(headers={"accept-language": "fr"}), Client(headers={"accept-language": "fr"})
    preview = gendarme.get(path).content.decode()
    assert "Ouvrir" in preview and burglary.reference not in preview and facts("oncall.link_opened") == []
    opened = gendarme.post(path)
    assert opened.status_code == 302
    cookie = opened.cookies[partner.COOKIE]
    assert cookie["httponly"] and cookie["path"] == path and cookie["samesite"] == "Lax"
    shown = gendarme.get(path)
    said = shown.content.decode()
    assert burglary.reference in said and "Cambriolage" in said and "<svg viewBox" in said
    assert "no-store" in shown["Cache-Control"] and "noindex" in shown["X-Robots-Tag"]
    assert "Mayor" not in said and "@" not in said.partition("<main")[2]
    assert other.get(path).status_code == 410 and other.post(path).status_code == 410
    assert other.get(path).status_code == 410
    assert [each["opening"] for each in facts("oncall.link_opened")] == [1, 2]
    assert len(facts("oncall.link_refused")) == 1
    forged = Client()
    forged.cookies[partner.COOKIE] = "x" * 43
    assert forged.get(path).status_code == 410


def test_a_link_ends_with_its_time_and_when_it_is_taken_back(rota, burglary, operator):  # noqa: F811
    first = links.make(incident=burglary.pk, whom="fire_brigade", actor="system")
    second = links.make(incident=burglary.pk, whom="police", actor="system")
    assert models.Link.objects.filter(token_hash__contains=first.token).count() == 0
    browser = signed_in(operator)
    assert browser.post(f"/veille/{burglary.pk}/lien/{first.id}/retirer/").status_code == 302
    assert Client().get(f"/i/{first.token}/").status_code == 404
    assert Client().get(f"/i/{second.token}/").status_code == 200
    with clock.use(clock.FixedClock(NIGHT + timedelta(minutes=46))):
        assert Client().get(f"/i/{second.token}/").status_code == 404
        assert Client().post(f"/i/{second.token}/").status_code == 404
    assert len(facts("oncall.link_revoked")) == 1


def test_the_sheet_says_who_was_called_and_lists_links_without_their_secret(called, burglary, operator):  # noqa: F811
    made = links.make(incident=burglary.pk, whom="police", actor="system")
    page = signed_in(operator).get(f"/veille/{burglary.pk}/").content.decode()
    assert "Being called" in page and "Mayor" in page and "not opened yet" in page
    assert made.token not in page and "345601" not in page
    assert "on call ·" in page


# --- what a gateway posts ---


def post(path: str, body: bytes, **headers: str) -> tuple[int, dict]:
    async def run() -> tuple[int, dict]:
        scope = {
            "type": "http", "method": "POST", "path": path, "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }  # fmt: skip
        talk = ApplicationCommunicator(oncall_replies.application, scope)
        await talk.send_input({"type": "http.request", "body": body, "more_body": False})
        started = await talk.receive_output(timeout=10)
        answered = await talk.receive_output(timeout=10)
        return started["status"], json.loads(answered["body"])

    return async_to_sync(run)()


def test_a_reply_takes_the_incident_in_the_name_of_whose_number_it_is(called, burglary, rota):  # noqa: F811
    body = f"From=%2B33612345601&Body=1+{called.alert.code}".encode()
    assert post("/api/v1/oncall/reply/sms", body, authorization="Bearer wrong")[0] == 401
    assert post("/api/v1/oncall/reply/sms", body)[0] == 401
    assert post("/api/v1/oncall/reply/voice", body, authorization="Bearer the-token")[0] == 401
    assert post("/api/v1/oncall/reply/sms", b"Body=1", authorization="Bearer the-token")[0] == 422
    burglary.refresh_from_db()
    assert burglary.acknowledged_at is None
    assert post("/api/v1/oncall/reply/sms", body, authorization="Bearer the-token") == (200, {"taken": True})
    burglary.refresh_from_db()
    assert burglary.acknowledged_by == rota.mayor.actor
    note = models.Message.objects.get(purpose="taken")
    assert note.member == rota.mayor and "{link}" in note.text
    assert post("/api/v1/oncall/reply/sms/the-token", body)[0] == 200
    assert len(facts("oncall.answered")) == 1


def test_a_reply_that_passes_on_calls_the_next(called, rota):  # noqa: F811
    post("/api/v1/oncall/reply/sms/the-token", b"From=0033612345601&Body=Non+merci")
    passed = models.Alert.objects.get()  # a bare application has the machine's own clock
    assert passed.passed == [str(rota.mayor.pk)]
    actions.step(passed.due_at + timedelta(seconds=1))
    assert [each["ranks"] for each in facts("oncall.called")] == [[1], [2]]


def test_a_delivery_report_is_kept(called):
    with clock.use(clock.FixedClock(NIGHT + timedelta(seconds=8))):
        (letter,) = courier.claim(clock.now())
        courier.mark(letter, courier.Result(True, "SM123"), clock.now())
        told = post("/api/v1/oncall/report/sms/the-token", b"MessageSid=SM123&MessageStatus=delivered")
    assert told[0] == 200
    called.refresh_from_db()
    assert called.delivered_at is not None and called.gateway_id == "SM123"
    assert post("/api/v1/oncall/report/sms/the-token", b"MessageSid=SM9&MessageStatus=delivered")[0] == 200
    assert post("/api/v1/oncall/report/sms/the-token", b"\xff\xfe")[0] == 422


def test_addresses_agree_with_the_room():
    from django.urls import reverse

    assert reverse("oncall_answer", args=["x"]) == f"{texts.ANSWER_STEM}x/"
