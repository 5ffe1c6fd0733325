"""What is read of CAP alerts, and what is refused."""

from __future__ import annotations

import codecs
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.during.intake.fuzzing import INPUTS, assert_sound, damaged
from tests.real_data import need

from beffroi.during.intake.connectors import DURABLE, WebConnector, WebMessage
from beffroi.during.intake.connectors.cap.connector import CONNECTOR
from beffroi.during.intake.connectors.cap.read import read as read_alert
from beffroi.during.intake.rules import Draft, Speaker, Unreadable
from beffroi.foundation.geography import Position, distance_m
from beffroi.foundation.identifiers import uuid7

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 1, 21, 16, tzinfo=UTC)
SEED = (Path(__file__).parent / "messages" / "flood.xml").read_bytes()
SOURCE = Speaker(id=uuid7(), key="vigilance", territory="redon", connector="cap")
REFERENCES = (
    b"<references>vigilance@service.example,LATER,2026-03-01T20:00:00+01:00\n"
    b"vigilance@service.example,FIRST,2026-03-01T19:00:00+01:00</references><info>"
)
FILES = (
    *("NOAA_MultiplePolygons.txt", "australia.cap", "canada.cap", "canada_signed.cap", "sweden.cap"),
    *("earthquake-iso8859-1.cap", "no_info_tag.cap", "earthquake.cap", "invalid.cap"),
)


def read(body: bytes, now: datetime = NOW) -> list[Draft | Unreadable]:
    return list(CONNECTOR.read_web(SOURCE, WebMessage("application/cap+xml", body), now))


def one(*changes: tuple[str, str]) -> Draft:
    body = SEED.decode()
    for old, new in changes:
        assert old in body, old
        body = body.replace(old, new)
    [draft] = read(body.encode())
    assert isinstance(draft, Draft)
    return draft


def referring(*changes: tuple[str, str]) -> Draft:
    return one(("  <info>\n    <language>fr-FR", REFERENCES.decode() + "<language>fr-FR"), *changes)


def test_it_is_a_durable_web_connector() -> None:
    assert isinstance(CONNECTOR, WebConnector) and CONNECTOR.guarantee == DURABLE


def test_a_warning_says_what_where_and_until_when() -> None:
    draft = one()
    assert (draft.kind, draft.certainty, draft.exercise) == ("hazard.warning", 0.75, False)
    assert draft.seen_at == datetime(2026, 3, 1, 21, 15, tzinfo=UTC)
    assert draft.lat == pytest.approx(47.65) and draft.lon == pytest.approx(-2.08)
    corner = distance_m(Position(47.65, -2.08), Position(47.66, -2.07))
    assert draft.radius_m == pytest.approx(corner, abs=1)
    assert draft.content["event"] == "Crue rapide & débordement"
    assert draft.content["areas"] == ["Quais de Redon"]
    assert draft.content["expires"] == "2026-03-02T06:00:00+01:00"


def test_prose_is_never_kept() -> None:
    assert not any(word in repr(one()) for word in ("Dupont", "évitez", "rivière"))


def test_the_gravest_info_speaks() -> None:
    draft = one(("<language>en</language>", "<language>en</language><!-- -->"), ("Severe", "Moderate"))
    assert draft.content["event"] == "Crue rapide & débordement", "of equals the first"
    text = SEED.decode()
    at = text.rindex("Severe")
    [graver] = read((text[:at] + "Extreme" + text[at + 6 :]).encode())
    assert isinstance(graver, Draft)
    assert (graver.content["event"], graver.radius_m) == ("Flash flood", 1500.0)


@pytest.mark.parametrize(
    ("urgency", "severity", "kind"),
    [
        ("Immediate", "Moderate", "hazard.warning"),
        ("Expected", "Minor", "technical.other"),
        ("Future", "Moderate", "technical.other"),
        ("Future", "Severe", "hazard.warning"),
        ("Unknown", "Extreme", "hazard.warning"),
        ("Unknown", "Unknown", "technical.other"),
        ("Past", "Extreme", "technical.other"),
    ],
)
def test_what_is_grave_enough(urgency: str, severity: str, kind: str) -> None:
    assert one(("Expected", urgency), ("Severe", severity)).kind == kind


def test_what_is_unlikely_or_over_is_no_warning() -> None:
    assert one(("Likely", "Unlikely")).kind == "technical.other"
    assert one(("2026-03-02T06:00:00+01:00", "2026-03-01T22:15:30+01:00")).kind == "technical.other"
    assert one(("Likely", "Very Likely")).certainty == 0.75
    assert one(("Likely", "Unknown")).certainty is None


