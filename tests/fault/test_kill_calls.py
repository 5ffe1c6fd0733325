"""`kill -9` of the engine between sending a call and marking it as sent, again and again.

The gateway is a real one on loopback that knows identifiers again: whoever is to be woken is woken, and
once; the incident's calls go on where they stood.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.during.oncall.peers import Gateway, gateway
from tests.fault.village import Village, village
from tests.several import several
from tests.territory.towns import cross

pytestmark = pytest.mark.fault

#: Each kill is an attempt, and attempts wait longer and longer: twenty are an hour of a bad night.
KILLS = min(int(os.environ.get("BEFFROI_KILLS", "5")), 20)
TOWN = "village-fault"
MAKE = """
import django; django.setup()
from datetime import date, time, timedelta
from django.db import transaction
from beffroi.during.fusion import actions as fusion
from beffroi.during.intake.facts import Observation
from beffroi.during.intake import spool
from beffroi.foundation import clock
from beffroi.foundation.identifiers import uuid7
now = clock.now()
spool.shared().append_many([
    Observation(id=uuid7(), territory="village-fault", source="p", key="1", kind="panic.holdup",
                seen_at=now, received_at=now, lat=47.65, lon=-2.08, device="P-1"),
])
"""
READ = """
import django, json; django.setup()
from beffroi.during.oncall import models
from beffroi.journal import queries as journal
rows = [[str(m.id), m.state, m.attempts, m.round] for m in models.Message.objects.order_by("made_at")]
called = [e.body["round"] for e in journal.numbered("territory:village-fault", after=0, limit=999)
          if e.fact == "oncall.called"]
print(json.dumps({"rows": rows, "called": called}))
"""


@pytest.fixture
def peer() -> Iterator[Gateway]:
    """The gateway that is called."""
    with gateway() as made:
        yield made


@pytest.fixture
def house(tmp_path: Path, peer: Gateway) -> Iterator[Village]:
    """A village that calls over the gateway."""
    gateways = tmp_path / "gateways.toml"
    said = '{ id = "{id}", to = "{to}", text = "{text}" }'
    gateways.write_text(f'[sms]\nurl = "{peer.url}"\njson = {said}\n')
    more = {"ONCALL_GATEWAYS": str(gateways), "ONCALL_TIMEOUT_SECONDS": "1"}
    with village(tmp_path, **{f"BEFFROI_{name}": value for name, value in more.items()}) as made:
        yield made


def test_a_call_is_sent_at_least_once_and_never_doubled(
    tmp_path: Path, house: Village, peer: Gateway
) -> None:
    peer.slow_s = 0.8
    file = cross(tmp_path / "cross.osm")
    lines = (
        ("territory", "import", "--name", "V", "--key", TOWN, "--osm", str(file)),
        ("people", "invite", "--email", "maire@v.example", "--name", "M", "--role", "elected",
         "--organisation", "Mairie", "--territory", TOWN),
        ("oncall", "add", "--territory", TOWN, "--email", "maire@v.example", "--days", "0-7",
         "--from", "08:00", "--to", "08:00", "--first", "2026-01-01", "--mobile", "0612345601"),
    )  # fmt: skip
    several(house.environment, [(words, "") for words in lines])
    house.run("-c", MAKE)
    peer.plan = ["slow"] * KILLS  # the gateway takes it, and answers too late: the engine is dead by then
    for turn in range(KILLS):
        house.start()
        end = time.monotonic() + 40
        while len(peer.got) <= turn and time.monotonic() < end:
            time.sleep(0.02)
        assert len(peer.got) > turn, house.said()
        house.kill()
    house.start()
    end = time.monotonic() + 30
    told = {"rows": [["", "", 0, 0]], "called": []}
    while told["rows"][0][1] != "sent" and time.monotonic() < end:
        time.sleep(1)
        told = json.loads(house.run("-c", READ))
    house.kill()
    first = told["rows"][0]
    # The kills last longer than the patience for an answer: some of them met the second round's call.
    assert first[1] == "sent" and first[2] > 1, told
    assert sum(attempts for _, _, attempts, _ in told["rows"]) >= KILLS, told
    assert len({key for key, *_ in told["rows"]}) == len(told["rows"]) == len(told["called"]), told
    sent = {key for key, state, *_ in told["rows"] if state == "sent"}
    # A later round may just have been accepted when the engine was ended for the last time.
    assert sent <= set(peer.accepted) <= {key for key, *_ in told["rows"]}
    assert sum(each.json["id"] == first[0] for each in peer.got) >= first[2] - 1, (
        "sent each time it was taken up"
    )
    assert len(peer.got) >= KILLS
