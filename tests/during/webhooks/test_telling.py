"""Notifications before a real receiver: in order, signed, again when they fail, never skipped nor astray."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.during.webhooks.conftest import Configured, Subscribe, Tell, carry_all
from tests.during.webhooks.peers import Receiver, certificate, receiver

from beffroi.during.webhooks import actions, courier, queries
from beffroi.during.webhooks.errors import BadSubscription, UnknownSubscription
from beffroi.during.webhooks.rules import signing
from beffroi.foundation import clock
from beffroi.foundation.settings import BadSetting
from beffroi.journal import queries as journal
from beffroi.people import programs

pytestmark = [pytest.mark.room, pytest.mark.django_db]


@pytest.fixture
def peer() -> Iterator[Receiver]:
    """A receiver on loopback."""
    with receiver() as made:
        yield made


def test_what_happens_is_told_in_order_signed_with_as_little_as_will_do(
    subscribe: Subscribe, tell: Tell, peer: Receiver
) -> None:
    tell()  # before the subscription: not told
    one = subscribe(peer.url, kinds=["incident.acknowledged"])
    positions = [tell(number=n) for n in range(1, 31)]
    tell("handed_over")  # another kind
    tell(territory="other")  # another town
    assert carry_all() == 30
    assert [each.event["data"]["position"] for each in peer.got] == positions
    got = peer.got[0]
    assert got.path == "/beffroi?from=here"
    assert got.headers["content-type"] == "application/cloudevents+json"
    assert got.headers["webhook-id"] == f"msg_{one.id.hex}_{positions[0]}"
    assert got.headers["webhook-signature"] == signing.signature(
        one.secret,
        identifier=got.headers["webhook-id"],
        timestamp=int(got.headers["webhook-timestamp"]),
        body=got.body,
    )
    assert set(got.event["data"]) == {"territory", "position", "exercise", "incident", "link", "reference"}
    assert one.row.position == journal.head_position()
    assert carry_all() == 0


@pytest.mark.parametrize(
    ("act", "fault"),
    [(500, "http_500"), (404, "http_404"), ("away", "redirect"), ("slow", "timeout"), ("drip", "timeout"),
     ("cut", "unreachable")],
)  # fmt: skip
def test_what_fails_is_tried_again_under_the_same_identifier_before_what_follows(
    subscribe: Subscribe, tell: Tell, peer: Receiver, act: int | str, fault: str
) -> None:
    one = subscribe(peer.url)
    first, second = tell(), tell()
    peer.plan = [act]
    assert carry_all() == 0
    assert (one.row.failures, one.row.position < first) == (1, True)
    assert carry_all() == 0, "not before its time"
    assert carry_all(6.0) == 2
    identifiers = [each.headers["webhook-id"] for each in peer.got]
    assert identifiers[0] == identifiers[1] == f"msg_{one.id.hex}_{first}"
    assert identifiers[2] == f"msg_{one.id.hex}_{second}"
    assert all("again" not in each.path for each in peer.got), "a redirect is not followed"
    tries = queries.deliveries(one.id)
    assert [each.fault for each in tries] == ["", "", fault]
    assert [each.attempt for each in tries] == [1, 2, 1]
    assert (one.row.failures, one.row.failing_since) == (0, None)


def test_after_a_day_of_failures_it_is_paused_and_said_and_nothing_is_lost(
    subscribe: Subscribe, tell: Tell, peer: Receiver
) -> None:
    one = subscribe(peer.url)
    position = tell()
    peer.plan = [500] * 100
    at = 0.0
    for _try in range(60):
        carry_all(at)
        if one.row.state == "paused":
            break
        at = (one.row.next_at - clock.now()).total_seconds() + 0.1
    assert (one.row.state, one.row.why) == ("paused", "http_500")
    assert 86_400 <= at <= 86_400 + 10_900
    assert len(peer.got) < 20
    said = journal.entries_about(f"webhook:{one.id}")
    assert [each.fact for each in said] == ["webhook.made", "webhook.paused"]
    peer.plan.clear()
    peer.got.clear()
    tell()
    assert carry_all(at + 10) == 0
    actions.resume(subscription=one.id)
    assert carry_all() == 2
    assert peer.got[0].event["data"]["position"] == position


def test_a_receiver_that_is_gone_is_paused_at_once(subscribe: Subscribe, tell: Tell, peer: Receiver) -> None:
    one = subscribe(peer.url)
    tell()
    peer.plan = [410]
    carry_all()
    assert (one.row.state, one.row.why) == ("paused", "http_410")
    actions.resume(subscription=one.id, skip=True)
    assert carry_all() == 0


def test_a_process_that_ends_between_sending_and_marking_sends_again(
    subscribe: Subscribe, tell: Tell, peer: Receiver
) -> None:
    one = subscribe(peer.url)
    tell()
    now = clock.now()
    taken = courier.take(one.id, now)
    assert taken is not None
    held, ((position, event),) = taken
    identifier = f"msg_{one.id.hex}_{position}"
    lost = courier.send(held, identifier, event, now)  # and the process ends here
    assert courier.claim(now) == []
    assert courier.take(one.id, now) is None
    assert carry_all(60.0) == 1
    assert [each.headers["webhook-id"] for each in peer.got] == [identifier, identifier]
    # The one thought dead marks late: nothing moves, and it stops.
    assert not courier.mark(held, position, "incident.acknowledged", lost, now)


def test_a_program_without_its_right_is_told_nothing_more(
    subscribe: Subscribe, tell: Tell, peer: Receiver
) -> None:
    one = subscribe(peer.url)
    programs.revoke(program=one.program)
    position = tell()
    assert carry_all() == 0
    assert peer.got == []
    assert (one.row.state, one.row.why) == ("paused", "no_right")
    assert one.row.position < position


def test_an_ended_token_stops_notifications(subscribe: Subscribe, tell: Tell, peer: Receiver) -> None:
    one = subscribe(peer.url)
    tell()
    later = timedelta(days=31).total_seconds()
    assert carry_all(later) == 0
    assert (peer.got, one.row.why) == ([], "no_right")


def test_a_rotated_secret_signs_beside_the_former_for_a_day(
    subscribe: Subscribe, tell: Tell, peer: Receiver
) -> None:
    one = subscribe(peer.url)
    secret = actions.rotate(subscription=one.id)
    assert secret not in (one.secret, one.row.secret)
    tell()
    carry_all()
    tell()
    carry_all(25 * 3600)
    both, alone = (each.headers["webhook-signature"].split(" ") for each in peer.got)
    assert (len(both), len(alone)) == (2, 1)


def test_https_needs_a_certificate_that_is_trusted_for_the_name(
    subscribe: Subscribe, tell: Tell, tmp_path: Path, configured: Configured
) -> None:
    file = certificate(tmp_path / "own.pem")
    with receiver(file) as peer:
        one = subscribe(peer.url)
        tell()
        assert carry_all() == 0
        assert queries.deliveries(one.id)[0].fault == "certificate"
        assert peer.got == []
        configured(webhook_authority=file)
        assert carry_all(10.0) == 1
    other = certificate(tmp_path / "other.pem", host="other.example")
    configured(webhook_authority=other)
    with receiver(other) as peer:
        two = subscribe(peer.url)
        tell()
        assert courier.test(two.id).fault == "certificate"
        assert peer.got == []


def test_private_networks_are_refused_at_each_sending(
    subscribe: Subscribe, tell: Tell, peer: Receiver, configured: Configured
) -> None:
    one = subscribe(peer.url)
    tell()
    configured(webhook_networks="")
    assert carry_all() == 0
    assert queries.deliveries(one.id)[0].fault == "destination"
    for url in ("http://127.0.0.1/", "http://sig.example/"):
        with pytest.raises(BadSubscription, match="https"):
            subscribe(url)
    configured(webhook_networks="all")
    with pytest.raises(BadSetting):
        subscribe("http://127.0.0.1/")
    assert courier.test(one.id).fault == "destination"
    configured(webhook_networks="")
    two = subscribe("https://localhost:1/")  # a name that leads to a private address
    assert courier.test(two.id).fault == "destination"
    assert peer.got == []


def test_a_test_event_goes_beside_the_order(subscribe: Subscribe, peer: Receiver) -> None:
    one = subscribe(peer.url)
    before = one.row.position
    assert courier.test(one.id).taken
    assert peer.kinds == ["beffroi.webhook.test"]
    assert one.row.position == before


def test_what_cannot_be_subscribed(subscribe: Subscribe, peer: Receiver) -> None:
    for more in ({"kinds": ["people.signed_in"]}, {"territories": ["other"]}):
        with pytest.raises(BadSubscription):
            subscribe(peer.url, **more)
    one = subscribe(peer.url)
    actions.remove(subscription=one.id)
    assert one.row.secret == ""
    with pytest.raises(UnknownSubscription):
        actions.resume(subscription=one.id)
    assert queries.subscriptions() == []


def test_the_secret_is_sealed_and_the_journal_holds_no_address(subscribe: Subscribe, peer: Receiver) -> None:
    one = subscribe(peer.url)
    assert one.secret not in one.row.secret
    said = journal.entries_about(f"webhook:{one.id}")
    assert all("127.0.0.1" not in str(each.body) and one.secret not in str(each.body) for each in said)