def test_status_decides_which_world() -> None:
    assert one(("Actual", "Exercise")).exercise
    assert one(("Actual", "Test")).kind == "test.periodic"
    for status in ("System", "Draft"):
        assert read(SEED.replace(b"Actual", status.encode())) == []
    for answer in ("Ack", "Error"):
        assert read(SEED.replace(b"<msgType>Alert", f"<msgType>{answer}".encode())) == []


def test_an_update_and_an_end_lead_to_the_first_of_their_line() -> None:
    first = one()
    assert first.name == "2.49.0.0.250.0.FR.20260301211500.1"
    update = referring(("<msgType>Alert", "<msgType>Update"))
    assert (update.kind, update.name) == ("hazard.warning", "FIRST")
    assert update.key == first.key, "named by sender, identifier and time"
    end = referring(("<msgType>Alert", "<msgType>Cancel"))
    assert (end.kind, end.name, end.lat) == ("alarm.restored", "FIRST", None)
    clear = referring(("<msgType>Alert", "<msgType>Update"), ("Expected", "Past"))
    assert (clear.kind, clear.name) == ("alarm.restored", "FIRST")
    with pytest.raises(Unreadable) as caught:
        read(SEED.replace(b"<msgType>Alert", b"<msgType>Cancel"))
    assert caught.value.reason == "cap.no_references"


def test_an_area_as_wide_as_a_region_places_nothing() -> None:
    wide = one(("47.640,-2.090", "40.640,-2.090"))
    assert wide.kind == "hazard.warning" and wide.lat is None and wide.radius_m == 0.0


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("<scope>Public</scope>", "", "scope is missing"),
        ("<event>Flash flood</event>", "<event> </event>", "event is missing"),
        ("<urgency>Expected", "<urgency>Soon", "urgency 'Soon'"),
        ("<status>Actual", "<status>Real", "status 'Real'"),
        ("2026-03-01T22:15:00+01:00", "2026-03-01T22:15:00", "no offset"),
        ("2026-03-01T22:15:00+01:00", "yesterday", "not a time"),
        (" 47.640,-2.090</polygon>", "</polygon>", "first point is not its last"),
        (" 47.660,-2.070 47.640,-2.070", "", "at least 4"),
        ("47.650,-2.080 1.5", "97.650,-2.080 1.5", "not on the earth"),
        ("47.650,-2.080 1.5", "47.650,-2.080 -1", "not a length"),
        ("47.650,-2.080 1.5", "47.650,-2.080 nan", "not a length"),
        ("47.650,-2.080 1.5", "47.650 -2.080 1.5", "a point and a radius"),
        ("<category>Met", "<category>Weather", "category 'Weather'"),
        ("<scope>", "<scope>Public</scope><scope>", "2 times"),
        ("cap:1.2", "cap:1.1", "cap:1.1"),
        ("</alert>", "", "not well-formed"),
        ('encoding="UTF-8"', 'encoding="x-unknown"', "ncoding"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_why(old: str, new: str, why: str) -> None:
    text = SEED.decode()
    assert old in text
    with pytest.raises(Unreadable) as caught:
        read(text.replace(old, new).encode())
    assert why in str(caught.value.fields["why"])
    assert caught.value.reason == "cap.unreadable"


def _doctype(inside: str) -> bytes:
    return SEED.replace(b"<alert", f"<!DOCTYPE alert [{inside}]><alert".encode(), 1)


@pytest.mark.parametrize(
    "body",
    [
        _doctype(""),
        _doctype('<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">').replace(b"Flash flood", b"&b;"),
        _doctype('<!ENTITY f SYSTEM "file:///etc/passwd">').replace(b"Flash flood", b"&f;"),
        _doctype('<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;'),
        SEED.replace(b"<alert", b'<!DOCTYPE alert SYSTEM "file:///etc/passwd"><alert', 1),
        SEED.replace(b"Flash flood", b"&undeclared;"),
        SEED.replace(b"<status>", b"<x>" * 40 + b"</x>" * 40 + b"<status>", 1),
        SEED.replace(b"<status>", b"<x/>" * 30_000 + b"<status>", 1),
    ],
    ids=["doctype", "bomb", "file", "parameter", "external", "undeclared", "deep", "many"],
)
def test_dangerous_xml_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        read(body)
    assert "root:" not in str(caught.value)


def test_a_shape_with_more_points_than_a_country_is_refused() -> None:
    ring = b" ".join(b"47.%05d,-2.1" % each for each in range(4_999)) + b" 47.00000,-2.1"
    start, end = SEED.index(b"<polygon>") + 9, SEED.index(b"</polygon>")
    whole = SEED[:start] + ring + SEED[end:]
    with pytest.raises(Unreadable, match="5000 points"):
        read(whole)
    assert read(whole.replace(b"<circle>47.650,-2.080 1.5</circle>", b""))


def test_a_signature_is_passed_over_with_what_it_holds() -> None:
    assert read_alert(SEED).status == "Actual"


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "windows-1252"])
def test_other_encodings_are_read(encoding: str) -> None:
    text = SEED.decode().replace('encoding="UTF-8"', f'encoding="{encoding}"')
    assert codecs.lookup(encoding)
    assert read_alert(text.encode(encoding)).infos[0].event == "Crue rapide & débordement"


