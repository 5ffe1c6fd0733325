"""`POST /api/v1/observations`: each answer, after the commit, on a real spool and database."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beffroi.api import observations as endpoint
from beffroi.during.intake import actions, queries, reception
from beffroi.during.intake.connectors.http.connector import BadItem, read
from beffroi.during.intake.reception import Reception
from beffroi.during.intake.rules import Draft
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.foundation.errors import BeffroiError

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]

URL = "/api/v1/observations"
GOOD = {"key": "k1", "kind": "intrusion.door", "seen_at": "2026-03-01T22:15:00+01:00", "device": "D-1"}


class Town:
    """A spool, a source and its token; `run` plays one scene against the endpoint."""

    def __init__(self, folder: Path) -> None:
        self.spool = SqliteSpool(folder / "spool.sqlite3")
        declared = actions.declare_source(territory="redon", key="SAPIENS", connector="http")
        self.token = declared.token

    def run(self, scene: Callable[[httpx.AsyncClient, Reception], Awaitable[Any]]) -> Any:
        async def play() -> Any:
            desk = Reception(self.spool, group_ms=1)
            reception._receptions[asyncio.get_running_loop()] = desk
            transport = httpx.ASGITransport(app=endpoint.application)  # type: ignore[arg-type]
            headers = {"Authorization": f"Bearer {self.token}"}
            async with httpx.AsyncClient(transport=transport, base_url="http://t", headers=headers) as client:
                answer = await scene(client, desk)
            await reception.close_this_loop()
            return answer

        return asyncio.run(play())

    def post(self, body: Any = None, **options: Any) -> httpx.Response:
        if body is not None:
            options["json"] = body

        async def scene(client: httpx.AsyncClient, _desk: Reception) -> httpx.Response:
            return await client.post(URL, **options)

        answer: httpx.Response = self.run(scene)
        return answer

    def kept(self) -> list[str]:
        return [each.key for _, each in self.spool.read(0, 10_000)]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def test_one_observation_is_on_disk_when_answered(town: Town) -> None:
    answer = town.post(GOOD)
    assert (answer.status_code, answer.json()) == (202, {"index": 0, "position": 1, "duplicate": False})
    [(_, kept)] = town.spool.read(0, 9)
    assert (kept.territory, kept.source, kept.device, kept.kind) == (
        "redon",
        "SAPIENS",
        "D-1",
        "intrusion.door",
    )
    assert kept.seen_at.isoformat() == "2026-03-01T21:15:00+00:00"


def test_the_same_key_again_is_the_same_observation(town: Town) -> None:
    town.post(GOOD)
    answer = town.post({**GOOD, "kind": "panic.holdup"})
    assert (answer.status_code, answer.json()["duplicate"], answer.json()["position"]) == (200, True, 1)
    assert town.kept() == ["k1"]


def test_an_idempotency_key_names_what_has_no_key(town: Town) -> None:
    bare = {"kind": "intrusion.door"}
    assert town.post(bare).status_code == 422
    first = town.post(bare, headers={"Idempotency-Key": "abc"})
    again = town.post(bare, headers={"Idempotency-Key": "abc"})
    assert (first.status_code, again.status_code, again.json()["duplicate"]) == (202, 200, True)
    batch = town.post({"observations": [bare, bare]}, headers={"Idempotency-Key": "lot"})
    assert batch.status_code == 202
    assert town.kept() == ["abc", "lot#0", "lot#1"]


def test_in_a_batch_the_bad_do_not_stop_the_good(town: Town) -> None:
    bad = [{**GOOD, "key": "b", "lat": 91, "lon": 2}, {**GOOD, "key": "t", "territory": "guer"}, "no object"]
    answer = town.post({"observations": [GOOD, *bad, {**GOOD, "key": "k2"}]})
    assert answer.status_code == 207
    results = answer.json()["results"]
    assert [each.get("position") for each in results] == [1, None, None, None, 2]
    assert results[1]["error"]["fields"]["field"] == "lat"
    assert results[2]["error"]["code"] == "intake.other_territory"
    assert results[3]["error"]["code"] == "intake.bad_observation"
    assert town.kept() == ["k1", "k2"]


def test_lines_are_a_batch(town: Town) -> None:
    lines = b"\n".join(
        [json.dumps(GOOD).encode(), b"{broken", b"", json.dumps({**GOOD, "key": "k2"}).encode()]
    )
    answer = town.post(content=lines, headers={"Content-Type": "application/x-ndjson"})
    assert answer.status_code == 207
    assert [each["index"] for each in answer.json()["results"]] == [0, 1, 2]
    assert town.kept() == ["k1", "k2"]


def test_a_batch_of_known_ones_is_200_and_of_bad_ones_422(town: Town) -> None:
    town.post(GOOD)
    assert town.post({"observations": [GOOD]}).status_code == 200
    assert town.post({"observations": [{"kind": "x"}, {"kind": "y", "key": "k"}]}).status_code == 422
    assert town.post({"observations": []}).status_code == 200


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "burglary"}, "kind"),
        ({"key": ""}, "key"),
        ({"key": "x" * 201}, "key"),
        ({"seen_at": "2026-03-01T22:15:00"}, "seen_at"),
        ({"seen_at": "yesterday"}, "seen_at"),
        ({"seen_at": "0001-01-01T00:00:00+23:59"}, "seen_at"),
        ({"lat": 47.0}, "lat"),
        ({"lat": 47.0, "lon": 181}, "lon"),
        ({"radius_m": -1}, "radius_m"),
        ({"certainty": 1.5}, "certainty"),
        ({"content": {"text": "x" * 9000}}, "content"),
        ({"colour": "red"}, "observation"),
    ],
)
def test_what_is_wrong_is_named(town: Town, changed: dict[str, Any], field: str) -> None:
    answer = town.post({**GOOD, **changed})
    error = answer.json()["error"]
    assert (answer.status_code, error["fields"]["field"]) == (422, field)
    assert error["message"]
    assert error["advice"]
    assert town.kept() == []


def test_who_is_not_known_is_refused(town: Town) -> None:
    for headers in (
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic x"},
        {"Authorization": ""},
    ):
        answer = town.post(GOOD, headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert town.post({**GOOD, "territory": "guer"}).status_code == 403
    assert town.kept() == []


def test_a_revoked_token_stops_within_seconds_and_a_new_one_works(town: Town) -> None:
    async def scene(client: httpx.AsyncClient, desk: Reception) -> list[int]:
        desk.book._remember_s = 0.05
        seen = [(await client.post(URL, json=GOOD)).status_code]
        await asyncio.to_thread(actions.revoke_source, territory="redon", key="SAPIENS")
        await asyncio.sleep(0.1)
        seen.append((await client.post(URL, json={**GOOD, "key": "after"})).status_code)
        return seen

    assert town.run(scene) == [202, 401]
    assert town.kept() == ["k1"]


def test_other_methods_types_and_sizes_are_refused(town: Town) -> None:
    async def get(client: httpx.AsyncClient, _desk: Reception) -> httpx.Response:
        return await client.get(URL)

    assert town.run(get).status_code == 405
    assert town.post(content=b"<a/>", headers={"Content-Type": "text/xml"}).status_code == 415
    assert town.post(content=b"x" * 1_048_577).status_code == 413
    assert town.post({"observations": [GOOD] * 1001}).status_code == 413

    async def streamed(client: httpx.AsyncClient, _desk: Reception) -> httpx.Response:
        async def parts() -> Any:
            for _ in range(20):
                yield b"x" * 100_000

        return await client.post(URL, content=parts())

    assert town.run(streamed).status_code == 413


def test_what_is_not_json_is_kept_counted_and_answered(town: Town) -> None:
    answer = town.post(content=b"{not json at all")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "intake.not_json")
    [row] = queries.unread(["redon"])
    assert (row.source, row.connector, row.content, row.code) == (
        "SAPIENS",
        "http",
        b"{not json at all",
        "intake.not_json",
    )
    [source] = queries.sources(["redon"])
    assert (source.unread, source.received) == (1, 0)
    assert source.last_seen_at is not None


def test_a_disk_that_fails_is_503_and_nothing_is_kept(town: Town) -> None:
    pages = town.spool._writer.execute("PRAGMA page_count").fetchone()[0]
    town.spool._writer.execute(f"PRAGMA max_page_count={pages}")
    fat = [{**GOOD, "key": f"k{i}", "content": {"text": "x" * 4000}} for i in range(20)]
    answer = town.post({"observations": fat})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "intake.spool_full")
    assert answer.headers["retry-after"]
    assert town.kept() == []


def test_too_many_at_once_are_refused_at_the_door(town: Town) -> None:
    async def scene(client: httpx.AsyncClient, desk: Reception) -> httpx.Response:
        desk.writer._max_waiting = 3
        return await client.post(URL, json={"observations": [{**GOOD, "key": f"k{i}"} for i in range(9)]})

    answer = town.run(scene)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "intake.overloaded")
    assert town.kept() == []


def test_many_at_once_are_each_answered_with_their_own_position(town: Town) -> None:
    async def scene(client: httpx.AsyncClient, _desk: Reception) -> list[int]:
        posts = [client.post(URL, json={**GOOD, "key": f"k{i}"}) for i in range(60)]
        return [answer.json()["position"] for answer in await asyncio.gather(*posts)]

    positions = town.run(scene)
    assert sorted(positions) == list(range(1, 61))
    stood = {position: each.key for position, each in town.spool.read(0, 100)}
    assert [stood[position] for position in positions] == [f"k{i}" for i in range(60)]


def test_a_clock_that_is_wrong_is_flagged_and_the_time_of_receipt_holds(town: Town) -> None:
    town.post({**GOOD, "seen_at": "2091-01-01T00:00:00Z"})
    [(_, kept)] = town.spool.read(0, 9)
    assert kept.seen_at == kept.received_at
    assert kept.content["clock_ahead_s"] > 1e9


def test_an_exercise_source_marks_all_that_it_says(town: Town, tmp_path: Path) -> None:
    declared = actions.declare_source(territory="redon", key="EXO", connector="http", exercise=True)
    town.token = declared.token
    town.post({**GOOD, "exercise": False})
    assert town.spool.read(0, 1)[0][1].exercise is True


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    try:
        draft = read(raw, territory="redon")
    except BeffroiError as error:
        assert error.as_dict()["code"]
    else:
        assert isinstance(draft, Draft)


@given(
    st.dictionaries(
        st.sampled_from(["kind", "key", "lat", "lon", "certainty", "content", "device"]), json_values
    )
)
def test_no_shape_breaks_the_reader(changed: dict[str, Any]) -> None:
    try:
        draft = read(json.dumps({**GOOD, **changed}).encode(), territory="redon")
    except BadItem:
        return
    assert draft.lat is None or -90 <= draft.lat <= 90


def test_a_bottomless_nest_is_refused(town: Town) -> None:
    deep = b'{"key":"k","kind":"intrusion.door","content":{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}}"
    assert town.post(content=deep).status_code == 422


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_no_body_breaks_the_endpoint(town: Town, body: bytes) -> None:
    assert town.post(content=body).status_code in (422, 200, 202, 207)
