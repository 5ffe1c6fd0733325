"""Doors: one decision, lists of a centre of 200 communes, and a thousand conventions; peer: no preselection.

The peer is the same Cedar engine given every policy at once, as an installation without
preselection would do. Rights are plain values here: what a request reads from the database
(four to six queries) is not in these figures.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from statistics import quantiles
from uuid import UUID

from benchmarks._report import Figure, at_most

from beffroi.people.catalogue import FILE, catalogue
from beffroi.people.conventions import rules
from beffroi.people.methods.policy_book import PolicyBook
from beffroi.people.methods.rights import Standing

_POLICIES = sorted((FILE.parent.parent / "policies").glob("*.cedar"))
_COMMUNES = tuple(f"commune-{number:03d}" for number in range(200))
_MEMBER = str(UUID(int=7))
_ORGANISATIONS = tuple(str(UUID(int=1000 + number)) for number in range(200))
_DAY = date(2026, 11, 26)


def _terms(number: int) -> rules.Terms:
    """A real convention: one of 200 communes opens its queue, its units and its cameras to another."""
    giver = number % 200
    receiver = (giver + 1 + number // 200 * 7) % 200
    return rules.Terms(
        reference=f"convention-{number}",
        version=1,
        title="Entraide",
        kind=rules.STANDING,
        parties=(
            rules.Party(_ORGANISATIONS[giver], f"Commune {giver}", gives=True, receives=False),
            rules.Party(_ORGANISATIONS[receiver], f"Commune {receiver}", gives=False, receives=True),
        ),
        places=((_COMMUNES[giver], _ORGANISATIONS[giver]),),
        matters=("incidents", "handling", "units", "sending", "live", "notes"),
        purposes=("incident", "rescue"),
        programs=False,
        hours=(),
        starts_on=_DAY,
        ends_on=_DAY,
    )


def _mutualised() -> rules.Terms:
    """The mutualised centre: 199 communes open themselves to the first organisation."""
    return replace(
        _terms(0),
        reference="mutualised",
        parties=tuple(
            rules.Party(each, f"Commune {number}", gives=number > 0, receives=number == 0)
            for number, each in enumerate(_ORGANISATIONS)
        ),
        places=tuple(zip(_COMMUNES[1:], _ORGANISATIONS[1:], strict=True)),
    )


def _book(conventions: Iterable[rules.Terms]) -> PolicyBook:
    texts = [file.read_text(encoding="utf-8") for file in _POLICIES]
    book = PolicyBook(texts, catalogue().roles)
    for terms in conventions:
        book.learn(terms.name, rules.policies(terms, catalogue()))
    return book


def _operator(number: int = 0) -> Standing:
    return Standing(
        str(UUID(int=7 + number)),
        _ORGANISATIONS[number % 200],
        frozenset({("operator", "centre", "csu")}),
        frozenset(("csu", commune) for commune in _COMMUNES),
        frozenset(),
    )


def _neighbour(number: int, conventions: Iterable[rules.Terms]) -> Standing:
    """An operator of one commune, with what conventions open to it."""
    own = _ORGANISATIONS[number]
    opened = ((each.name, rules.receivers(each).get(own, ())) for each in conventions)
    return Standing(
        _MEMBER,
        own,
        frozenset({("operator", "territory", _COMMUNES[number])}),
        frozenset(),
        frozenset(),
        shares=frozenset((name, key) for name, keys in opened for key in keys),
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
    """One operator of a centre that watches 200 communes; then neighbours under a thousand conventions."""
    times = 300 if quick else 3000
    rare = max(times // 30, 20)
    agreed = [_terms(number) for number in range(1000)]
    plain = _book(())
    start = time.perf_counter()
    thousand = _book(agreed)
    learned = (time.perf_counter() - start) * 1000
    return [
        *_roles(plain, times, rare),
        *_conventions(thousand, agreed, times, rare),
        Figure("doors", "1,000 conventions compiled and parsed, once a process", learned, "ms"),
    ]


def _roles(book: PolicyBook, times: int, rare: int) -> list[Figure]:
    held = _operator()
    median, p99 = _milliseconds(lambda: book.ask(held, "duty.view", _COMMUNES[7], (), ""), times)
    whole, _ = _milliseconds(lambda: book.ask_each(held, "duty.view", _COMMUNES, (), ""), rare)
    fresh = iter(range(1, 100_000))
    first, _ = _milliseconds(
        lambda: book.ask(_operator(next(fresh)), "duty.view", _COMMUNES[7], (), ""), max(times // 10, 30)
    )
    return [
        at_most("doors", "one decision, median", median, "ms", 1.0),
        at_most("doors", "one decision, p99", p99, "ms", 1.0),
        at_most("doors", "list of 200 communes filtered by right, first time", whole, "ms", 30.0),
        at_most("doors", "first decision about a member (200 communes)", first, "ms", 10.0),
    ]


def _conventions(book: PolicyBook, agreed: list[rules.Terms], times: int, rare: int) -> list[Figure]:
    mutualised = _mutualised()
    book.learn(mutualised.name, rules.policies(mutualised, catalogue()))
    neighbour, centre = _neighbour(3, agreed), _neighbour(0, [mutualised])
    there = min(key for _convention, key in neighbour.shares)
    if not book.ask(neighbour, "duty.view", there, (), "").allowed:
        raise AssertionError("a convention of this benchmark opens nothing")
    median, p99 = _milliseconds(lambda: book.ask(neighbour, "duty.view", there, (), ""), times)
    everything = _everything(agreed)
    peer, _ = _milliseconds(lambda: everything.ask(neighbour, "duty.view", there, (), ""), 3)
    reached = sorted(centre.reachable())
    whole, _ = _milliseconds(lambda: book.ask_each(centre, "duty.view", reached, (), ""), rare)
    again, _ = _milliseconds(lambda: book.reach(_neighbour(0, [mutualised]), "duty.view", ()), rare)
    return [
        at_most("doors", "one decision by one of 1,000 conventions, median", median, "ms", 1.0, peer=peer),
        at_most("doors", "one decision by one of 1,000 conventions, p99", p99, "ms", 1.0),
        at_most("doors", "list of 199 communes opened by a convention, first time", whole, "ms", 30.0),
        at_most("doors", "the same list, next requests", again, "ms", 1.0),
    ]


def _everything(agreed: Iterable[rules.Terms]) -> PolicyBook:
    """The same thousand conventions, written so that none can be left out beforehand."""
    texts = [file.read_text(encoding="utf-8") for file in _POLICIES]
    for terms in agreed:
        text = rules.policies(terms, catalogue())
        texts.append(text.replace(f'principal in Convention::"{terms.name}",', "principal,"))
    return PolicyBook(texts, catalogue().roles)
