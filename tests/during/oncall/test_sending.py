"""The outbox against a real gateway and a real mail server: sent, tried again, given up, never doubled."""

from __future__ import annotations

import email
import email.policy
import ssl
import time
from datetime import timedelta

import pytest
from django.db import connection
from tests.during.oncall.conftest import NIGHT
from tests.during.oncall.peers import gateway as gateway_peer
from tests.during.oncall.peers import mail_server

from beffroi.during.oncall import actions, courier, gateways, mail, models
from beffroi.during.oncall.errors import BadGateway
from beffroi.foundation import clock

pytestmark = [pytest.mark.room, pytest.mark.django_db]


@pytest.fixture
def peer(configured, tmp_path):
    """A gateway declared as the Android application's, with a secret of its own file."""
    with gateway_peer() as found:
        file, secrets = tmp_path / "gateways.toml", tmp_path / "secrets.toml"
        secrets.write_text('password = "hunter22"\nreply = "r-token"\n')
        file.write_text(
            f'[sms]\nurl = "{found.url}"\nbasic = ["sms", "{{secret:password}}"]\n'
            'answer_id = "id"\nalready = [409]\n'
            'json = { id = "{id}", textMessage = { text = "{text}" }, phoneNumbers = ["{to}"] }\n'
            '[sms.reply]\ntoken = "{secret:reply}"\nfrom = "payload.phoneNumber"\ntext = "payload.message"\n'
            '[sms.report]\ntoken = "{secret:reply}"\nid = "payload.messageId"\nstate = "event"\n'
            'delivered = ["sms:delivered"]\nfailed = ["sms:failed"]\n'
        )
        configured(oncall_gateways=file, oncall_secrets=secrets, oncall_timeout_seconds=1)
        yield found


def carry(at) -> int:
    """Send what is due at an instant, one after the other."""
    with clock.use(clock.FixedClock(at)):
        letters = courier.claim(at)
        for each in letters:
            courier.carry(each)
    return len(letters)


def sms() -> models.Message:
    return models.Message.objects.filter(channel="sms").order_by("made_at").first()


def later(seconds: float):
    return NIGHT + timedelta(seconds=seconds)


def test_a_text_goes_out_with_its_number_its_key_and_its_link(rota, burglary, peer, at_night):
    actions.step(later(6))
    assert carry(later(7)) == 1
    (got,) = peer.got
    assert got.json["phoneNumbers"] == ["+33612345601"] and got.json["id"] == str(sms().pk)
    assert "/a/" in got.json["textMessage"]["text"] and "{link}" not in got.json["textMessage"]["text"]
    assert got.headers["authorization"].startswith("Basic ") and got.headers["idempotency-key"] == str(
        sms().pk
    )
    assert (sms().state, sms().gateway_id, sms().attempts) == ("sent", "gw-1", 1)
    assert carry(later(30)) == 0


@pytest.mark.parametrize("first", [500, 503, 429, "cut", "slow", "drip"])
def test_what_may_pass_is_tried_again_under_the_same_key(rota, burglary, peer, at_night, first):
    peer.plan = [first]
    peer.slow_s = 1.5
    actions.step(later(6))
    carry(later(7))
    assert (sms().state, sms().attempts) == ("queued", 1) and sms().fault
    assert not [each for each in courier.claim(later(9)) if each.channel == "sms"]
    carry(later(13))
    assert (sms().state, sms().attempts, sms().fault) == ("sent", 2, "")
    assert len({each.json["id"] for each in peer.got}) == 1 and len(peer.accepted) == 1


@pytest.mark.parametrize(
    ("status", "state"), [(400, "failed"), (401, "failed"), (302, "failed"), (409, "sent")]
)
def test_what_will_not_pass_is_given_up(rota, burglary, peer, status, state):
    peer.plan = [status]
    actions.step(later(6))
    carry(later(7))
    assert sms().state == state
    assert carry(later(60)) == 0 or sms().state == state


