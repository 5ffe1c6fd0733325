"""What is written as CAP 1.2: valid, read again as it was, and refused where the standard forbids it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.real_data import need

from beffroi.during.intake.connectors.cap import alert as cap
from beffroi.during.intake.connectors.cap.alert import Alert, Area, Circle, Info, Reference, ring
from beffroi.during.intake.connectors.cap.read import read
from beffroi.during.intake.connectors.cap.write import NotAllowed, write

pytestmark = pytest.mark.unit

PARIS = timezone(timedelta(hours=1))
SENT = datetime(2026, 3, 1, 22, 15, tzinfo=PARIS)
QUAYS = ring([(47.64, -2.09), (47.66, -2.09), (47.66, -2.07)])
# The order of the standard's schema (its sequences), and the form of its times.
HEAD = (
    *("identifier", "sender", "sent", "status", "msgType", "source", "scope", "restriction", "addresses"),
    *("code", "note", "references", "incidents", "info"),
)
INFO = (
    *("language", "category", "event", "responseType", "urgency", "severity", "certainty", "audience"),
    *("eventCode", "effective", "onset", "expires", "senderName", "headline", "description", "instruction"),
    *("web", "contact", "parameter", "resource", "area"),
)
AREA = ("areaDesc", "polygon", "circle", "geocode", "altitude", "ceiling")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")

FRENCH = Info(
    language="fr-FR",
    category=("Met", "Safety"),
    event="Crue",
    urgency="Immediate",
    severity="Severe",
    certainty="Observed",
    response=("Avoid", "Shelter"),
    event_codes=(("plan", "PCS-3"),),
    effective=SENT,
    onset=SENT + timedelta(hours=1),
    expires=SENT + timedelta(hours=8),
    sender_name="Mairie de Redon",
    headline="Évitez les quais <maintenant> & montez",
    description="L’eau monte.\nNe prenez pas votre voiture.",
    instruction="Montez à l’étage.",
    web="https://www.redon.example/alerte",
    contact="02 99 00 00 00",
    parameters=(("hauteur_m", "3,2"),),
    areas=(
        Area("Quais", polygons=(QUAYS,), geocodes=(("INSEE", "35236"),)),
        Area("Port", circles=(Circle(47.65, -2.08, 1.5),)),
    ),
)
WHOLE = Alert(
    identifier="redon-2026-0001",
    sender="mairie@redon.example",
    sent=SENT,
    status="Actual",
    kind="Alert",
    scope="Public",
    source="Beffroi",
    codes=("essai:1",),
    note="à lire",
    infos=(FRENCH, replace(FRENCH, language="en", event="Flood", headline="Keep off the quays")),
)
FIRST = WHOLE.reference


def elements(root: ElementTree.Element) -> list[str]:
    return [each.tag.removeprefix(f"{{{cap.NAMESPACE}}}") for each in root]


def assert_valid(content: bytes) -> None:
    """The order and the forms that the schema of CAP 1.2 asks for."""
    root = ElementTree.fromstring(content)  # noqa: S314 - our own, by another reader than ours
    assert root.tag == f"{{{cap.NAMESPACE}}}alert"
    name = {"": cap.NAMESPACE}
    sequences = [(root, HEAD)]
    sequences += [(info, INFO) for info in root.findall("info", name)]
    sequences += [(area, AREA) for area in root.findall("info/area", name)]
    for element, order in sequences:
        places = [order.index(each) for each in elements(element)]
        assert places == sorted(places)
    for needed in ("identifier", "sender", "sent", "status", "msgType", "scope"):
        assert len(root.findall(needed, name)) == 1
    times = [root.findtext("sent", "", name)]
    for info in root.findall("info", name):
        for needed in ("event", "urgency", "severity", "certainty", "category"):
            assert info.findtext(needed, "", name)
        times += [
            said for each in ("effective", "onset", "expires") if (said := info.findtext(each, "", name))
        ]
    assert all(TIME.fullmatch(each) for each in times), times


def test_what_is_written_is_valid_and_read_again_as_it_was() -> None:
    content = write(WHOLE)
    assert_valid(content)
    assert read(content) == WHOLE


@pytest.mark.parametrize("kind", ["Update", "Cancel"])
def test_an_update_or_an_end_refers_to_what_it_changes(kind: str) -> None:
    with pytest.raises(NotAllowed, match="references"):
        write(replace(WHOLE, kind=kind))
    content = write(replace(WHOLE, kind=kind, references=(FIRST,)))
    assert_valid(content)
    assert read(content).root == "redon-2026-0001"
    assert read(content).references == (Reference("mairie@redon.example", "redon-2026-0001", SENT),)


def test_restricted_and_private_alerts_say_to_whom() -> None:
    for bad in (
        replace(WHOLE, scope="Private"),
        replace(WHOLE, scope="Restricted"),
        replace(WHOLE, restriction="services"),
    ):
        with pytest.raises(NotAllowed):
            write(bad)
    private = replace(WHOLE, scope="Private", addresses=("sdis35@example.org", "poste 4"))
    assert read(write(private)) == private
    restricted = replace(WHOLE, scope="Restricted", restriction="services de secours")
    assert read(write(restricted)) == restricted


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"identifier": "a b"}, "identifier"),
        ({"identifier": ""}, "identifier"),
        ({"sender": "a,b"}, "sender"),
        ({"sender": "a&b"}, "sender"),
        ({"sent": datetime(2026, 3, 1)}, "sent"),  # noqa: DTZ001 - what is refused
        ({"sent": SENT.astimezone(timezone(timedelta(seconds=561)))}, "sent"),
        ({"status": "Real"}, "status"),
        ({"kind": "Alarm"}, "msgType"),
        ({"scope": "All"}, "scope"),
        ({"note": "\x00"}, "XML"),
        ({"references": (Reference("a b", "c", SENT),)}, "references"),
        ({"addresses": ('a"b',)}, "addresses"),
    ],
)
def test_what_the_standard_forbids_in_an_alert_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        write(replace(WHOLE, **changes))
    assert why in str(caught.value.fields["why"])


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"category": ()}, "category"),
        ({"category": ("Weather",)}, "category"),
        ({"event": " "}, "event"),
        ({"urgency": "Now"}, "urgency"),
        ({"severity": ""}, "severity"),
        ({"certainty": "Very Likely"}, "certainty"),
        ({"response": ("Run",)}, "responseType"),
        ({"language": "français"}, "language"),
        ({"expires": datetime(2026, 3, 1)}, "expires"),  # noqa: DTZ001 - what is refused
        ({"web": "redon.example"}, "web"),
        ({"parameters": (("", "1"),)}, "valueName"),
        ({"headline": "\ud800"}, "XML"),
        ({"areas": (Area(""),)}, "areaDesc"),
        ({"areas": (Area("x", polygons=(QUAYS[:-1],)),)}, "polygon"),
        ({"areas": (Area("x", polygons=((*QUAYS[:-1], (47.0, -2.0)),)),)}, "polygon"),
        ({"areas": (Area("x", polygons=(((91.0, 0.0),) * 4,)),)}, "polygon"),
        ({"areas": (Area("x", circles=(Circle(0, 0, -1),)),)}, "circle"),
        ({"areas": (Area("x", circles=(Circle(0, 0, float("inf")),)),)}, "circle"),
    ],
)
def test_what_the_standard_forbids_in_an_info_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        write(replace(WHOLE, infos=(FRENCH, replace(FRENCH, **changes))))
    assert why in str(caught.value.fields["why"])


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(NotAllowed) as caught:
        write(replace(WHOLE, identifier="", scope="x", infos=(replace(FRENCH, event=""),)))
    assert str(caught.value.fields["why"]).count(";") == 2


@pytest.mark.parametrize("name", ["NOAA_MultiplePolygons.txt", "canada_signed.cap", "no_info_tag.cap"])
def test_a_real_alert_goes_through(name: str) -> None:
    alert = read(need(f"payloads/cap/{name}").read_bytes())
    content = write(alert)
    assert_valid(content)
    assert read(content) == alert


words = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cc"]), max_size=40
).map(str.strip)
degrees = st.floats(-89, 89).map(lambda each: round(each, 6))


@given(words, words.filter(bool), degrees, degrees, st.floats(0, 500).map(lambda each: round(each, 6)))
def test_any_words_and_places_come_back(headline: str, event: str, lat: float, lon: float, km: float) -> None:
    area = Area(
        "là", polygons=(ring([(lat, lon), (89.5, 0.5), (89.7, 100.0)]),), circles=(Circle(lat, lon, km),)
    )
    info = replace(FRENCH, headline=headline, event=event, areas=(area,), effective=SENT.astimezone(UTC))
    alert = replace(WHOLE, infos=(info,))
    assert read(write(alert)) == alert
