"""The feed: by position, filtered, never skipping, whoever writes at the same time."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from tests.journal.saying import TOWN, Said, say

from beffroi.journal import actions, queries, verify

pytestmark = pytest.mark.room


@pytest.mark.django_db
def test_follow_filters_and_resumes() -> None:
    for number in range(5):
        say(f"{number}", journal=TOWN if number % 2 else "installation")
    assert [each.position for each in queries.follow(0)] == [1, 2, 3, 4, 5]
    assert [each.position for each in queries.follow(3, limit=1)] == [4]
    assert [each.position for each in queries.follow(0, journals=[TOWN])] == [2, 4]
    assert queries.follow(0, journals=[]) == []
    assert queries.follow(0, facts=["people.signed_in"]) == []
    assert len(queries.follow(0, facts=["test.said", "other.fact"], journals={TOWN, "installation"})) == 5


@pytest.mark.django_db(transaction=True)
def test_many_writers_leave_no_gap_and_a_follower_skips_nothing() -> None:
    writers, each, seen = 8, 25, []
    failures: list[Exception] = []
    done = threading.Event()

    def write(journal: str) -> None:
        try:
            for number in range(each):
                with transaction.atomic():
                    actions.append(
                        journal=journal, fact=Said(words=f"{number}"), subject="incident:1", actor="system"
                    )
        except Exception as error:  # noqa: BLE001 - a thread's failure must reach the test
            failures.append(error)
        finally:
            connection.close()

    def read() -> None:
        try:
            while True:
                last_round = done.is_set()
                seen.extend(entry.position for entry in queries.follow(seen[-1] if seen else 0))
                if last_round:
                    return
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(f"territory:t{n % 3}",)) for n in range(writers)]
    reader = threading.Thread(target=read)
    for thread in (reader, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    reader.join()
    assert failures == []
    assert seen == list(range(1, writers * each + 1))
    for key in queries.journals():
        verdict = verify.verify(key)
        assert verdict.good, verdict.findings
    assert sum(queries.head(key).size for key in queries.journals()) == writers * each


@pytest.mark.django_db(transaction=True)
def test_a_position_is_not_seen_before_those_below_it() -> None:
    """One writer holds its transaction open: a second one waits for it rather than be seen first."""
    inside, release = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                actions.append(journal=TOWN, fact=Said(words="slow"), subject="a:1", actor="system")
                inside.set()
                release.wait(5)
        finally:
            connection.close()

    def fast() -> None:
        try:
            say("fast", journal="installation")
        finally:
            connection.close()

    first, second = threading.Thread(target=slow), threading.Thread(target=fast)
    first.start()
    assert inside.wait(5)
    second.start()
    second.join(0.3)
    assert second.is_alive()
    assert queries.follow(0) == []
    release.set()
    first.join()
    second.join()
    assert [each.body and each.body["words"] for each in queries.follow(0)] == ["slow", "fast"]
