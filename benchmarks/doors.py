"""Doors: one decision, lists of a centre of 200 communes, and a thousand conventions; peer: no preselection.

The peer is the same Cedar engine given every policy at once, as an installation without
preselection would do. Rights are plain values here: what a request reads from the database
(two queries) is not in these figures.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import quantiles
from uuid import UUID

from benchmarks._report import Figure, at_most

from beffroi.people.catalogue import FILE, catalogue
from beffroi.people.methods.policy_book import PolicyBook
from beffroi.people.methods.rights import Standing

_POLICIES = sorted((FILE.parent.parent / "policies").glob("*.cedar"))
_COMMUNES = tuple(f"commune-{number:03d}" for number in range(200))
_MEMBER = str(UUID(int=7))


def _conventions(count: int) -> list[str]:
    return [
        f'@id("convention.{number}")\n'
        f'permit (principal in Organisation::"organisation-{number}", action in [Action::"duty.view", '
        f'Action::"unit.view"], resource == Territory::"{_COMMUNES[number % len(_COMMUNES)]}")\n'
        f'when {{ context.purpose == "mutual-aid" }};'
        for number in range(count)
    ]


def _book(conventions: int) -> PolicyBook:
    texts = [file.read_text(encoding="utf-8") for file in _POLICIES]
    return PolicyBook([*texts, *_conventions(conventions)], catalogue().roles)


def _operator(number: int = 0) -> Standing:
    return Standing(
        _MEMBER,
        f"organisation-{number}",
        frozenset({("operator", "centre", "csu")}),
        frozenset(("csu", commune) for commune in _COMMUNES),
        frozenset(),
    )


def _milliseconds(work: Callable[[], object], times: int) -> tuple[float, float]:
    """Median and 99th percentile of `work`, in ms."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    cuts = quantiles(taken, n=100)
    return cuts[49], cuts[98]


def run(quick: bool) -> list[Figure]:
    """Decisions of one operator of a centre that watches 200 communes."""
    times = 300 if quick else 3000
    plain, thousand = _book(0), _book(1000)
    held = _operator()

    def decide(book: PolicyBook) -> Callable[[], object]:
        return lambda: book.ask(held, "duty.view", _COMMUNES[7], (), "")

    median, p99 = _milliseconds(decide(plain), times)
    with_thousand, thousand_p99 = _milliseconds(decide(thousand), times)
    everything = PolicyBook([_unselected()], catalogue().roles)
    peer, _ = _milliseconds(decide(everything), max(times // 10, 100))
    rare = max(times // 30, 20)
    whole, _ = _milliseconds(lambda: plain.ask_each(held, "duty.view", _COMMUNES, (), ""), rare)
    again, _ = _milliseconds(lambda: plain.reach(_operator(), "duty.view", ()), times)
    fresh = iter(range(1, 100_000))
    first, _ = _milliseconds(
        lambda: plain.ask(_operator(next(fresh)), "duty.view", _COMMUNES[7], (), ""), max(times // 10, 30)
    )
    start = time.perf_counter()
    _book(1000)
    parsed = (time.perf_counter() - start) * 1000
    return [
        at_most("doors", "one decision, median", median, "ms", 1.0),
        at_most("doors", "one decision, p99", p99, "ms", 2.0),
        at_most("doors", "one decision among 1,000 conventions, median", with_thousand, "ms", 1.0, peer=peer),
        at_most("doors", "one decision among 1,000 conventions, p99", thousand_p99, "ms", 5.0),
        at_most("doors", "list of 200 communes filtered by right, first time", whole, "ms", 30.0),
        at_most("doors", "the same list, next requests", again, "ms", 1.0),
        at_most("doors", "first decision about a member (200 communes)", first, "ms", 10.0),
        Figure("doors", "1,000 conventions parsed, once a process", parsed, "ms"),
    ]


def _unselected() -> str:
    """The same thousand conventions, written so that none can be left out beforehand."""
    texts = [file.read_text(encoding="utf-8") for file in _POLICIES]
    for number, text in enumerate(_conventions(1000)):
        head = f'principal in Organisation::"organisation-{number}"'
        condition = f'principal in Organisation::"organisation-{number}" && context.purpose'
        texts.append(text.replace(head, "principal").replace("context.purpose", condition))
    return "\n".join(texts)
