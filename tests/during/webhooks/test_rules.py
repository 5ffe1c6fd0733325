"""Signatures, pauses, destinations, events: the pure decisions."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.during.webhooks.rules import destinations, events, retrying, signing

pytestmark = pytest.mark.unit


def test_a_signature_is_that_of_the_published_example() -> None:
    """The example of the Standard Webhooks specification and its reference libraries."""
    made = signing.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        identifier="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_while_a_secret_is_replaced_both_sign() -> None:
    secrets = [signing.written(bytes([n]) * 32) for n in (1, 2)]
    both = signing.headers(secrets, identifier="m", timestamp=1, body=b"{}")["webhook-signature"].split(" ")
    assert both == [signing.signature(each, identifier="m", timestamp=1, body=b"{}") for each in secrets]
    assert len(set(both)) == 2


def test_pauses_grow_and_a_day_of_failures_pauses() -> None:
    pauses = [retrying.pause_s(n) for n in range(1, 12)]
    assert pauses == sorted(pauses)
    assert pauses[0] == 5.0
    assert pauses[-1] <= 86_400 / 4
    assert not retrying.gives_up(86_399, "timeout")
    assert retrying.gives_up(86_400, "timeout")
    assert retrying.gives_up(0, "http_410")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/", "https://", "https://user:pw@a.example/", "https://a.example/#x", "https://a b/",
        "https://a.example:0/", "https://a.example:99999/", "//a.example", "https://[::1", "javascript:1",
        "https://a.example/" + "x" * 500, "https://a.example/\r\nHost: b",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_receiver(url: str) -> None:
    assert destinations.url_fault(url)


def test_an_address_of_a_receiver() -> None:
    assert destinations.url_fault("https://sig.redon.example:8443/in?x=1") == ""


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::",
        "2002:a00:1::", "not an address", "",
    ],
)  # fmt: skip
def test_no_private_address_is_spoken_to_unless_it_is_named(address: str) -> None:
    assert not destinations.may_reach(address, allowed=[], secure=True)
    assert not destinations.may_reach(address, allowed=[], secure=False)


def test_named_networks_and_public_addresses() -> None:
    allowed = destinations.networks("10.0.0.0/8, 127.0.0.0/8")
    assert destinations.may_reach("10.1.2.3", allowed=allowed, secure=True)
    assert not destinations.may_reach("192.168.1.1", allowed=allowed, secure=True)
    assert destinations.may_reach("1.1.1.1", allowed=[], secure=True)
    assert destinations.may_reach("2606:4700::1111", allowed=[], secure=True)
    # Plain http: to an allowed loopback only.
    assert destinations.may_reach("127.0.0.1", allowed=allowed, secure=False)
    assert not destinations.may_reach("10.1.2.3", allowed=allowed, secure=False)
    assert not destinations.may_reach("1.1.1.1", allowed=allowed, secure=False)


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_has_its_fault(text: str) -> None:
    assert isinstance(destinations.url_fault(text), str)
    assert destinations.may_reach(text, allowed=[], secure=True) in (True, False)


def test_an_event_holds_identifiers_and_nothing_that_the_entry_said_besides() -> None:
    made = events.event(
        address="https://b.example",
        position=7,
        territory="redon",
        fact="incident.opened",
        subject="incident:0190",
        time=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        body={"number": 12, "act": "burglary", "device": "P-1", "digest": "ab", "exercise": True},
    )
    assert made["type"] == "beffroi.incident.opened"
    assert made["time"] == "2026-01-02T03:04:05Z"
    assert made["data"] == {
        "territory": "redon",
        "position": 7,
        "exercise": True,
        "incident": "0190",
        "reference": "I-12",
        "link": "https://b.example/api/v1/incidents/0190",
    }
    assert "burglary" not in json.dumps(made)
    assert "P-1" not in json.dumps(made)


def test_every_kind_is_a_fact_of_the_house() -> None:
    import beffroi.during.incident.facts
    import beffroi.during.oncall.facts
    import beffroi.territory.facts  # noqa: F401 - each declares its facts
    from beffroi.journal.facts import declared

    assert set(events.KINDS) <= {name for name, _version in declared()}
