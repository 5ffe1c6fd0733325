"""`beffroi source` and `beffroi observe`, as an administrator uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.during.intake.test_mqtt import free_port

from beffroi.cli.observe import NotTaken, observe
from beffroi.cli.source import source
from beffroi.during.intake import queries, spool
from beffroi.during.intake.actions import BadSource
from beffroi.during.intake.connectors import AddressedConnector, registry
from beffroi.during.intake.models import Unread
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.foundation import clock
from beffroi.foundation.errors import NotFound

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]

PANEL = ["--territory", "redon", "--key", "P-1", "--connector", "dc09", "--address", "12ab"]


def run(command: object, *words: str) -> str:
    done = CliRunner().invoke(command, words)  # type: ignore[arg-type]
    if done.exception:
        raise done.exception
    return done.output


def test_a_source_is_added_listed_renewed_and_revoked() -> None:
    zones = ("--map", "501=DOOR-1", "--map", "502=PIR:intrusion.motion")
    told = json.loads(run(source, "add", *PANEL, *zones, "--json"))
    assert queries.speaker_by_token(queries.token_hash(told["token"])) is not None
    speaker = queries.speaker_by_key("redon", "P-1")
    assert speaker is not None
    assert (speaker.device_of("501"), speaker.kind_of("502", "x")) == ("DOOR-1", "intrusion.motion")
    [row] = json.loads(run(source, "list", "--json"))
    assert (row["key"], row["address"], row["guaranteed"], row["received"]) == ("P-1", "12AB", True, 0)
    assert told["token"] not in run(source, "list")
    assert "Token (shown this once)" in run(source, "token", "--territory", "redon", "--key", "P-1")
    assert queries.speaker_by_token(queries.token_hash(told["token"])) is None
    run(source, "revoke", "--territory", "redon", "--key", "P-1")
    assert "(revoked)" in run(source, "list")


@pytest.mark.parametrize("pair", ["501", "=D", "501=", "501=:", "501=D:", "=:signal.other"])
def test_a_map_that_is_none_is_said(pair: str) -> None:
    with pytest.raises(BadSource):
        run(source, "add", *PANEL, "--map", pair)


@pytest.fixture
def own_spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqliteSpool:
    made = SqliteSpool(tmp_path / "spool.sqlite3")
    monkeypatch.setattr(spool, "shared", lambda: made)
    return made


SAID = ["--territory", "redon", "--source", "P-1", "--kind", "intrusion.door", "--key", "k"]


def test_an_observation_by_hand_goes_to_the_spool_once(own_spool: SqliteSpool) -> None:
    with pytest.raises(NotFound):
        run(observe, *SAID)
    run(source, "add", *PANEL)
    told = json.loads(run(observe, *SAID, "--lat", "47.65", "--lon", "-2.08", "--exercise", "--json"))
    assert (told["position"], told["duplicate"]) == (1, False)
    assert "there already" in run(observe, *SAID)
    [(_, kept)] = own_spool.read(0, 9)
    assert (kept.lat, kept.source, kept.exercise) == (47.65, "P-1", True)


def test_a_server_that_is_not_there_is_said(own_spool: SqliteSpool) -> None:
    with pytest.raises(NotTaken):
        run(observe, *SAID, "--url", f"http://127.0.0.1:{free_port()}", "--token", "x")
    with pytest.raises(NotTaken):
        run(observe, *SAID, "--url", "file:///etc/passwd")
    assert own_spool.head() == 0


def test_what_could_not_be_read_is_shown() -> None:
    assert "Every message could be read" in run(source, "unread")
    Unread.objects.create(
        territory_key="redon",
        connector="dc09",
        sender="192.0.2.7",
        received_at=clock.now(),
        code="dc09.bad_sia",
        why="its SIA block holds no code",
        content=b"\xffSIA",
        size=4,
    )
    said = run(source, "unread")
    assert "unknown sender 192.0.2.7" in said
    assert "its SIA block holds no code" in said
    [row] = json.loads(run(source, "unread", "--territory", "redon", "--json"))
    assert (row["code"], row["size"], row["content"]) == ("dc09.bad_sia", 4, "\\xffSIA")
    assert json.loads(run(source, "unread", "--territory", "elsewhere", "--json")) == []


def test_the_help_names_every_connector_and_who_has_an_address() -> None:
    told = " ".join(run(source, "add", "--help").split())
    for name in registry():
        assert name in told
    addressed = told.rpartition("--address")[2].partition("--name")[0]
    for name, each in registry().items():
        assert (f" {name}" in addressed.replace(",", " ")) == isinstance(each, AddressedConnector), name


def test_a_name_may_be_declared_for_its_kind_alone() -> None:
    run(source, "add", *PANEL, "--map", "tag=:signal.damage", "--map", "501=:intrusion.motion")
    speaker = queries.speaker_by_key("redon", "P-1")
    assert speaker is not None
    assert (speaker.device_of("501"), speaker.kind_of("501", "x")) == ("501", "intrusion.motion")
    assert speaker.kind_of("tag", "signal.other") == "signal.damage"
    assert (speaker.device_of("tag"), speaker.device_of("")) == ("tag", "")


def test_a_kind_with_a_slip_in_it_is_refused() -> None:
    with pytest.raises(BadSource, match=r"signal\.damge"):
        run(source, "add", *PANEL, "--map", "tag=:signal.damge")


def test_a_panels_key_comes_from_a_file_and_is_never_told(tmp_path: Path) -> None:
    file = tmp_path / "panel.key"
    file.write_text("00112233445566778899AABBCCDDEEFF\n")
    said = run(source, "add", *PANEL, "--panel-key-file", str(file), "--expects-every", "90")
    [row] = json.loads(run(source, "list", "--json"))
    assert (row["encrypted"], row["expects_every_s"]) == (True, 90)
    assert "(encrypted)" in run(source, "list")
    assert "0011223344" not in said + run(source, "list") + json.dumps(row)
    whose = ("--territory", "redon", "--key", "P-1")
    run(source, "panel-key", *whose, "--remove")
    run(source, "expect", *whose)
    [row] = json.loads(run(source, "list", "--json"))
    assert (row["encrypted"], row["expects_every_s"]) == (False, None)
    file.write_text("")
    for words in (("--panel-key-file", str(file)), ()):
        with pytest.raises(BadSource):
            run(source, "panel-key", *whose, *words)
    with pytest.raises(BadSource):
        run(source, "expect", *whose, "--every", "3")
