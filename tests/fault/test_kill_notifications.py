"""`kill -9` of the engine between sending a notification and marking it, again and again.

The receiver is a real one on loopback, slow on purpose: everything is told, in its order, and what comes
twice comes under the identifier that it had.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from tests.during.webhooks.peers import Receiver, receiver
from tests.fault.village import village

pytestmark = pytest.mark.fault

# Each waits for the lease of the one before: ten seconds.
KILLS = min(max(5, int(os.environ.get("BEFFROI_KILLS", "5")) // 10), 50)
MAKE = """
import django, json, sys; django.setup()
from beffroi.during.webhooks import actions
from beffroi.people import actions as people, programs
from beffroi.people.models import Program
people.create_installation(name="V"); people.know_territory(key="v")
organisation = people.create_organisation(name="V", kind="commune")
made = programs.make_program(
    name="S", organisation=organisation, scopes=["events:read"], days=9, territories=["v"]
)
print(actions.subscribe(program=Program.objects.get(pk=made.member.pk), url=sys.argv[1]).id)
"""
TELL = """
import django, json, sys; django.setup()
from uuid import uuid4
from django.db import transaction
from beffroi.during.incident.facts import IncidentAcknowledged
from beffroi.journal import actions as journal
found = []
for n in range(int(sys.argv[1])):
    with transaction.atomic():
        found.append(journal.append(
            journal="territory:v", fact=IncidentAcknowledged(number=n, seconds=1.0),
            subject=f"incident:{uuid4()}", actor="system",
        ).position)
print(json.dumps(found))
"""


NETWORKS = {"BEFFROI_WEBHOOK_NETWORKS": "127.0.0.0/8", "BEFFROI_WEBHOOK_TIMEOUT_SECONDS": "1"}


def _until(peer: Receiver, count: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    while len(peer.got) < count and time.monotonic() < end:
        time.sleep(0.02)


def test_everything_is_told_in_order_whatever_is_killed(tmp_path: Path) -> None:
    with receiver() as peer, village(tmp_path, **NETWORKS) as house:
        peer.slow_s = 0.15
        house.run("-c", MAKE, peer.url)
        wanted = json.loads(house.run("-c", TELL, str(4 * KILLS)))
        peer.plan = ["slow"] * 10_000
        for _kill in range(KILLS):
            before = len(peer.got)
            house.start()
            _until(peer, before + 1, 40.0)
            assert len(peer.got) > before, house.said()
            time.sleep(0.05)  # in the middle of an answer
            house.kill()
        house.start()
        end = time.monotonic() + 90
        while {each.event["data"]["position"] for each in peer.got} < set(wanted) and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(0.5)
        house.kill()
    told = [each.event["data"]["position"] for each in peer.got]
    assert list(dict.fromkeys(told)) == wanted, "each for the first time in its order, none left out"
    assert len(told) > len(wanted), "no kill fell between sending and marking: the test shows nothing"
    names: dict[int, set[str]] = {}
    for each in peer.got:
        names.setdefault(each.event["data"]["position"], set()).add(each.headers["webhook-id"])
    assert all(len(each) == 1 for each in names.values())
