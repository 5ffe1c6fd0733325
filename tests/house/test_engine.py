"""The engine's loop: it works while it holds the lease, and begins anew each time that it gets it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError

from beffroi.foundation.errors import BeffroiError
from beffroi.house import engine
from beffroi.house.engine import Duty, Engine


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No wait between two looks."""
    monkeypatch.setattr(engine.time, "sleep", lambda _s: None)


def played(lease: list[object], *, fails: int = 0) -> list[str]:
    """What an engine does while the lease answers so (an error is raised); it stops at the end."""
    done: list[str] = []
    answers: Iterator[object] = iter(lease)
    failing = iter([True] * fails)

    def held() -> bool:
        answer = next(answers, None)
        if answer is None:
            loop.stopping = True
            return False
        if isinstance(answer, Exception):
            raise answer
        return bool(answer)

    def take_over() -> tuple[Callable[[], bool], list[Duty]]:
        done.append("begins")
        if next(failing, False):
            raise BeffroiError
        return (lambda: bool(done.append("folds"))), [Duty("duty", 0.0, lambda: done.append("duty"))]

    loop = Engine(held=held, take_over=take_over)
    loop.run()
    return done


def test_who_stands_by_does_nothing() -> None:
    assert played([False, False, False]) == []


def test_who_gets_the_lease_begins_then_works() -> None:
    assert played([False, True, True, True]) == ["begins", "folds", "duty", "folds", "duty"]


def test_who_loses_it_stops_and_begins_anew_when_it_is_back() -> None:
    assert played([True, True, False, True, True]) == ["begins", "folds", "duty", "begins", "folds", "duty"]


def test_while_the_database_is_away_nothing_is_written() -> None:
    assert played([True, True, OperationalError(), OperationalError(), True, True]) == [
        *("begins", "folds", "duty"),
        *("begins", "folds", "duty"),
    ]


def test_what_hinders_the_beginning_is_tried_again() -> None:
    assert played([True, True, True, True], fails=2) == ["begins", "begins", "begins", "folds", "duty"]
