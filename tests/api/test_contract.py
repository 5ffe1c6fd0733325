"""The OpenAPI document is valid, whole and true: a real server answers each operation as it says."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from tests.desks.browsing import serving
from tests.territory.towns import cross

from beffroi.api.contract import BASE, document
from beffroi.api.urls import urlpatterns
from beffroi.during.intake import actions as intake
from beffroi.foundation import clock
from beffroi.people import actions as people
from beffroi.people import programs

pytestmark = pytest.mark.desk
OPERATIONS = [
    (path, method, each) for path, item in document()["paths"].items() for method, each in item.items()
]


def test_the_document_is_valid_openapi() -> None:
    assert list(OpenAPIV31SpecValidator(document()).iter_errors()) == []
    broken = json.loads(json.dumps(document()))
    broken["paths"]["/api/v1/incidents"]["get"]["parameters"][0]["in"] = "nowhere"
    assert list(OpenAPIV31SpecValidator(broken).iter_errors()), "the validator can fail"


def test_every_address_of_the_api_is_in_the_document() -> None:
    from beffroi.during.intake.connectors import WebConnector, registry
    from beffroi.house.asgi import MOUNTS, SUBTREES

    told = set(document()["paths"])
    plain = {path.replace("{", "<").replace("}", ">") for path in told}
    for each in urlpatterns:
        if each.name not in ("openapi", "docs", "missing"):
            pattern = str(each.pattern)
            for kind in ("uuidstr:", "slug:", "str:"):
                pattern = pattern.replace(kind, "")
            assert f"{BASE}/{pattern}" in plain, each
    for path in MOUNTS:
        assert not path.startswith(BASE) or path in told, path
    for prefix in SUBTREES:
        assert not prefix.startswith(BASE) or any(each.startswith(prefix) for each in told), prefix
    for name, connector in registry().items():
        assert (f"{BASE}/in/{name}" in told) == isinstance(connector, WebConnector), name


def test_every_operation_says_what_it_is() -> None:
    identifiers = [each["operationId"] for _path, _method, each in OPERATIONS]
    assert len(identifiers) == len(set(identifiers))
    for path, method, each in OPERATIONS:
        assert each["summary"], (path, method)
        assert each["security"], (path, method)
        assert each["tags"], (path, method)


# --- asked of a real server ---


@dataclass
class Server:
    """Where it listens, and the tokens of a program, a source and each incoming format."""

    address: str
    program: str
    sources: dict[str, str]
    incident: str = ""

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        return httpx.request(method, f"{self.address}{path}", timeout=30, **more)


@pytest.fixture
def server(transactional_db: None, tmp_path: Any) -> Iterator[Server]:
    """A server before a town with an incident, its on-call empty."""
    from tests.house.lying import OBJECTS

    from beffroi.during.dispatch import actions as dispatch
    from beffroi.territory import models as territory
    from beffroi.territory.town_import import import_town

    people.create_installation(name="Town")
    import_town(file=cross(tmp_path / "cross.osm"), name="Town", key="town")
    people.know_territory(key="town")
    organisation = people.create_organisation(name="Town", kind="commune")
    row = territory.Territory.objects.get(key="town")
    territory.PatrolUnit.objects.create(
        territory=row, key="P1", name="P1", kind="municipal", lat=47.64, lon=-2.1, position_at=clock.now(),
        origin="test",
    )  # fmt: skip
    member = people.create_member(email="a@t.example", display_name="A", organisation=organisation)
    incident = OBJECTS["incident"]("town", member)
    dispatch.rank(incident_id=incident, at=clock.now())
    made = programs.make_program(
        name="SIG", organisation=organisation, scopes=list(programs.SCOPES), days=9, territories=["town"]
    )
    names = [path.rpartition("/")[2] for path in document()["paths"] if path.startswith(f"{BASE}/in/")]
    sources = {}
    for name in ["http", *names]:
        if name == "mapped":
            continue  # its source needs a mapping: it is asked without a token
        declared = intake.declare_source(territory="town", key=f"S-{name}", connector=name, device="P-1")
        sources[name] = declared.token
    with serving() as address:
        yield Server(address, made.token, sources, str(incident))


def _registry() -> Registry[Any]:
    return Registry().with_resource("urn:api", Resource(contents=document(), specification=DRAFT202012))


def _anchored(schema: Any) -> Any:
    """A schema of the document with its references made absolute."""
    text = json.dumps(schema).replace('"#/components', '"urn:api#/components')
    return json.loads(text)


def check(answer: httpx.Response, operation: dict[str, Any]) -> None:
    """An answer is one that the operation documents: its status, its type, its schema."""
    said = operation["responses"].get(str(answer.status_code))
    assert said is not None, f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:300]}"
    content = said.get("content", {})
    if not content:
        return
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if "*/*" in content:
        return
    assert kind in content, f"{answer.url}: {answer.status_code} {kind}"
    validator = Draft202012Validator(
        _anchored(content[kind]["schema"]), registry=_registry(), format_checker=FormatChecker()
    )
    faults = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(answer.json())]
    assert not faults, f"{answer.url}: {faults[:5]}"


BODIES: dict[str, Any] = {
    "/api/v1/incidents/{incident}/close": {"outcome": "false_alarm", "cause": "animal"},
    "/api/v1/incidents/{incident}/notes": {"text": "A van."},
    "/api/v1/units/{territory}/{key}/position": {"lat": 47.6, "lon": -2.1, "at": "2026-01-01T00:00:00Z"},
    "/api/v1/observations": {"kind": "intrusion.door", "key": "1", "device": "P-1"},
}


def _headers(server: Server, path: str, operation: dict[str, Any]) -> dict[str, str]:
    (door,) = operation["security"][0]
    name = path.rpartition("/")[2] if path.startswith(f"{BASE}/in/") else "http"
    token = server.program if door == "program" else server.sources.get(name, "none")
    return {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4()), "If-Match": "*"}


def test_every_operation_answers_what_the_document_says(server: Server) -> None:
    later = {f"{BASE}/incidents/{{incident}}/{each}": n for n, each in enumerate(("acknowledge", "close"), 1)}
    good = 0
    for path, method, operation in sorted(OPERATIONS, key=lambda each: later.get(each[0], 0)):
        address = path.format(incident=server.incident, territory="town", key="P1", channel="sms")
        headers = _headers(server, path, operation)
        body = BODIES.get(path)
        more = {"json": body} if body is not None else {"content": b"{}"} if method != "get" else {}
        answer = server.send(method, address, headers={**headers, "Content-Type": "application/json"}, **more)
        check(answer, operation)
        if "x-scopes" in operation or path in BODIES:
            assert answer.status_code in (200, 202), (path, answer.status_code, answer.text[:300])
            good += 1
        check(server.send(method, address, **more), operation)
    assert good >= 15
    batch = {"observations": [{"kind": "intrusion.door", "key": "2"}, {"kind": "nonsense", "key": "3"}]}
    observations = document()["paths"]["/api/v1/observations"]["post"]
    headers = {"Authorization": f"Bearer {server.sources['http']}"}
    for sent in (batch, batch["observations"][1], {"observations": [batch["observations"][0]]}):
        check(server.send("post", "/api/v1/observations", json=sent, headers=headers), observations)


ODD = (
    "", "0", "-1", "1e400", "NaN", "null", "true", "[]", "{}", "é", "\x00", "%00", "' OR 1=1 --",
    "../../etc/passwd", "<script>", "9" * 400, "2026-01-01", "2026-01-01T00:00:00", "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00", "𝔘", "a" * 5000, "WyJhIiwgImIiXQ", "W10", "town", "to_check",
)  # fmt: skip


def test_odd_parameters_and_bodies_are_answered_as_the_document_says(server: Server) -> None:
    """Whatever is sent: a documented answer, never a 5xx, and the server goes on."""
    chance = random.Random(20260110)
    operations = [each for each in OPERATIONS if "x-scopes" in each[2] and not each[0].endswith("/close")]
    with httpx.Client(base_url=server.address, timeout=30) as client:
        for _round in range(400):
            path, method, operation = chance.choice(operations)
            address = path.format(
                incident=chance.choice([server.incident, str(uuid4())]),
                territory=chance.choice(["town", "nowhere", "a-b_c"]),
                key=chance.choice(["P1", "é", "x y"]),
            )
            named = [each["name"] for each in operation.get("parameters", []) if each["in"] == "query"]
            query = [(name, chance.choice(ODD)) for name in chance.choices(named, k=3)] if named else []
            headers = _headers(server, path, operation)
            if chance.random() < 0.3:
                headers["If-Match"] = chance.choice(['"x"', "1", 'W/"1"', '"' + "9" * 300 + '"'])
            if chance.random() < 0.2:
                headers["Idempotency-Key"] = chance.choice(["x" * 201, "same", "a b"])
            more: dict[str, Any] = {}
            if method != "get":
                body = dict(BODIES.get(path, {}))
                for name in body:
                    if chance.random() < 0.5:
                        body[name] = chance.choice([*ODD, None, -1, 1e308, [], {}, {"a": []}])
                more["content"] = chance.choice([json.dumps(body).encode(), b"\xff\xfe", b"[" * 3000, b"{}"])
                headers["Content-Type"] = chance.choice(
                    ["application/json", "text/plain", "multipart/form-data"]
                )
            answer = client.request(method, address, params=query, headers=headers, **more)
            assert answer.status_code < 500, (address, query, more, answer.text[:300])
            if answer.status_code == 429:
                from beffroi.api import door

                door.pace.forget()
            check(answer, operation)
