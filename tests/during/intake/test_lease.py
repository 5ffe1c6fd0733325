"""One at a time: who holds the lease keeps it as long as its connection lives, and no longer."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, connections

from beffroi.during.intake.lease import Lease

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]


class Other:
    """Another process, as far as the database can tell: a thread with its own connection."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self.lease = Lease("test")

    def does(self, work: Callable[[], object]) -> object:
        return self._thread.submit(work).result()

    def loses_its_connection(self) -> None:
        self.does(connections.close_all)  # the thread's own

    def end(self) -> None:
        self.loses_its_connection()
        self._thread.shutdown()


def until(holds: Callable[[], object], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_in_a_village_there_is_nobody_to_ask() -> None:
    if connection.vendor == "sqlite":
        assert Lease("test").held() and Lease("test").held(ask=True)


def test_names_have_locks_of_their_own_that_postgres_takes() -> None:
    numbers = {Lease(name).number for name in ("engine", "broker's client", "test")}
    assert len(numbers) == 3
    assert all(0 < each < 2**63 for each in numbers)


def test_one_holds_it_and_the_other_takes_it_when_that_one_ends() -> None:
    if connection.vendor != "postgresql":
        return  # asserted on PostgreSQL by `make test-system`; a village has the test above
    one, two = Other(), Other()
    try:
        assert one.does(one.lease.held)
        assert one.does(one.lease.held)
        assert not two.does(two.lease.held)
        one.loses_its_connection()
        assert until(lambda: two.does(two.lease.held)), "the server notices a moment later"
        assert not one.does(one.lease.held), "its connection was another then"
        two.does(two.lease.let_go)
        assert one.does(one.lease.held)
    finally:
        one.end()
        two.end()


def test_who_stands_by_ousts_the_one_that_it_saw_and_no_other() -> None:
    if connection.vendor != "postgresql":
        return  # there is no second process in a village
    one, two, third = Other(), Other(), Other()
    try:
        assert two.does(two.lease.holder) is None
        assert one.does(one.lease.held)
        seen = two.does(two.lease.holder)
        assert not two.does(lambda: two.lease.oust(int(str(seen)) + 1)), "another's connection is not touched"
        assert one.does(lambda: one.lease.held(ask=True))
        assert two.does(lambda: two.lease.oust(seen))
        assert until(lambda: third.does(third.lease.held)), "it lets go at once"
        with pytest.raises(DatabaseError):
            one.does(lambda: one.lease.held(ask=True))
        assert not two.does(lambda: two.lease.oust(seen)), "who came after has its turn"
        assert third.does(lambda: third.lease.held(ask=True))
    finally:
        for each in (one, two, third):
            each.end()
