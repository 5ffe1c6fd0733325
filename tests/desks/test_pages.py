"""Pages of every desk: the public page, theme, language, refusals, the report, the town's layers."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from django.test import Client
from tests.desks.conftest import Town

from beffroi.before.signal.models import Signal
from beffroi.journal import queries as journal

pytestmark = [pytest.mark.desk, pytest.mark.django_db]


def test_the_public_page_counts_what_stands_there(town: Town) -> None:
    page = Client(headers={"accept-language": "en"}).get("/").content.decode()
    assert "1 camera<" in page and "No alarm panel linked" in page and "Sign in" in page
    french = Client(headers={"accept-language": "fr"}).get("/").content.decode()
    assert "1 caméra<" in french and '<html lang="fr"' in french


def test_without_a_town_the_public_page_says_how_to_import_one(db: None) -> None:
    assert "territory import" in Client().get("/").content.decode()


def test_the_theme_is_kept_and_written_in_the_page(db: None) -> None:
    client = Client()
    assert "data-theme" not in client.get("/").content.decode()
    answer = client.post("/theme/", {"theme": "dark", "next": "/"})
    assert (answer.status_code, answer.url) == (302, "/")
    assert 'data-theme="dark"' in client.get("/").content.decode()
    client.post("/theme/", {"theme": "pink", "next": "/"})
    assert 'data-theme="dark"' in client.get("/").content.decode()


def test_one_is_not_sent_elsewhere_after_a_choice(db: None) -> None:
    assert Client().post("/theme/", {"theme": "dark", "next": "https://evil.example/"}).url == "/"
    assert Client().post("/langue/", {"language": "en", "next": "//evil.example/"}).url == "/"


def test_the_language_is_kept(db: None) -> None:
    client = Client(headers={"accept-language": "fr"})
    client.post("/langue/", {"language": "en", "next": "/"})
    assert '<html lang="en"' in client.get("/").content.decode()


def test_a_door_that_stays_shut_and_a_page_that_is_not_there_are_said(town: Town) -> None:
    client = town.signed_in(town.referent)
    shut, nothing = client.get("/veille/"), client.get("/nowhere/")
    assert shut.status_code == 403 and "This door stays shut" in shut.content.decode()
    assert nothing.status_code == 404 and "nothing at this address" in nothing.content.decode()


REPORT = {
    "territory": "town",
    "what": "signal.vehicle_slow",
    "signal.vehicle_slow.vehicle": "van",
    "age": "15",
}


def test_a_report_by_street_is_kept_and_confirmed(town: Town) -> None:
    client = town.signed_in(town.referent)
    form = client.get("/signaler/").content.decode()
    assert "Rue du Port" in form and "17" in form
    answer = client.post("/signaler/", {**REPORT, "street": "Rue du Port"})
    signal = Signal.objects.get()
    assert answer.url == f"/signaler/{signal.pk}/"
    page = client.get(answer.url).content.decode()
    assert "S-1" in page and "van" in page and "Rue du Port" in page
    assert round((signal.received_at - signal.seen_at).total_seconds()) == 15 * 60
    assert journal.last("territory:town", 1)[0].fact == "signal.reported"
    assert "S-1" in client.get("/signaler/").content.decode()


def test_a_report_without_a_place_says_what_lacks_and_keeps_nothing(town: Town) -> None:
    answer = town.signed_in(town.referent).post("/signaler/", REPORT)
    assert answer.status_code == 422 and "Say where" in answer.content.decode()
    assert Signal.objects.count() == 0


def test_nobody_reads_another_s_report(town: Town) -> None:
    town.signed_in(town.referent).post("/signaler/", {**REPORT, "street": "Rue du Port"})
    path = f"/signaler/{Signal.objects.get().pk}/"
    assert town.signed_in(town.operator).get(path).status_code == 404


def test_layers_are_kept_for_ever_and_cameras_are_asked_again(town: Town) -> None:
    client = town.signed_in(town.operator)
    streets = client.get("/carte/town/1/streets.json")
    names = {
        each["properties"].get("name") for each in json.loads(gzip.decompress(streets.content))["features"]
    }
    assert "Rue du Port" in names and "immutable" in streets["Cache-Control"]
    assert json.loads(client.get("/carte/town/1/water.json").content) == {
        "type": "FeatureCollection",
        "features": [],
    }
    cameras = client.get("/carte/town/cameras.json")
    found = json.loads(cameras.content)
    assert [each["properties"]["key"] for each in found["cameras"]["features"]] == ["C-1"]
    assert len(found["views"]["features"]) == 1
    again = client.get("/carte/town/cameras.json", headers={"if-none-match": cameras["ETag"]})
    assert again.status_code == 304


def test_every_picture_named_is_in_the_sprite() -> None:
    import re

    desks = Path(__file__).parents[2] / "src" / "beffroi" / "desks"
    known = set((desks.parents[2] / "frontend" / "icons.txt").read_text().split())
    named = set()
    for file in desks.rglob("*.html"):
        named |= set(re.findall(r'\{% icon "([a-z0-9-]+)" %\}', file.read_text()))
    from beffroi.desks.duty import words
    from beffroi.desks.report import words as report

    named |= set(words.ICONS.values()) | {icon for _title, _hint, icon in report.WHAT.values()}
    assert len(named) > 20 and named <= known