def test_a_channel_that_fails_brings_the_next_one_forward(rota, burglary, peer, at_night, configured):
    configured(smtp_host="127.0.0.1")
    peer.plan = [400]
    actions.step(later(6))
    other = models.Message.objects.get(channel="email")
    assert other.next_at == later(66)
    carry(later(7))
    other.refresh_from_db()
    assert other.next_at == later(7)


def test_after_six_tries_it_is_given_up(rota, burglary, peer, at_night):
    peer.plan = [500] * 10
    actions.step(later(6))
    for second in range(10, 290, 5):
        carry(later(second))
    assert (sms().state, sms().attempts) == ("failed", 6)
    assert len(peer.got) == 6


def test_a_message_left_on_its_way_is_sent_again(rota, burglary, peer, at_night):
    actions.step(later(6))
    (lost,) = courier.claim(later(7))  # and the process ends here
    assert courier.claim(later(8)) == []
    (again,) = courier.claim(later(11))
    assert again.id == lost.id and again.attempts == 2
    courier.mark(lost, gateways.Result(False, fault="timeout"), later(11))
    assert sms().state == "sending"
    courier.mark(again, gateways.Result(True), later(12))
    assert sms().state == "sent"


def test_acknowledged_meanwhile_nothing_more_goes_out(rota, burglary, peer, at_night):
    actions.step(later(6))
    actions.take(incident=burglary.pk, member=rota.deputy, how="page", at=later(6))
    assert carry(later(70)) == 0 and peer.got == []


def test_a_storm_rings_a_person_six_times_in_ten_minutes_and_a_life_always(rota, burglary, peer):
    actions.step(later(6))
    alert = models.Alert.objects.get()
    for number in range(8):
        models.Message.objects.create(
            alert=alert,
            member=rota.mayor,
            channel="sms",
            round=10 + number,
            text="x",
            next_at=later(6),
            made_at=later(6),
        )
    for _ in range(5):
        carry(later(7))
    assert len(peer.got) == 6
    assert carry(later(60)) == 0
    alert.life = True
    alert.save()
    while carry(later(70)):
        pass
    assert len(peer.got) == 9


def test_an_exercise_never_reaches_the_gateway_even_where_it_was_queued(rota, burglary, peer, at_night):
    actions.step(later(6))
    models.Message.objects.update(exercise=True)
    carry(later(7))
    assert sms().state == "kept" and peer.got == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[sms", "cannot be read"),
        ('[fax]\nurl = "http://x"\njson = { a = "{to}{text}" }', "is not one of"),
        ('[sms]\nurl = "ftp://x"\njson = { a = "{to}{text}" }', "http"),
        ('[sms]\nurl = "http://x"', "needs one of"),
        ('[sms]\nurl = "http://x"\njson = { a = "{to}{txt}" }', "unknown"),
        ('[sms]\nurl = "http://x"\njson = { a = "{to}{text}", b = "{secret:none}" }', "unknown"),
        ('[sms]\nurl = "http://x"\njson = { a = "{to}" }', "must put in"),
        ('[sms]\nurl = "http://x"\nqerty = 3\njson = { a = "{to}{text}" }', "cannot be read"),
    ],
)
def test_a_declaration_that_cannot_work_is_refused_with_its_reason(configured, tmp_path, text, why):
    file = tmp_path / "g.toml"
    file.write_text(text)
    configured(oncall_gateways=file)
    with pytest.raises(BadGateway, match=why):
        gateways.declared()


