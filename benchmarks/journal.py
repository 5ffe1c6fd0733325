"""The journal: how fast it is appended to, verified from stored bytes, and proven."""

from __future__ import annotations

import os
import tempfile
import time

from benchmarks._report import Figure, at_least

_TOWN = "territory:benchmark"


def run(quick: bool) -> list[Figure]:
    """Append, verify and prove in a database of its own: 1,000,000 entries (200,000 when quick)."""
    size = 200_000 if quick else 1_000_000
    with tempfile.TemporaryDirectory(prefix="beffroi-benchmark-") as place:
        _set_up(place)
        figures = [_single(300), _grouped(size)]
        figures += [*_verified(size), *_proofs(size)]
    return figures


def _set_up(place: str) -> None:
    os.environ["BEFFROI_DATA_DIR"] = place
    os.environ["DJANGO_SETTINGS_MODULE"] = "beffroi.house.django_settings"
    import django
    from django.core.management import call_command

    from beffroi.foundation import settings

    settings.current.cache_clear()
    django.setup()
    call_command("migrate", verbosity=0)


def _draft(number: int):  # type: ignore[no-untyped-def] - Django is set up after this file is read
    """A fact of the size that incidents give: about 170 bytes of body."""
    from beffroi.journal import actions, facts

    fact = facts.EpochOpened(
        epoch=number,
        restored_size=number,
        restored_root="0" * 24,
        witnessed_size=number,
        witnessed_root="f" * 24,
        lost=0,
        position=number,
    )
    return actions.Draft(fact, "incident:0195b2c0-7d2a-7aaa-8bbb-0123456789ab", "engine:fusion")


def _single(many: int) -> Figure:
    """One entry a transaction, each on disk before the next."""
    from django.db import transaction

    from beffroi.journal import actions

    draft, start = _draft(1), time.perf_counter()
    for _ in range(many):
        with transaction.atomic():
            actions.append_all(journal="installation", drafts=[draft])
    rate = many / (time.perf_counter() - start)
    return Figure("journal", "append, one transaction each, durable", rate, "entries/s")


def _grouped(many: int) -> Figure:
    """A thousand entries a transaction, a head signed every ten."""
    from django.db import transaction

    from beffroi.journal import actions

    drafts = [_draft(number) for number in range(1000)]
    start = time.perf_counter()
    for group in range(many // 1000):
        with transaction.atomic():
            actions.append_all(journal=_TOWN, drafts=drafts)
        if group % 10 == 0:
            actions.sign_head(journal=_TOWN)
    rate = many / (time.perf_counter() - start)
    return Figure("journal", "append, 1,000 a transaction, durable", rate, "entries/s")


def _verified(size: int) -> list[Figure]:
    """The best of five: other work on the machine only ever slows it. Beside it, by processor time alone."""
    from beffroi.journal import verify

    best, by_processor = 0.0, 0.0
    for _ in range(5):
        start, spent = time.perf_counter(), time.process_time()
        verdict = verify.verify(_TOWN)
        best = max(best, size / (time.perf_counter() - start))
        by_processor = max(by_processor, size / (time.process_time() - spent))
        if not verdict.good or verdict.size != size:
            raise RuntimeError(f"the benchmark's own journal does not hold: {verdict.findings}")
    name = f"verify {size:,} entries from stored bytes"
    return [
        at_least("journal", name, best, "entries/s", 300_000),
        Figure("journal", f"{name}, processor time", by_processor, "entries/s"),
    ]


def _proofs(size: int) -> list[Figure]:
    from beffroi.journal import queries

    many, figures = 50, []
    numbers = [1 + each * (size - 1) // (many - 1) for each in range(many)]
    for name, prove in (
        ("inclusion proof", lambda number: queries.inclusion(_TOWN, number, size)),
        ("consistency proof", lambda number: queries.consistency(_TOWN, number, size)),
    ):
        start = time.perf_counter()
        for number in numbers:
            prove(number)
        each_ms = (time.perf_counter() - start) / many * 1000
        figures.append(Figure("journal", f"{name} among {size:,}", each_ms, "ms"))
    return figures
