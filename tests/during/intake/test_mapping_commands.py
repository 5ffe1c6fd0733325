"""`beffroi source show|remap|try` and the mapping of `add`, as an administrator uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.during.intake.test_commands import run

from beffroi.cli.source import source
from beffroi.during.intake import actions, queries
from beffroi.during.intake.actions import BadSource
from beffroi.during.intake.connectors.mapped.rules.written import BadMapping
from beffroi.during.intake.rules import Unreadable
from beffroi.foundation.errors import NotFound
from beffroi.journal import queries as journal

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]

HERE = Path(__file__).parent / "connectors/mapped"
DOOR = str(HERE / "mappings/chirpstack-door.toml")
UPLINK = str(HERE / "messages/chirpstack-door.json")
LORA = ["--territory", "redon", "--key", "lora"]
NAMES = ("--map", "a84041000181c061=D-42", "--map", "x=D-43:intrusion.motion")


def test_a_mapping_is_tried_without_keeping_anything() -> None:
    said = run(source, "try", "--mapping", DOOR, "--message", UPLINK, "--query", "event=up")
    assert "1. intrusion.door  device a84041000181c061  seen 2026-03-01 22:15:03 UTC" in said
    assert "zone atelier" in said
    assert "ignores the message" in run(source, "try", "--mapping", DOOR, "--message", UPLINK)
    [row] = json.loads(
        run(source, "try", "--mapping", DOOR, "--message", UPLINK, "--query", "event=up", "--json")
    )
    assert (row["kind"], row["seen_at"]) == ("intrusion.door", "2026-03-01T22:15:03.775023+00:00")
    assert queries.sources() == [] and queries.unread() == []


def test_a_message_over_mqtt_is_tried_with_its_topic(tmp_path: Path) -> None:
    zigbee = str(HERE / "mappings/zigbee2mqtt.toml")
    contact = str(HERE / "messages/zigbee2mqtt-contact.json")
    said = run(source, "try", "--mapping", zigbee, "--message", contact, "--topic", "porte")
    assert "alarm.restored  device porte" in said, "what would be no news at first is shown here"
    bad = tmp_path / "bad.json"
    bad.write_text('{"contact": "ajar"}')
    assert "1. cannot be read: kind: 'ajar'" in run(
        source, "try", "--mapping", zigbee, "--message", str(bad), "--topic", "porte"
    )


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('key = "id"\n\nkind = "intrusion.dor"\n')
    with pytest.raises(BadMapping, match=r"Line 3 of the mapping: .*intrusion\.door"):
        run(source, "try", "--mapping", str(wrong), "--message", UPLINK)
    with pytest.raises(BadMapping):
        run(source, "add", *LORA, "--connector", "mapped", "--mapping", str(wrong))
    with pytest.raises(BadSource, match="is not NAME=VALUE"):
        run(source, "try", "--mapping", DOOR, "--message", UPLINK, "--query", "up")
    with pytest.raises(Unreadable):
        run(source, "try", "--mapping", DOOR, "--message", DOOR)
    assert queries.sources() == []


def test_a_mapped_source_is_declared_shown_and_declared_anew() -> None:
    with pytest.raises(BadSource, match="needs one"):
        run(source, "add", *LORA, "--connector", "mapped")
    with pytest.raises(BadSource, match="takes none"):
        run(source, "add", *LORA, "--connector", "http", "--mapping", DOOR)
    run(source, "add", *LORA, "--connector", "mapped", "--mapping", DOOR, *NAMES)
    shown = run(source, "show", *LORA)
    assert Path(DOOR).read_text().strip() in shown
    assert "a84041000181c061 = D-42" in shown and "x = D-43:intrusion.motion" in shown
    other = str(HERE / "mappings/ttn-door.toml")
    assert "new mapping holds" in run(source, "remap", *LORA, "--mapping", other)
    told = json.loads(run(source, "show", *LORA, "--json"))
    assert (told["mapping"], told["guaranteed"]) == (Path(other).read_text(), True)
    speaker = queries.speaker_by_key("redon", "lora")
    assert speaker is not None and speaker.mapping == {"toml": Path(other).read_text()}
    entries = journal.entries_about("source:lora")
    assert [each.fact for each in entries] == ["intake.source_declared", "intake.source_remapped"]
    assert set(entries[1].body) == {"sha256"}
    with pytest.raises(NotFound):
        run(source, "show", "--territory", "redon", "--key", "other")


def test_two_connectors_do_not_share_a_prefix() -> None:
    actions.declare_source(territory="redon", key="f", connector="frigate", address="ville")
    with pytest.raises(BadSource, match="taken"):
        actions.declare_source(territory="redon", key="b", connector="building", address="ville")
    actions.declare_source(territory="redon", key="b", connector="building", address="ville/gtb")
    actions.declare_source(territory="redon", key="p", connector="dc09", address="1234")
    actions.revoke_source(territory="redon", key="f")
    actions.declare_source(territory="redon", key="c", connector="onvif_mqtt", address="ville")