def test_ovhs_form_is_a_query_and_its_refusal_is_a_sentence(configured, tmp_path):
    with gateway_peer() as peer:
        file, secrets = tmp_path / "g.toml", tmp_path / "s.toml"
        secrets.write_text('ovh = "p&ss"')
        file.write_text(
            f'[sms]\nurl = "{peer.url}"\nmethod = "GET"\nanswer_begins = "OK"\n'
            'query = { account = "sms-ab1-1", login = "b", password = "{secret:ovh}", from = "Mairie", '
            'to = "{to_00}", message = "{text}", noStop = "1" }\n'
        )
        configured(oncall_gateways=file, oncall_secrets=secrets)
        found = gateways.declared()["sms"]
        peer.answer = b"OK\n85.95\n123456789\n"
        assert gateways.send(found, to="+33612345601", text="a & b", key="k").sent
        peer.answer = b"KO\nInvalid login\n"
        assert gateways.send(found, to="+33612345601", text="x", key="k") == gateways.Result(
            False, fault="refused"
        )
    assert peer.got[0].method == "GET" and peer.got[0].query["to"] == "0033612345601"
    assert peer.got[0].query["message"] == "a & b" and peer.got[0].query["password"] == "p&ss"


def test_a_mail_goes_out_encrypted_and_signed_in(rota, burglary, configured, tmp_path, monkeypatch):
    with mail_server(tmp_path) as server:
        configured(
            smtp_host="127.0.0.1",
            smtp_port=server.port,
            smtp_user="beffroi",
            smtp_password="x",
            smtp_from="beffroi@village.example",
        )
        actions.step(later(6))
        carry(later(7))
        row = models.Message.objects.get(channel="email")
        assert (row.state, row.fault) == ("queued", "tls")  # a certificate that nobody vouches for
        trusted = ssl.create_default_context(cafile=str(server.certificate))
        monkeypatch.setattr(mail.ssl, "create_default_context", lambda: trusted)
        carry(later(14))
    row.refresh_from_db()
    assert row.state == "sent"
    (taken,) = server.taken
    said = email.message_from_string(taken.text, policy=email.policy.default)
    assert taken.encrypted and taken.user == "beffroi" and taken.to == ["mayor@village.example"]
    assert "CONFIRME" in said["Subject"] and said["Message-ID"] == f"<{row.pk}@village.example>"
    assert "/a/" in said.get_content()


@pytest.mark.parametrize("refused", [("450 busy", "queued"), ("550 no such", "failed")])
def test_a_mail_refused_for_now_is_tried_again(rota, burglary, configured, tmp_path, refused):
    reply, state = refused
    with mail_server(tmp_path, starttls=False) as server:
        configured(
            smtp_host="127.0.0.1", smtp_port=server.port, smtp_security="none", smtp_from="b@village.example"
        )
        server.refuse = [reply]
        actions.step(later(6))
        carry(later(7))
    row = models.Message.objects.get(channel="email")
    assert row.state == state and row.fault == f"smtp_{reply[:3]}"


def test_mail_is_never_sent_in_clear_to_another_machine(configured, tmp_path):
    with mail_server(tmp_path, starttls=False) as server:  # it offers no encryption: nothing is said to it
        configured(smtp_host="127.0.0.1", smtp_port=server.port, smtp_from="b@village.example")
        refused = mail.send(to="a@b.example", text="x\n\ny", key="k")
    assert refused == gateways.Result(False, fault="not_encrypted") and not server.taken
    configured(smtp_host="192.0.2.1", smtp_security="none")
    assert mail.send(to="a@b.example", text="x\n\ny", key="k") == gateways.Result(
        False, fault="not_encrypted"
    )


@pytest.mark.django_db(transaction=True)
def test_a_slow_gateway_holds_up_nobody_else(rota, happen, peer, configured):
    configured(oncall_timeout_seconds=4)
    peer.plan, peer.slow_s = ["slow"], 2.0
    happen(("panic.holdup", "P-9", 0.0))
    actions.step(later(1))
    models.Message.objects.update(next_at=later(-1))
    carrier = courier.courier()
    began = time.monotonic()
    carrier.tend()
    while models.Message.objects.filter(state="sent").count() < 1 and time.monotonic() < began + 8:
        time.sleep(0.05)
    assert time.monotonic() - began < 2.0, "the second waited for the first"
    carrier.stop()
    assert {each.state for each in models.Message.objects.filter(channel="sms")} == {"sent"}
    connection.close()
