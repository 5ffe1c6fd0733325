"""`beffroi trust expire` killed again and again: all that is due goes, told once, and nothing else goes."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.fault]
KILLS = int(os.environ.get("BEFFROI_KILLS", "4"))
OLD, NEW = 4_000, 50
_SEED = f"""
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "beffroi.house.django_settings"
django.setup()
from datetime import timedelta
from django.db import transaction
from beffroi.house.prepare import bring_up_to_date
bring_up_to_date()
from tests.during.fusion.made import observation
from beffroi.before.signal.models import Signal
from beffroi.during.fusion.models import Cursor
from beffroi.during.intake import spool
from beffroi.foundation import clock
from beffroi.foundation.identifiers import uuid7
from beffroi.people import actions
actions.know_territory(key="town")
now = clock.now()
def at(n): return now - timedelta(days=500 if n < {OLD} else 1)
count = range({OLD + NEW})
spool.shared().append_many([observation(n, "intrusion.door", "P-1", at(n), n / 1000) for n in count])
where = dict(territory="town", lat=0, lon=0, radius_m=1)
Signal.objects.bulk_create(
    [Signal(number=n + 1, form=uuid7(), member=uuid7(), what="signal.other", seen_at=at(n), received_at=at(n),
            **where) for n in count])
Cursor.objects.create(name="spool", position=spool.shared().head(), moved_at=now)
"""
_COUNT = """
import os, json, django
os.environ["DJANGO_SETTINGS_MODULE"] = "beffroi.house.django_settings"
django.setup()
from beffroi.before.signal.models import Signal
from beffroi.during.intake import spool
from beffroi.journal import queries
from beffroi.journal.verify import verify
from beffroi.trust.retention.models import Begun
told = {}
for each in queries.follow(0, facts=["trust.erased"], limit=10_000):
    told[each.body["kind"]] = told.get(each.body["kind"], 0) + each.body["count"]
print(json.dumps({"told": told, "signals": Signal.objects.count(), "begun": Begun.objects.count(),
    "spool": len(spool.shared().read(0, 100_000)), "good": all(verify(j).good for j in queries.journals())}))
"""


def test_killed_at_any_moment(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    env = {name: value for name, value in os.environ.items() if not name.startswith(("BEFFROI_", "DJANGO_"))}
    env |= {"BEFFROI_DATA_DIR": str(tmp_path), "BEFFROI_CONFIG": os.devnull}
    env["PYTHONPATH"] = f"{root / 'src'}:{root}"

    def script(text: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", text], env=env, check=True, capture_output=True, text=True, timeout=300
        ).stdout

    script(_SEED)
    command = [sys.executable, "-m", "beffroi", "trust", "expire"]
    chance, killed = random.Random(7), 0
    for _ in range(KILLS):
        running = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
        # Wait until it writes, so that it is killed at work and not at its start.
        wal, before = tmp_path / "beffroi.sqlite3-wal", time.monotonic()
        size = wal.stat().st_size if wal.exists() else 0
        while running.poll() is None and time.monotonic() - before < 60:
            if wal.exists() and wal.stat().st_size != size:
                break
            time.sleep(0.005)
        time.sleep(chance.random() * 0.3)
        running.kill()
        killed += running.wait() == -9
    assert killed, "no run was killed at work"
    subprocess.run(command, env=env, check=True, capture_output=True, timeout=300)
    found = json.loads(script(_COUNT).splitlines()[-1])
    assert found == {
        "told": {"signals": OLD, "observations": OLD},
        "signals": NEW,
        "spool": NEW,
        "begun": 0,
        "good": True,
    }
