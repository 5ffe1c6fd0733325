"""What the paths mounted beside Django take and answer, for the OpenAPI document. Tests send each."""

from __future__ import annotations

from typing import Any

import msgspec
from django.utils.translation import gettext_noop as _

from beffroi.during.intake.connectors import (
    AnsweringConnector,
    AskedConnector,
    Connector,
    RefusingConnector,
    WebConnector,
    registry,
)
from beffroi.during.intake.connectors.http.connector import Item
from beffroi.during.intake.kinds import KINDS

_REF = "#/components/schemas/{name}"
_WHEN = {
    "200": _("All of it was known, or there was nothing to keep."),
    "202": _("Something new is on disk."),
    "207": _("Some could not be taken; `results` says which and why."),
    "401": _("No live source is known by this token."),
    "403": _("The source speaks for another territory, or another language."),
    "404": _("There is no such connector, or nothing there."),
    "405": _("Another method."),
    "408": _("The body did not come in time."),
    "413": _("More than one request may carry."),
    "415": _("A body of a type that is not read here."),
    "422": _("Nothing of it could be read."),
    "503": _("Nothing was kept: send it again."),
}
_TAKEN, _REFUSED = ("200", "202", "207"), ("401", "403", "404", "405", "408", "413", "422", "503")


def _observation() -> dict[str, Any]:
    _refs, found = msgspec.json.schema_components([Item], ref_template=_REF)
    made: dict[str, Any] = {**found["Item"]}
    made["title"] = "Observation"
    properties = dict(made["properties"])
    properties["kind"] = {"type": "string", "enum": list(KINDS)}
    made["properties"] = properties
    return made


SCHEMAS: dict[str, Any] = {
    "Observation": _observation(),
    "Observations": {
        "type": "object",
        "required": ["observations"],
        "additionalProperties": False,
        "properties": {
            "observations": {"type": "array", "items": {"$ref": "#/components/schemas/Observation"}}
        },
    },
    "Refusal": {
        "type": "object",
        "description": "An error of the house: a stable code, a sentence, an advice, its figures.",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                    "advice": {"type": "string"},
                    "fields": {"type": "object", "additionalProperties": {"type": "string"}},
                },
            }
        },
    },
    "Result": {
        "type": "object",
        "description": "What became of one observation: its place in the spool, `kept` latest for a position "
        "of a unit, or why it was refused.",
        "properties": {
            "index": {"type": "integer"},
            "position": {"type": "integer"},
            "duplicate": {"type": "boolean"},
            "kept": {"type": "string", "const": "latest"},
            "error": {"$ref": "#/components/schemas/Refusal/properties/error"},
        },
    },
    "Results": {
        "type": "object",
        "required": ["results"],
        "properties": {
            "results": {"type": "array", "items": {"$ref": "#/components/schemas/Result"}},
            "passed_over": {"type": "object", "additionalProperties": {"type": "integer"}},
        },
    },
    "Taken": {"type": "object", "required": ["taken"], "properties": {"taken": {"const": True}}},
}


def _named(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(code: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": _WHEN[code], "content": {"application/json": {"schema": schema}}}


def paths() -> dict[str, Any]:
    """Every bare path by address."""
    found = {"/api/v1/observations": {"post": _observations()}}
    for name, connector in sorted(registry().items()):
        if isinstance(connector, WebConnector):
            found[f"/api/v1/in/{name}"] = _incoming(name, connector)
    for kind, words in (("reply", _("Tell an answer to a call")), ("report", _("Tell a call's delivery"))):
        found[f"/api/v1/oncall/{kind}/{{channel}}"] = {"post": _gateway(kind, words)}
    return found


def _observations() -> dict[str, Any]:
    one = {"anyOf": [_named("Result"), _named("Results")]}
    taken = {code: _json(code, one) for code in _TAKEN}
    refused = {
        code: _json(code, {"anyOf": [_named("Refusal"), _named("Results")]}) for code in (*_REFUSED, "415")
    }
    return {
        "operationId": "observations",
        "tags": ["observations"],
        "summary": _("Send observations"),
        "description": _(
            "One, a batch, or one a line. The answer leaves once they are on disk. "
            "The same key twice is one observation."
        ),
        "security": [{"source": []}],
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "maxLength": 190},
                "description": "The key of observations that have none of their own.",
            }
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"anyOf": [_named("Observation"), _named("Observations")]}},
                "application/x-ndjson": {"schema": {"type": "string"}},
            },
        },
        "responses": {**taken, **refused},
    }


def _incoming(name: str, connector: Connector) -> dict[str, Any]:
    """A connector's address: what is posted and answered is of its own format, see its page."""
    ours = _named("Results")
    free: dict[str, Any] = {}
    answer = free if isinstance(connector, (AnsweringConnector, RefusingConnector)) else ours
    refusal = free if isinstance(connector, RefusingConnector) else {"anyOf": [_named("Refusal"), ours]}
    responses = {code: _any(code, answer) for code in _TAKEN}
    responses |= {code: _any(code, refusal) for code in (*_REFUSED, "400", "415", "201")}
    made: dict[str, Any] = {
        "post": {
            "operationId": f"in_{name}",
            "tags": ["incoming"],
            "summary": _("Post what another program says in its own format"),
            "description": f"Connector `{name}`: docs/reference/connectors.md says what it reads.",
            "security": [{"source": []}],
            "requestBody": {"required": True, "content": {"*/*": {"schema": {}}}},
            "responses": responses,
        }
    }
    if isinstance(connector, AskedConnector):
        made["get"] = {
            "operationId": f"ask_{name}",
            "tags": ["incoming"],
            "summary": _("Ask what may be posted"),
            "security": [{"source": []}],
            "responses": {code: _any(code, free) for code in ("200", "400", "401", "403", "404", "405")},
        }
    return made


def _any(code: str, schema: dict[str, Any]) -> dict[str, Any]:
    words = _WHEN.get(code, _("An answer of the format's own."))
    if not schema:
        return {"description": words, "content": {"*/*": {"schema": {}}}}
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def _gateway(kind: str, words: str) -> dict[str, Any]:
    return {
        "operationId": f"oncall_{kind}",
        "tags": ["on call"],
        "summary": words,
        "description": _("Posted by the gateway in the format that its declaration names."),
        "security": [{"gateway": []}],
        "parameters": [
            {"name": "channel", "in": "path", "required": True, "schema": {"enum": ["sms", "voice"]}}
        ],
        "requestBody": {"required": True, "content": {"*/*": {"schema": {}}}},
        "responses": {
            "200": {
                "description": "It was taken.",
                "content": {"application/json": {"schema": _named("Taken")}},
            },
            **{code: _json(code, _named("Refusal")) for code in ("401", "405", "408", "413", "422")},
        },
    }
