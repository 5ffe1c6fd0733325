"""One act travels the whole house, on real input, from a referent's telephone to a package nobody need trust:
once in a village, once in a centre.

The town is Saint-Jean-la-Poterie as OpenStreetMap has it; its devices and patrols are an exercise. The
processes, the broker, the panel's connection and the browser are real.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.journey import packages, screens, voices
from tests.journey.installation import Installation
from tests.journey.profiles import PROFILES, of_profile
from tests.real_data import need
from tests.several import Line

pytestmark = [pytest.mark.journey, pytest.mark.service]

TOWN = "saint-jean-la-poterie"
FIXTURES = Path(__file__).parent / "fixtures"
PASSWORD = secrets.token_urlsafe(16)
OPERATOR, REFERENT = "veille@exercice.example", "referent@exercice.example"


@dataclass
class Evening:
    """What was seen and kept of the whole act."""

    house: Installation
    incident: str = ""
    answers: list[str] = field(default_factory=list)
    sheet: str = ""
    banner: str = ""
    order: list[str] = field(default_factory=list)
    painted_s: float = 0.0
    ledger: str = ""
    package: Path = Path()
    fingerprint: str = ""


def _town() -> Iterator[Line]:
    osm = need("osm/saint-jean-la-poterie.osm.gz")
    yield ("territory", "import", "--insee", "56223", "--osm", str(osm), "--exercise", "--json"), ""
    yield ("device", "import", "--territory", TOWN, str(FIXTURES / "devices.csv")), ""
    yield ("territory", "units", "import", "--territory", TOWN, str(FIXTURES / "units.csv")), ""


def _people() -> Iterator[Line]:
    for email, name, role in ((OPERATOR, "A. Veille", "operator"), (REFERENT, "R. Référent", "referent")):
        who = ("--email", email, "--name", name, "--role", role)
        where = ("--organisation", "Commune (exercice)", "--territory", TOWN, "--password-stdin")
        yield ("people", "invite", *who, *where), PASSWORD + "\n"


def _sources() -> Iterator[Line]:
    common = ("source", "add", "--territory", TOWN, "--exercise")
    panel = ("--key", "panel-mairie", "--connector", "dc09", "--address", "A1B2C3")
    zones = ("--map", "01=PANEL-MAIRIE:intrusion.door", "--map", "02=PANEL-MAIRIE:intrusion.motion")
    yield (*common, *panel, *zones), ""
    recorder = ("--key", "nvr-mairie", "--connector", "frigate", "--address", "frigate")
    yield (*common, *recorder, "--map", "front_door=C-MAIRIE", "--json"), ""


def _break_in(evening: Evening, signs: dict[str, str]) -> None:
    """The recorder sees someone, the door's contact opens, the recorder raises an alert, something moves."""
    where = evening.house.listens
    recorded = voices.recorded_frame(need("payloads/sia_dc09/messages.tsv"))
    recorder = voices.Recorder(
        where["mqtt_host"], where["mqtt_port"], signs["login"], signs["token"], "frigate"
    )
    at = time.time()
    seen = voices.event(need("payloads/frigate/mqtt_00.json"), camera="front_door", at=at - 2)
    recorder.publish("events", seen)
    for data in ("Nri1/BA01", "Nri1/BA02"):
        frame = voices.alarm(recorded, account="A1B2C3", data=data, at=datetime.now(UTC))
        evening.answers.append(voices.send_alarm(where["dc09_host"], where["dc09_port"], frame))
        about = voices.review(
            need("payloads/frigate/mqtt_06.json"), camera="front_door", at=at - 2, kind="update"
        )
        recorder.publish("reviews", about)
    recorder.close()


def _operate(evening: Evening, browser: screens.Browser, signs: dict[str, str]) -> None:
    """The referent reports, the act happens, the operator sees it live and works it to its end."""
    browser.report_van(evening.house.url, REFERENT, PASSWORD, street="Rue de la Mairie")
    desk = browser.open_desk(evening.house.url, OPERATOR, PASSWORD)
    began = time.monotonic()
    _break_in(evening, signs)
    evening.incident = desk.wait_for("confirmed")
    evening.painted_s = time.monotonic() - began
    desk.open(evening.incident)
    evening.sheet, evening.banner, evening.order = desk.words(), desk.banner(), desk.units()
    desk.press("a", until='[data-key="e"]')
    desk.press("e", until='[data-key="s"]')
    desk.press("s", until='[data-open="close"]')
    desk.close("real")
    evening.ledger = desk.ledger()


