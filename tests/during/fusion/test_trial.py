"""The past through changed rules: what would appear, vanish, merge, split or stand otherwise."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner
from django.db import transaction
from tests.during.fusion.conftest import Put
from tests.during.fusion.made import NIGHT

from beffroi.cli.fusion_rules import rules as rules_command
from beffroi.cli.replay import replay as command
from beffroi.during.fusion import actions, engine, models, queries
from beffroi.during.fusion.replay import replay
from beffroi.during.fusion.rules.changed import read
from beffroi.during.fusion.trial import Otherwise, trial
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.journal.models import Entry
from beffroi.territory.models import Territory

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]
HERE, NEXT = {"place": (0.0, 0.0)}, {"place": (20.0, 0.0)}


def fold(put: Put, *said: object) -> None:
    with transaction.atomic():
        actions.step(put(*said))


def tried(told: dict[str, object], since: float = 0.0) -> list[Otherwise]:
    rules = read({"version": "trial", **told})
    return trial("town", rules=rules, since=NIGHT + timedelta(seconds=since)).differences


def test_the_same_rules_make_no_difference(put: Put) -> None:
    fold(put, ("intrusion.door", "P-1", 0.0, HERE), ("presence.person", "C-1", 20.0, NEXT))
    assert tried({}) == []


def test_a_lower_threshold_makes_incidents_appear_and_a_higher_one_vanish(put: Put) -> None:
    alert = {**HERE, "content": {"severity": "alert"}}
    fold(put, ("presence.person", "C-1", 0.0, alert))
    shown = models.Hypothesis.objects.exists()
    other = {"check_threshold": 0.02} if not shown else {"check_threshold": 0.75}
    (found,) = tried({"thresholds": other})
    assert (found.what, found.device, found.kind) == (
        "vanishes" if shown else "appears",
        "C-1",
        "presence.person",
    )


def test_a_confirmation_that_would_not_be_is_a_state(put: Put) -> None:
    fold(put, ("intrusion.door", "P-1", 0.0, HERE), ("presence.person", "C-1", 20.0, NEXT))
    assert models.Hypothesis.objects.get().state == "confirmed"
    (found,) = tried({"thresholds": {"confirm_threshold": 0.97}})
    assert found.what == "state"
    assert (found.before[0].state, found.after[0].state) == ("confirmed", "to_check")
    assert models.Hypothesis.objects.get().state == "confirmed"  # nothing was written


def test_a_shorter_memory_splits_and_a_longer_one_merges(put: Put) -> None:
    fold(put, ("intrusion.door", "P-1", 0.0, HERE), ("intrusion.motion", "P-1", 1200.0, HERE))
    assert models.Hypothesis.objects.count() == 1
    (found,) = tried({"thresholds": {"incident_memory_minutes": 10}})
    assert found.what == "splits" and len(found.after) == 2
    fold(put, ("intrusion.door", "P-2", 9000.0, {"place": (900.0, 0.0)}))
    fold(put, ("intrusion.motion", "P-2", 9000.0 + 2400, {"place": (900.0, 0.0)}))
    merged = tried({"thresholds": {"incident_memory_minutes": 60}}, since=8000.0)
    assert [each.what for each in merged] == ["merges"] and len(merged[0].before) == 2


def test_only_what_came_since_is_compared(put: Put) -> None:
    fold(put, ("intrusion.door", "P-1", 0.0, HERE), ("intrusion.motion", "P-1", 1200.0, HERE))
    assert tried({"thresholds": {"incident_memory_minutes": 10}}, since=5000.0) == []


def test_activated_rules_are_a_decision_that_replays_keep(put: Put) -> None:
    fold(put, ("intrusion.door", "P-1", 0.0, HERE))
    actions.activate_rules(
        rules=read({"version": "v2", "thresholds": {"confirm_threshold": 0.99}}), member=uuid4()
    )
    fold(put, ("intrusion.door", "P-2", 60.0, {"place": (900.0, 0.0)}))
    fold(put, ("presence.person", "C-2", 80.0, {"place": (910.0, 0.0)}))
    assert set(models.Hypothesis.objects.values_list("state", flat=True)) == {"to_check"}
    assert Entry.objects.filter(journal="installation", fact="fusion.rules_activated").count() == 1
    assert replay("town", from_start=True).same
    engine.forget()
    fold(put, ("intrusion.door", "P-3", 120.0, {"place": (1900.0, 0.0)}))
    fold(put, ("presence.person", "C-3", 130.0, {"place": (1910.0, 0.0)}))
    assert set(models.Hypothesis.objects.values_list("state", flat=True)) == {"to_check"}
    assert replay("town", from_start=True).same
    assert [each.rules.version for each in queries.rules_activated()] == ["v2"]


def test_the_commands(put: Put, spool: SqliteSpool, tmp_path: Path) -> None:
    Territory.objects.create(key="town", name="Town", created_at=NIGHT)
    fold(put, ("intrusion.door", "P-1", 0.0, HERE), ("presence.person", "C-1", 20.0, NEXT))
    file = tmp_path / "trial.toml"
    file.write_text('version = "v3"\n[thresholds]\nconfirm_threshold = 0.97\n')
    said = ["--territory", "town", "--since", "2026-11-01", "--rules", str(file)]
    done = CliRunner().invoke(command, said)
    assert done.exit_code == 0, done.output
    assert "1 incidents as it was, 1 by these rules" in done.output
    assert "state" in done.output and "confirmed" in done.output and "-> " in done.output
    told = json.loads(CliRunner().invoke(command, [*said, "--json"]).output)
    assert told["differences"][0]["what"] == "state"
    assert CliRunner().invoke(command, ["--territory", "town", "--since", "2026-11-01"]).exit_code == 2
    assert CliRunner().invoke(command, [*said[:3], "soon", *said[4:]]).exit_code == 2
    assert "v3 are in force" in CliRunner().invoke(rules_command, ["activate", str(file)]).output
    assert "v3" in CliRunner().invoke(rules_command, ["show"]).output
    file.write_text("version = ")
    assert CliRunner().invoke(rules_command, ["activate", str(file)]).exit_code != 0
    before = NIGHT + timedelta(hours=9)
    spool.erase([position for position, each in spool.read(0, 10_000) if each.received_at < before])
    assert CliRunner().invoke(command, said).exit_code != 0
