"""Incidents through the API: lists by right, pages, one with its reasons, and changes done once."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from tests.api.conftest import Caller, Entrust
from tests.desks.conftest import Happen, Town

from beffroi.during.incident import queries
from beffroi.during.incident.models import Incident, Note
from beffroi.journal import queries as journal

pytestmark = [pytest.mark.desk, pytest.mark.django_db]


def test_the_list_holds_what_the_token_reaches_and_nothing_else(
    program: Caller, elsewhere: Caller, burglary: UUID
) -> None:
    (one,) = program.ask("/incidents").json()["items"]
    assert one["id"] == str(burglary)
    assert one["reference"] == "I-1"
    assert one["title"]
    assert elsewhere.ask("/incidents").json() == {"items": [], "next": None}
    refused = elsewhere.ask("/incidents?territory=town")
    assert refused.status_code == 403
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "people.refused"
    assert refused.json()["reason"] == "people.no_role_here"
    assert elsewhere.ask(f"/incidents/{burglary}").status_code == 404


def test_pages_show_each_once_and_end(program: Caller, happen: Happen) -> None:
    made = [happen(("panic.holdup", f"P-{n}", -600.0 + n), place=(400.0 * n, 0.0)) for n in range(5)]
    seen: list[str] = []
    cursor = ""
    for _page in range(10):
        answer = program.ask(f"/incidents?limit=2&cursor={cursor}").json()
        assert len(answer["items"]) <= 2
        seen += [each["id"] for each in answer["items"]]
        cursor = answer["next"] or ""
        if not cursor:
            break
    assert sorted(seen) == sorted(str(each) for each in set(made))
    assert program.ask("/incidents?cursor=rubbish").json()["code"] == "api.bad_cursor"
    assert program.ask("/incidents?state=closed").json()["items"] == []
    assert program.ask("/incidents?until=2000-01-01T00:00:00Z").json()["items"] == []
    assert len(program.ask("/incidents?phase=decide&phase=progress").json()["items"]) == len(set(made))


def test_one_says_why_and_has_an_etag(program: Caller, burglary: UUID) -> None:
    answer = program.ask(f"/incidents/{burglary}")
    told = answer.json()
    assert len(told["because"]) == 2
    assert all(each["sentence"] for sign in told["because"] for each in sign["reasons"])
    french = program.ask(f"/incidents/{burglary}", Accept_Language="fr").json()
    sentences = [
        [r["sentence"] for sign in one["because"] for r in sign["reasons"]] for one in (told, french)
    ]
    assert all(english != said for english, said in zip(*sentences, strict=True))
    assert {"seen", "received", "fused"} <= {each["step"] for each in told["ledger"] if each["at"]}
    assert "acknowledge" in told["actions"]
    etag = answer.headers["ETag"]
    again = program.ask(f"/incidents/{burglary}", If_None_Match=etag)
    assert again.status_code == 304
    assert again.content == b""


def test_a_change_needs_a_key_and_the_version_that_was_read(program: Caller, burglary: UUID) -> None:
    etag = program.ask(f"/incidents/{burglary}").headers["ETag"]
    act = f"/incidents/{burglary}/acknowledge"
    assert program.ask(act, "post", Idempotency_Key="").json()["code"] == "api.key_needed"
    assert program.ask(act, "post", If_Match="").status_code == 428
    assert program.ask(act, "post", If_Match='"999"').status_code == 412
    assert Incident.objects.get(pk=burglary).acknowledged_at is None
    done = program.ask(act, "post", If_Match=etag)
    assert done.status_code == 200, done.content
    assert done.headers["ETag"] == f'"{done.json()["version"]}"' != etag
    row = Incident.objects.get(pk=burglary)
    assert row.acknowledged_by == program.program.member.actor
    said = journal.entries_about(f"incident:{burglary}")
    assert [each.actor for each in said if each.fact == "incident.acknowledged"] == [row.acknowledged_by]
    late = program.ask(act, "post", If_Match=etag)
    assert late.status_code == 412
    twice = program.ask(act, "post")
    assert (twice.status_code, twice.json()["code"]) == (409, "incident.already_acknowledged")


def test_the_same_key_is_the_same_change(program: Caller, entrust: Entrust, burglary: UUID) -> None:
    path, key = f"/incidents/{burglary}/notes", str(uuid4())
    first = program.ask(path, "post", {"text": "A van left eastwards."}, Idempotency_Key=key)
    again = program.ask(path, "post", {"text": "A van left eastwards."}, Idempotency_Key=key)
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Note.objects.count() == 1
    other = program.ask(path, "post", {"text": "Another."}, Idempotency_Key=key)
    assert (other.status_code, other.json()["code"]) == (422, "api.key_reused")
    # A key is the program's own: another one's is another change.
    entrust("incidents:write").ask(path, "post", {"text": "A van left eastwards."}, Idempotency_Key=key)
    assert Note.objects.count() == 2


def test_a_change_that_failed_may_be_sent_again_under_its_key(program: Caller, burglary: UUID) -> None:
    key, path = str(uuid4()), f"/incidents/{burglary}/close"
    bad = program.ask(path, "post", {"outcome": "false_alarm", "cause": "nonsense"}, Idempotency_Key=key)
    assert (bad.status_code, bad.json()["code"]) == (422, "incident.bad_outcome")
    good = program.ask(path, "post", {"outcome": "false_alarm", "cause": "animal"}, Idempotency_Key=key)
    assert good.json()["state"] == "closed"
    assert queries.incident(burglary).outcome_cause == "animal"


def test_the_log_names_kinds_of_actors_only(program: Caller, town: Town, burglary: UUID) -> None:
    program.ask(f"/incidents/{burglary}/acknowledge", "post")
    page = program.ask(f"/incidents/{burglary}/entries?limit=2").json()
    rest = program.ask(f"/incidents/{burglary}/entries?cursor={page['next']}").json()
    facts = [each["fact"] for each in page["items"] + rest["items"]]
    assert facts[0] == "incident.opened"
    assert "incident.acknowledged" in facts
    assert len(facts) == len({each["number"] for each in page["items"] + rest["items"]})
    assert all(":" not in each["actor"] for each in page["items"] + rest["items"])


def test_suggestions_say_why(program: Caller, burglary: UUID) -> None:
    order = program.ask(f"/incidents/{burglary}/suggestions").json()
    assert [each["unit"] for each in order["proposed"]] == ["P1", "P2"]
    assert order["proposed"][0]["place"] == 1
    assert all(each["sentence"] != each["code"] for each in order["proposed"][0]["reasons"])


def test_errors_speak_the_language_asked_for(program: Caller, burglary: UUID) -> None:
    french = program.ask(f"/incidents/{uuid4()}", Accept_Language="fr").json()
    english = program.ask(f"/incidents/{uuid4()}", Accept_Language="en").json()
    assert french["code"] == english["code"] == "incident.unknown"
    assert french["title"] != english["title"]