@pytest.fixture(scope="module", params=PROFILES)
def evening(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evening]:
    """The act, played once in each profile; the tests below look at what it left."""
    browser = screens.Browser.or_skip()
    folder = tmp_path_factory.mktemp("first-light")
    try:
        with of_profile(request.param, folder) as house:
            imported, *_, told = house.set_up(*_town(), *_people(), *_sources())
            assert TOWN in imported
            signs: dict[str, str] = json.loads(told)
            house.start()
            result = Evening(house)
            _operate(result, browser, signs)
            result.package, result.fingerprint = packages.seal(house, result.incident, folder / "sealed")
            yield result
    finally:
        browser.close()


def test_every_alarm_was_acknowledged_by_echo(evening: Evening) -> None:
    assert len(evening.answers) == 2
    for answer in evening.answers:
        assert '"ACK"0004L0#A1B2C3[]' in answer
        body = answer.strip()[8:].encode()
        assert answer.strip()[:4] == f"{voices.crc16_arc(body):04X}"


def test_one_incident_opens_with_its_reasons_and_finds_the_van_again(evening: Evening) -> None:
    log = evening.house.command("journal", "export", f"territory:{TOWN}")
    lines = [json.loads(line) for line in log.splitlines() if line.startswith('{"entry"')]
    opened = [each["body"] for each in lines if '"incident.opened"' in each["entry"]]
    assert len(opened) == 1
    assert json.loads(opened[0])["exercise"] is True if isinstance(opened[0], str) else opened[0]["exercise"]
    for words in ("Référent, véhicule au pas", "porte ouverte", "quelqu’un est vu", "sources indépendantes"):
        assert words in evening.sheet, evening.sheet


def test_an_exercise_cannot_be_mistaken(evening: Evening) -> None:
    assert "EXERCICE" in evening.banner.upper()


def test_the_patrol_that_can_be_there_first_by_road_is_proposed_first(evening: Evening) -> None:
    assert evening.order[0] == "P2"
    assert set(evening.order) <= {"P1", "P2", "G1"}


def test_the_operator_saw_it_live(evening: Evening) -> None:
    assert evening.painted_s < 10


def test_no_name_of_a_person_and_no_plate_came_in(evening: Evening) -> None:
    """The recorded messages bear a face's name and a plate: neither is anywhere on disk."""
    for file, content in evening.house.remains():
        assert b"John Smith" not in content, file
        assert b"ABC12345" not in content, file


def test_the_journal_verifies(evening: Evening) -> None:
    assert evening.house.answer("journal", "verify")["good"]


def test_a_stranger_accepts_the_package(evening: Evening, tmp_path: Path) -> None:
    done = packages.verify_alone(evening.package, evening.fingerprint, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_command_line_accepts_it_too(evening: Evening) -> None:
    evening.house.command("evidence", "verify", str(evening.package), "--fingerprint", evening.fingerprint)


@pytest.mark.parametrize("evening", ["village"], indirect=True)  # a package is one whatever sealed it
def test_any_one_byte_changed_is_refused(evening: Evening, tmp_path: Path) -> None:
    for number, name in enumerate(packages.files(evening.package)):
        copy = tmp_path / str(number)
        shutil.copytree(evening.package, copy / "package")
        packages.change_one_byte(copy / "package" / name)
        done = packages.verify_alone(copy / "package", evening.fingerprint, copy / "empty", evening.package)
        assert done.returncode != 0, f"accepted with a byte of {name} changed"


@pytest.mark.parametrize("evening", ["village"], indirect=True)
def test_an_entry_dropped_is_refused(evening: Evening, tmp_path: Path) -> None:
    copy = tmp_path / "package"
    shutil.copytree(evening.package, copy)
    packages.drop_an_entry(copy)
    done = packages.verify_alone(copy, evening.fingerprint, tmp_path / "empty")
    assert done.returncode != 0


@pytest.mark.parametrize("evening", ["village"], indirect=True)  # its forger copies the whole installation
def test_the_same_act_sealed_with_another_key_is_refused(evening: Evening, tmp_path: Path) -> None:
    forger = Installation(tmp_path / "data")
    shutil.copytree(evening.house.data, forger.data, ignore=shutil.ignore_patterns("running.json", "*.pid"))
    packages.replace_keys(forger)
    package, other = packages.seal(forger, evening.incident, tmp_path / "sealed")
    assert other != evening.fingerprint
    assert packages.verify_alone(package, other, tmp_path / "own").returncode == 0
    done = packages.verify_alone(package, evening.fingerprint, tmp_path / "empty")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


def test_replay_gives_the_same_incidents(evening: Evening) -> None:
    evening.house.command("replay", "--territory", TOWN, "--from-start")


def test_nothing_is_left_running(evening: Evening) -> None:
    """Last: the installation stops at once and cleanly."""
    evening.house.stop()
    assert not (evening.house.data / "running.json").exists()
    assert os.path.exists(evening.package)