@pytest.mark.parametrize(
    ("name", "kind", "root"),
    [
        ("NOAA_MultiplePolygons.txt", "hazard.warning", "NWS-IDP-PROD-4410291-3675936"),
        ("australia.cap", "technical.other", "tag:www.rfs.nsw.gov.au2011-10-06:40184"),
        ("canada.cap", "alarm.restored", "2.49.0.1.124.a3f342a4.2012"),
        ("canada_signed.cap", "technical.other", "2.49.0.1.124.726d2331.2013"),
        ("sweden.cap", "technical.other", "11337sv"),
        (
            "earthquake-iso8859-1.cap",
            "technical.other",
            "USGS-earthquakes-usB000D5T4.3947362.7.20121014T225304.360Z.0",
        ),
        ("no_info_tag.cap", "alarm.restored", "1017033100951096-517189320160225203219800"),
    ],
)
def test_real_alerts(name: str, kind: str, root: str) -> None:
    body = need(f"payloads/cap/{name}").read_bytes()
    sent = read_alert(body).sent
    [draft] = read(body, sent + timedelta(seconds=30))
    assert isinstance(draft, Draft)
    assert (draft.kind, draft.name, draft.seen_at) == (kind, root, sent)


def test_real_shapes() -> None:
    """A circle of 25 km, a polygon of a county, an epicentre."""
    sent = datetime(2012, 1, 1, tzinfo=UTC)
    [fire] = read(need("payloads/cap/australia.cap").read_bytes(), sent)
    [thunder] = read(need("payloads/cap/canada.cap").read_bytes(), sent)
    [quake] = read(need("payloads/cap/earthquake-iso8859-1.cap").read_bytes(), sent)
    assert isinstance(fire, Draft) and isinstance(thunder, Draft) and isinstance(quake, Draft)
    assert (fire.lat, fire.lon, fire.radius_m) == (-35.3888, 147.0598, 25_000.0)
    assert thunder.lat is not None and 41.6 < thunder.lat < 42.5 and 10_000 < thunder.radius_m < 100_000
    assert (quake.lat, quake.lon, quake.radius_m) == (12.747, -88.783, 0.0)
    assert (
        "Usulután" in read_alert(need("payloads/cap/earthquake-iso8859-1.cap").read_bytes()).infos[0].headline
    )


@pytest.mark.parametrize(("name", "why"), [("invalid.cap", "scope"), ("earthquake.cap", "cap:1.1")])
def test_real_alerts_that_are_refused(name: str, why: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(need(f"payloads/cap/{name}").read_bytes())
    assert why in str(caught.value.fields["why"])


ODD = (
    *(
        b"",
        b" ",
        b"-1",
        b"1e999",
        b"nan",
        b"0,0 1",
        b"9999-12-31T23:59:59-23:59",
        b"0001-01-01T00:00:00+23:59",
    ),
    *(
        b"a,b,2026-03-01T20:00:00+01:00",
        b"Past",
        b"AllClear",
        b"Unknown",
        b"Cancel",
        b"Exercise",
        b"x" * 9_000,
    ),
    *(
        b"<status>Actual</status>",
        b"]]>",
        b"<![CDATA[<a>&b;]]>",
        b"&#0;",
        b"&#x10FFFF;",
        b"\xff",
        b"90,180 90,180",
    ),
)


def other_texts(seeds: list[bytes], count: int) -> Iterator[bytes]:
    """Alerts whose elements say other things: well-formed more often than bytes changed at random."""
    chance = random.Random(7)
    for number in range(count):
        made = seeds[number % len(seeds)]
        for _ in range(chance.randint(1, 3)):
            [*spans] = re.finditer(rb">([^<]+)</", made)
            span = chance.choice(spans)
            made = made[: span.start(1)] + chance.choice(ODD) + made[span.end(1) :]
        yield made


def test_damaged_messages_are_read_or_refused() -> None:
    update = SEED.replace(b"<msgType>Alert", b"<msgType>Update").replace(b"<info>", REFERENCES, 1)
    assert assert_sound(read, damaged([SEED, update], INPUTS // 2)) > 0
    assert assert_sound(read, other_texts([SEED, update], INPUTS - INPUTS // 2)) > 100
