"""The fold as the engine runs it: batches of 30 with rows, incidents and journal, a transaction each."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

import numpy as np
from benchmarks._report import Figure

from beffroi.during.intake.facts import Observation

_BATCH = 30


def written(said: Sequence[tuple[int, Observation]], what: str) -> list[Figure]:
    """How long a batch takes to fold and write (wall clock), and messages a second of processor time."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beffroi.house.django_settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from beffroi.during.fusion import actions as fusion
    from beffroi.during.incident import actions as incident

    call_command("migrate", verbosity=0)
    spent, began = [], time.process_time()
    for start in range(0, len(said), _BATCH):
        at = time.perf_counter()
        with transaction.atomic():
            incident.take_up(fusion.step(said[start : start + _BATCH]))
        spent.append((time.perf_counter() - at) * 1000)
    processor = time.process_time() - began
    name = f"batches of {_BATCH} with rows and journal ({what})"
    return [
        Figure("fusion", f"{name}, median", float(np.median(spent)), "ms"),
        Figure("fusion", f"{name}, p99", float(np.percentile(spent, 99)), "ms"),
        Figure("fusion", f"{name}, of processor time", len(said) / processor, "obs/s"),
    ]
